const KIB = 1024;

/** What one request to `/graphql` may cost. The gate's own query has 8 tokens a line, depth 3 and 20 fields. */
export interface QueryLimits {
  /** Of the whole body, variables included. */
  readonly maxBodyBytes: number;
  /** The parser stops there, so that nothing longer is ever in memory as a tree. */
  readonly maxTokens: number;
  /** Fields inside fields, fragments counted where they are used. */
  readonly maxDepth: number;
  /** Fields of the answer, fragments counted each time that they are used. */
  readonly maxFields: number;
  /** Each judges a release. */
  readonly maxRootFields: number;
}

export const QUERY_LIMITS: QueryLimits = Object.freeze({
  maxBodyBytes: 32 * KIB,
  maxTokens: 1_000,
  maxDepth: 5,
  maxFields: 200,
  maxRootFields: 10,
});

/** In development, where the schema may be asked for: what GraphQL's own tools send is deeper than any gate's query. */
export const INTROSPECTION_LIMITS: QueryLimits = Object.freeze({
  ...QUERY_LIMITS,
  maxDepth: 16,
  maxFields: 1_000,
});
