import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from "fastify";
import { createProblem } from "./problem.ts";
import { sendProblem } from "./send.ts";

const OTHER_METHODS = ["DELETE", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"];
const NOT_ALLOWED = createProblem(405, "method not allowed", "Only GET and HEAD are answered here.");

/** A route that is only read: GET and HEAD reach the handler, every other method gets 405. */
export function addReadRoute(app: FastifyInstance, url: string, handler: RouteHandlerMethod): void {
  app.route({ method: ["GET", "HEAD"], url, handler });
  app.route({ method: OTHER_METHODS, url, onRequest: refuseMethod, handler: refuseMethod });
}

function refuseMethod(request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(closeAfterBody(request, reply).header("allow", "GET, HEAD"), NOT_ALLOWED);
}

/** A body that was not read would be taken for the next request, or read to its end for nothing. */
export function closeAfterBody(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { "content-length": length, "transfer-encoding": encoding } = request.raw.headers;
  return length === undefined && encoding === undefined ? reply : reply.header("connection", "close");
}
