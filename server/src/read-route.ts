import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from "fastify";
import { createProblem } from "./problem.ts";
import { sendProblem } from "./send.ts";

const METHODS = ["GET", "HEAD", "DELETE", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"];
const READING = ["GET", "HEAD"];

/** A route that is only read: GET and HEAD reach the handler, every other method gets 405. */
export function addReadRoute(app: FastifyInstance, url: string, handler: RouteHandlerMethod): void {
  app.route({ method: READING, url, handler });
  refuseOtherMethods(app, url, READING);
}

/** Answers every method but those of the route with 405, before a body is read. */
export function refuseOtherMethods(app: FastifyInstance, url: string, allowed: readonly string[]): void {
  const names = allowed.join(" and ");
  const problem = createProblem(
    405,
    "method not allowed",
    `Only ${names} ${allowed.length > 1 ? "are" : "is"} answered here.`,
  );
  const refuse = (request: FastifyRequest, reply: FastifyReply): void => {
    sendProblem(closeAfterBody(request, reply).header("allow", allowed.join(", ")), problem);
  };
  const method = METHODS.filter((name) => !allowed.includes(name));
  app.route({ method, url, onRequest: refuse, handler: refuse });
}

/** A body that was not read would be taken for the next request, or read to its end for nothing. */
export function closeAfterBody(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { "content-length": length, "transfer-encoding": encoding } = request.raw.headers;
  return length === undefined && encoding === undefined ? reply : reply.header("connection", "close");
}
