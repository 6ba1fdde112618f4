import { FormatError, parseJson } from "@policy-pack/pack";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Caller } from "../auth/bearer.ts";
import { createProblem, toProblem } from "../problem.ts";
import type { Problem } from "../problem.ts";
import { addReadRoute, closeAfterBody, refuseOtherMethods } from "../read-route.ts";
import { sendProblem } from "../send.ts";
import type { EvidenceServices } from "./evidence-services.ts";
import { EVIDENCE_LIMITS } from "./limits.ts";
import { isReleaseId, parseEvidence } from "./parse-evidence.ts";
import { BUSY, Turns } from "./turns.ts";

const URL = "/v1/evidence";
const NO_STORE = { "cache-control": "no-store" };

/** `POST /v1/evidence` for those who measure, `GET /v1/evidence/{service}/{releaseId}` for those who look. */
export function addEvidenceRoutes(app: FastifyInstance, services: EvidenceServices): void {
  // In a scope of its own: everywhere else a body in JSON is no different from any other.
  void app.register((scope, _options, done) => {
    addWriteRoute(scope, services);
    done();
  });
  refuseOtherMethods(app, URL, ["POST"]);
  const turns = new Turns(EVIDENCE_LIMITS.maxReads);
  addReadRoute(app, `${URL}/:service/:releaseId`, (request, reply) =>
    readEvidence(request, reply, { ...services, turns }),
  );
}

function addWriteRoute(scope: FastifyInstance, services: EvidenceServices): void {
  const { authenticator } = services;
  const callers = new WeakMap<FastifyRequest, Caller>();
  const turns = new Turns(EVIDENCE_LIMITS.maxWrites);
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
    done(null, body);
  });
  const globalHandler = scope.errorHandler;
  scope.setErrorHandler((error, request, reply) => {
    const problem = bodyProblem(error);
    if (problem === undefined) globalHandler.call(scope, error as never, request, reply);
    else sendProblem(closeAfterBody(request, reply), problem);
  });
  scope.route({
    method: "POST",
    url: URL,
    bodyLimit: EVIDENCE_LIMITS.maxBodyBytes,
    // Before the body: nobody else's is read.
    onRequest: async (request, reply) => {
      closeAfterBody(request, reply);
      const caller = await authenticator.authenticate(request.raw, { scope: "evidence:write" });
      if (turns.begin(caller, reply.raw)) {
        callers.set(request, caller);
        reply.removeHeader("connection");
      } else sendProblem(reply, BUSY);
    },
    handler: (request, reply) => writeEvidence(request, reply, { services, caller: callers.get(request) }),
  });
}

interface Writing {
  readonly services: EvidenceServices;
  readonly caller: Caller | undefined;
}

function writeEvidence(request: FastifyRequest, reply: FastifyReply, { services, caller }: Writing): FastifyReply {
  const { config, log, now, store } = services;
  if (caller === undefined) throw new Error("evidence reached the store without a caller");
  const evidence = parseEvidence(readBody(request), { services: config.services, now: now() });
  // Again: the body may have taken longer than the token had left.
  caller.permit({ scope: "evidence:write", service: evidence.service });
  const writer = `${caller.issuer} ${caller.subject}`;
  const { record, created } = store.write(evidence, { source: "api", writer, receivedAt: now() });
  const { id, service, releaseId, environment, measuredAt, receivedAt } = record;
  if (created) log.info({ id, service, releaseId, environment, measuredAt, writer }, "evidence kept");
  return reply
    .code(created ? 201 : 200)
    .headers({ ...NO_STORE, location: `${URL}/${service}/${releaseId}` })
    .send({ id, created, service, releaseId, environment, measuredAt, receivedAt });
}

function readBody({ body }: FastifyRequest): ReturnType<typeof parseJson> {
  if (!Buffer.isBuffer(body)) {
    throw new FormatError("EVIDENCE_INVALID", "There is no body; send the evidence as application/json.");
  }
  const { maxBodyBytes: maxBytes, maxDepth } = EVIDENCE_LIMITS;
  return parseJson(body, { maxBytes, maxDepth, code: "EVIDENCE_INVALID", what: "The evidence" });
}

async function readEvidence(
  request: FastifyRequest,
  reply: FastifyReply,
  { authenticator, config, store, turns }: EvidenceServices & { readonly turns: Turns },
): Promise<FastifyReply> {
  const { service, releaseId } = request.params as { readonly service: string; readonly releaseId: string };
  const caller = await authenticator.authenticate(request.raw, { scope: "evidence:read", service });
  if (!turns.begin(caller, reply.raw)) return sendProblem(reply, BUSY);
  if (!config.services.includes(service) || !isReleaseId(releaseId)) {
    throw new FormatError("EVIDENCE_INVALID", "There is no such service here, or the text can name no release.");
  }
  const { records: history, more } = store.history(service, releaseId);
  const newest = store.newest(service, releaseId) ?? null;
  const { environment } = config;
  return reply.headers(NO_STORE).send({ service, releaseId, environment, newest, history, more });
}

/** What Fastify refuses of a body before it reaches the handler. */
function bodyProblem(error: unknown): Problem | undefined {
  const { status } = toProblem(error);
  if (status === 413) {
    const detail = `Evidence has at most ${EVIDENCE_LIMITS.maxBodyBytes} bytes; send fewer bundles at once.`;
    return { ...createProblem(status, "over a limit", detail), code: "LIMIT_EXCEEDED" };
  }
  if (status !== 415 && status !== 400) return undefined;
  const detail = "Evidence is sent whole, as Content-Type: application/json.";
  return { ...createProblem(status, "evidence refused", detail), code: "EVIDENCE_INVALID" };
}
