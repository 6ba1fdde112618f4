import { messageOf, PolicyPackError } from "@policy-pack/pack";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { NoSchemaIntrospectionCustomRule } from "graphql";
import type { Authenticator, Caller } from "../auth/bearer.ts";
import { challengeOf } from "../auth/challenge.ts";
import type { Judge } from "../promotion/judge.ts";
import { oneLine } from "../promotion/reason.ts";
import { createProblem, PROBLEM_HEADERS, toProblem } from "../problem.ts";
import type { Problem } from "../problem.ts";
import { closeAfterBody, refuseOtherMethods } from "../read-route.ts";
import { parseGraphqlRequest } from "./graphql-request.ts";
import { INTROSPECTION_LIMITS, QUERY_LIMITS } from "./limits.ts";
import { refused } from "./query-cost.ts";
import { createEvidenceOkResolver } from "./resolvers/evidenceOk.ts";
import type { EvidenceOkArguments, QueryContext } from "./resolvers/evidenceOk.ts";
import { EVIDENCE_OK_SCHEMA } from "./schema.evidenceOk.ts";

export interface GraphqlServices {
  readonly authenticator: Authenticator;
  readonly judge: Judge;
  /** Whether the schema may be asked for: never in production. */
  readonly introspection: boolean;
}

const URL = "/graphql";

/**
 * `POST /graphql`. A query that is answered is 200 with `data` and never with `errors`; one that is not is a problem that
 * tells GraphQL's clients the same under `errors` and has no `data`, so that nothing in it can be read as a yes.
 */
export function addGraphqlRoutes(app: FastifyInstance, services: GraphqlServices): void {
  refuseOtherMethods(app, URL, ["POST"]);
  void app.register(async (scope) => {
    await registerGraphql(scope, services);
    addPost(scope, services);
  });
}

async function registerGraphql(scope: FastifyInstance, { judge, introspection }: GraphqlServices): Promise<void> {
  // Loaded here: a server that judges no promotion has no use for it.
  const { default: mercurius } = await import("mercurius");
  const resolve = createEvidenceOkResolver(judge);
  await scope.register(mercurius, {
    schema: EVIDENCE_OK_SCHEMA,
    resolvers: {
      Query: {
        evidenceOk: (_root: unknown, args: EvidenceOkArguments, context: unknown) =>
          resolve(args, context as QueryContext),
      },
    },
    routes: false,
    cache: false,
    validationRules: introspection ? [] : [NoSchemaIntrospectionCustomRule],
    graphql: { validateOptions: { maxErrors: 1 } },
    // As they are: what they were thrown for decides about the status.
    errorFormatter: (execution) => ({ statusCode: 200, response: execution }),
  });
}

function addPost(scope: FastifyInstance, { authenticator, introspection }: GraphqlServices): void {
  const limits = introspection ? INTROSPECTION_LIMITS : QUERY_LIMITS;
  const callers = new WeakMap<FastifyRequest, Caller>();
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
    done(null, body);
  });
  scope.setErrorHandler(sendError);
  scope.route({
    method: "POST",
    url: URL,
    bodyLimit: limits.maxBodyBytes,
    // Before the body is read: only who may ask has their query looked at.
    onRequest: async (request, reply) => {
      closeAfterBody(request, reply);
      callers.set(request, await authenticator.authenticate(request.raw, { scope: "evidence:read" }));
      checkMediaType(request);
      reply.removeHeader("connection");
    },
    handler: async (request, reply) => {
      const caller = callers.get(request);
      if (caller === undefined) throw new TypeError("a query came without its caller");
      const { document, variables, operationName } = parseGraphqlRequest(bodyOf(request), limits);
      const data = await answer(() => scope.graphql(document, { caller }, variables, operationName));
      return await reply.header("cache-control", "no-store").send({ data });
    },
  });
}

interface Execution {
  readonly data?: unknown;
  readonly errors?: readonly { readonly originalError?: unknown }[] | null;
}

/** Data without a single error; otherwise the resolver's own error is thrown. */
async function answer(execute: () => Promise<unknown>): Promise<unknown> {
  const { data, errors } = (await execute().catch(toRefusal)) as Execution;
  const [first] = errors ?? [];
  if (first === undefined) return data;
  if (first.originalError instanceof PolicyPackError) throw first.originalError;
  throw new Error("a query could not be answered", { cause: first });
}

/** What does not fit the schema comes as one error that holds the others. */
function toRefusal(thrown: unknown): never {
  if (typeof thrown !== "object" || thrown === null || !("errors" in thrown)) throw thrown;
  const errors: unknown = thrown.errors;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const said = oneLine(messageOf(first)).replace(/ Did you mean .*$/, "");
  throw refused(`The query does not fit the schema: ${said}`, thrown);
}

function bodyOf(request: FastifyRequest): Uint8Array {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

class MediaTypeError extends Error {}

function checkMediaType({ headers }: FastifyRequest): void {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new MediaTypeError("the body is not JSON");
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.status >= 500) request.log.error({ err: error }, "query failed");
  if (request.body === undefined) closeAfterBody(request, reply);
  const { code, detail } = problem;
  const errors = [{ message: detail, ...(code === undefined ? {} : { extensions: { code } }) }];
  return reply
    .code(problem.status)
    .headers({ ...PROBLEM_HEADERS, ...challengeOf(problem.code) })
    .send(Buffer.from(`${JSON.stringify({ ...problem, errors })}\n`));
}

/** What Fastify says of a body names neither its code nor its limit. */
function problemOf(error: unknown): Problem {
  if (error instanceof MediaTypeError) {
    return { ...createProblem(415, "query refused", "Send the query as application/json."), code: "QUERY_REFUSED" };
  }
  if (!(error instanceof PolicyPackError) && toProblem(error).status === 413) {
    const detail = `The body is too large; at most ${QUERY_LIMITS.maxBodyBytes} bytes are read.`;
    return { ...createProblem(413, "query refused", detail), code: "QUERY_REFUSED" };
  }
  return toProblem(error);
}
