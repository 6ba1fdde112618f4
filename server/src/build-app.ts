import type { Server } from "node:http";
import type { Socket } from "node:net";
import { systemCodeOf } from "@policy-pack/pack";
import fastify, { LogController } from "fastify";
import type {
  FastifyBaseLogger,
  FastifyHttpOptions,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyServerOptions,
} from "fastify";
import { createDevBuilder } from "./dev-build.ts";
import { addEvidenceRoutes } from "./evidence/evidence-routes.ts";
import { openEvidence } from "./evidence/evidence-services.ts";
import { addHealthRoutes } from "./health-routes.ts";
import { LIMITS } from "./limits.ts";
import { addPackRoutes } from "./pack-routes.ts";
import { PackStore } from "./pack-store.ts";
import { createProblem, encodeProblem, PROBLEM_HEADERS, toProblem } from "./problem.ts";
import { addPromotionRoutes } from "./promotion/promotion-routes.ts";
import type { PromotionConfig } from "./promotion-config.ts";
import { closeAfterBody } from "./read-route.ts";
import { sendProblem } from "./send.ts";

export interface AppOptions {
  /** The folder that holds `contracts/` and `dist/`. */
  readonly root: string;
  /** Sends the bundle with the pack, in `X-Cosign-Bundle`; false unless said. */
  readonly inlineBundle?: boolean;
  /**
   * Development only: the `policy-pack` command, by which a pack that is missing is built and signed when it is asked
   * for. Without it a request never builds.
   */
  readonly buildCommand?: readonly [string, ...string[]] | undefined;
  /** Where log lines go: `false` for nowhere, JSON lines on stdout unless said. */
  readonly logger?: FastifyBaseLogger | false;
  /** pino's level, `info` unless said. */
  readonly logLevel?: string;
  /** Keeps evidence and judges promotions by it; without it there are no such routes. */
  readonly promotion?: PromotionConfig | undefined;
  /** The clock that tokens and evidence are held against; the system's unless said. */
  readonly now?: () => Date;
}

/**
 * The application without a listener. It reads nothing below `root` until it is asked and logs no line for each request.
 * Packs are answered to GET and HEAD alone; only the routes of `promotion` take anything in.
 * @throws TransportError STORE_FAILED when the evidence store of `promotion` cannot be opened
 */
export function buildApp(options: AppOptions): FastifyInstance {
  const app = fastify({ ...SERVER_OPTIONS, ...loggerOptions(options) });
  const { root, buildCommand, inlineBundle = false } = options;
  const store = new PackStore({ root, inlineBundle, log: app.log });
  const builder =
    buildCommand === undefined ? undefined : createDevBuilder({ root, command: buildCommand, log: app.log });
  app.addHook("onRequest", refuseUnknown);
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, NOT_FOUND));
  app.setErrorHandler(sendError);
  addPackRoutes(app, { store, builder });
  addHealthRoutes(app, { root, buildsOnDemand: builder !== undefined });
  if (options.promotion !== undefined) addPromotion(app, options.promotion, options);
  app.addHook("onClose", () => {
    store.close();
    builder?.close();
  });
  app.server.maxConnections = LIMITS.maxConnections;
  return app;
}

/** What writes evidence and what judges by it, over one store. */
function addPromotion(
  app: FastifyInstance,
  config: PromotionConfig,
  { root, now = () => new Date() }: AppOptions,
): void {
  const services = openEvidence({ config, now, log: app.log });
  addEvidenceRoutes(app, services);
  addPromotionRoutes(app, root, services);
  app.addHook("onClose", () => {
    services.close();
  });
}

const NOT_FOUND = createProblem(404, "not found", "Nothing is here; see the interface's description for what is.");

const SERVER_OPTIONS = {
  http: { headersTimeout: LIMITS.headersTimeoutMs, maxHeaderSize: LIMITS.maxHeaderBytes },
  requestTimeout: LIMITS.requestTimeoutMs,
  connectionTimeout: LIMITS.idleTimeoutMs,
  keepAliveTimeout: LIMITS.keepAliveTimeoutMs,
  // What arrives on an open connection while the server drains is answered, then the connection is closed.
  return503OnClosing: false,
  exposeHeadRoutes: false,
  requestIdHeader: false,
  // Whatever is not a pack's id is answered by the route itself.
  routerOptions: { maxParamLength: LIMITS.maxHeaderBytes },
  logController: new LogController({ disableRequestLogging: true }),
  // One logger for all requests: a child for each costs more than the answer of a 304.
  childLoggerFactory: (logger: FastifyBaseLogger) => logger,
  clientErrorHandler: refuseBrokenRequest,
  frameworkErrors: sendError,
} satisfies FastifyHttpOptions<Server>;

function loggerOptions({ logger, logLevel = "info" }: AppOptions): FastifyServerOptions {
  if (logger === undefined) return { logger: { level: logLevel } };
  return logger === false ? { logger: false } : { loggerInstance: logger };
}

/** Before a body is read that nobody wants. */
function refuseUnknown(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (request.is404) sendProblem(closeAfterBody(request, reply), NOT_FOUND);
  else done();
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error);
  if (problem.status === 500 || problem.code === "STORE_FAILED") request.log.error({ err: error }, "request failed");
  sendProblem(reply, problem);
}

const CLIENT_ERROR_STATUS: Readonly<Record<string, number>> = Object.freeze({
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
});

/** What is not HTTP never reaches a route. */
function refuseBrokenRequest(error: Error, socket: Socket): void {
  const code = systemCodeOf(error) ?? "";
  if (code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = toProblem({ statusCode: CLIENT_ERROR_STATUS[code] ?? 400 });
  const body = encodeProblem(problem);
  const headers = Object.entries({ ...PROBLEM_HEADERS, "content-length": body.length, connection: "close" });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines}\r\n`), body]));
}
