/**
 * The graph service: `node main.ts RELEASE_FILE` serves that release on a free port of loopback, prints
 * `{"port": …}` once it listens, and ends when its standard input does, so that it never outlives who started it.
 */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createStore } from "./store.ts";
import type { GraphStore } from "./store.ts";

/** What a release of the service is. */
export interface Release {
  readonly readGraph: (store: GraphStore, id: number, signal: AbortSignal) => Promise<readonly string[]>;
}

const DEADLINE_MS = 2000;

async function answer(release: Release, store: GraphStore, request: IncomingMessage): Promise<unknown> {
  const id = Number(/^\/records\/(\d+)$/.exec(request.url ?? "")?.[1]);
  if (request.url === "/usage") return { cpuMs: (process.cpuUsage().user + process.cpuUsage().system) / 1000 };
  const signal = AbortSignal.timeout(DEADLINE_MS);
  if (request.method === "POST") return await store.write(id, signal).then(() => ({ written: id }));
  return { id, linked: await release.readGraph(store, id, signal) };
}

async function serve(file: string): Promise<void> {
  const release = (await import(pathToFileURL(resolve(file)).href)) as Release;
  const store = createStore();
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    request.resume();
    try {
      const body = JSON.stringify(await answer(release, store, request));
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    } catch {
      response.writeHead(504, { "content-type": "application/json" }).end('{"error":"out of time"}');
    }
  };
  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, "127.0.0.1", () => {
    console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
  });
  // A Ctrl-C reaches every process of the terminal; who started this one ends it in its own order.
  process.on("SIGINT", () => undefined);
  process.stdin.resume().once("close", () => process.exit());
}

await serve(process.argv[2] ?? "");
