import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { buildApp } from "./build-app.ts";
import { readConfig } from "./config.ts";
import { toProblem } from "./problem.ts";
import { readPromotion } from "./promotion-config.ts";
import { writeProblem } from "./send.ts";

let starting: Promise<FastifyInstance> | undefined;
let ready: FastifyInstance | undefined;

/**
 * The server as a listener for `http.createServer`. Reads the environment and the working directory at the first
 * request; requests that come before the application is ready wait for it. Time-outs and connection limits are those of
 * the server that it is mounted on.
 */
export default function listener(request: IncomingMessage, response: ServerResponse): void {
  if (ready === undefined) void startAndAnswer(request, response);
  else ready.routing(request, response);
}

async function startAndAnswer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    starting ??= start();
    ready = await starting;
  } catch (error) {
    // The next request tries again: the environment may have been corrected.
    starting = undefined;
    console.error(error);
    writeProblem(response, toProblem(error));
    return;
  }
  ready.routing(request, response);
}

async function start(): Promise<FastifyInstance> {
  const config = readConfig(process.env);
  const app = buildApp({ ...config, promotion: await readPromotion(config) });
  await app.ready();
  return app;
}

export { buildApp };
