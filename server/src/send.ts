import type { ServerResponse } from "node:http";
import { messageOf } from "@policy-pack/pack";
import type { FastifyReply, FastifyRequest } from "fastify";
import { challengeOf } from "./auth/challenge.ts";
import { isNotModified } from "./conditional.ts";
import { encodeProblem, PROBLEM_HEADERS } from "./problem.ts";
import type { Problem } from "./problem.ts";
import type { SharedFile } from "./shared-file.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Sends the pack, or 304, with the headers prepared for it. Goes around Fastify's own sending, which would look at each
 * header and the body again.
 */
export function sendPack(request: FastifyRequest, reply: FastifyReply, { pack, headers }: Snapshot): void {
  const response = reply.raw;
  if (isNotModified(request.raw.headers, headers.validators)) {
    response.writeHead(304, headers.notModified);
    reply.hijack();
    response.end();
    return;
  }
  response.writeHead(200, headers.pack);
  reply.hijack();
  if (request.method === "HEAD") response.end();
  else if (Buffer.isBuffer(pack.body)) response.end(pack.body);
  else sendFile(reply, pack.body);
}

/** Sends the bytes with the headers prepared for them, never 304. */
export function sendBytes(request: FastifyRequest, reply: FastifyReply, headers: string[], bytes: Buffer): void {
  reply.raw.writeHead(200, headers);
  reply.hijack();
  if (request.method === "HEAD") reply.raw.end();
  else reply.raw.end(bytes);
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const headers = { ...PROBLEM_HEADERS, ...challengeOf(problem.code) };
  return reply.code(problem.status).headers(headers).send(encodeProblem(problem));
}

/** For requests that Fastify does not see: it failed to start, or the routes were never reached. */
export function writeProblem(response: ServerResponse, problem: Problem): void {
  const body = encodeProblem(problem);
  response.writeHead(problem.status, { ...PROBLEM_HEADERS, "content-length": body.length });
  response.end(body);
}

function sendFile(reply: FastifyReply, file: SharedFile): void {
  file.retain();
  file
    .sendTo(reply.raw)
    .catch((error: unknown) => {
      // The headers are out: cutting the connection is the only way left to say that the body is not whole.
      reply.raw.destroy();
      reply.log.info({ reason: messageOf(error) }, "answer cut off");
    })
    .finally(() => {
      file.release();
    });
}
