/** The schema of `/graphql`, as `docs/contracts/promotion.graphql` publishes it; a test holds the two together. */
export const EVIDENCE_OK_SCHEMA = `"""
The promotion gate. Send one query by POST, with a bearer token in the Authorization header.
"""
type Query {
  """
  Whether the release may be promoted, decided by cos/promotion of the verified pack that the server runs, on the newest
  evidence of the server's environment. Whatever is missing, stale or fails is ok: false with its reason.
  """
  evidenceOk(service: String!, releaseId: ID!): EvidenceOk!
}

type EvidenceOk {
  "True only when a verified pack said yes to whole and current evidence. A gate looks at this and nothing else."
  ok: Boolean!
  "Why not, each as 'code: message'; empty exactly when ok."
  reasons: [String!]!
  "What the policy's input would need and no evidence has, such as cost.graphqlPerMillionUsd."
  missing: [String!]!
  "Whether evidence was measured longer ago than the pack believes."
  stale: Boolean!
  "The newest that was measured; null when nothing was."
  snapshot: Snapshot
  "The newest costs; null when there are none."
  cost: Cost
  "sha256 of the pack that decided; null when no verified pack did."
  packDigest: String
  "The revision of the pack that decided, in decimal."
  revision: String
  "When it was decided: ISO 8601, UTC."
  decidedAt: String!
}

type Snapshot {
  service: String!
  "Milliseconds, as all latencies."
  p95Ms: Float!
  p99Ms: Float!
  "Given when reads are measured apart."
  readP95Ms: Float
  "Given when writes are measured apart."
  writeP95Ms: Float
  "Failed requests as a share of all: 0.02 is 2 %."
  errorRate: Float!
  "How long was measured, such as 30m."
  window: String!
}

type Cost {
  graphqlPerMillionUsd: Float!
  ingestPerThousandUsd: Float!
}
`;
