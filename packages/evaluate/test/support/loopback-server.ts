import { createServer as createHttp } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import { parentPort, workerData } from "node:worker_threads";
import { gzipSync } from "node:zlib";

// Runs in a thread of its own: the one that asks is in the middle of a decision, and waits.
const { key, cert, ca } = workerData as { key: string; cert: string; ca: string };

/** What tells one client from another, and is not told. */
const OF_THE_CLIENT = ["User-Agent", "Connection"];

const counts = new Map<string, number>();

type Route = (url: URL, request: IncomingMessage, response: ServerResponse) => void;

function count(url: URL): number {
  const name = url.search;
  const next = (counts.get(name) ?? 0) + 1;
  counts.set(name, next);
  return next;
}

const TEXTS: Readonly<Record<string, readonly [type: string, body: string]>> = {
  "/json": ["application/json; charset=utf-8", '{"b": [1.0, 9223372036854775808, "é\\ud800<"], "a": null, "a": 2}'],
  "/json-plus": ["application/Problem+JSON", "7"],
  "/json-lines": ["application/json", '{"n": 1}\n{"n": 2}\n'],
  "/json-broken": ["application/json", '{"n": '],
  "/json-odd-type": ["application/json; x", "1"],
  "/json-as-text": ["text/plain", '{"n": 1}'],
  "/yaml": ["application/x-yaml", "n: [1, two]\n"],
  "/yaml-broken": ["application/yaml", "a: [\n"],
  "/text": ["text/plain", "plain é \u0000 text"],
  "/empty": ["application/json", ""],
};

const ROUTES: Readonly<Record<string, Route>> = {
  "/echo": (_url, request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, rawHeaders } = request;
      const headers = Object.fromEntries(
        rawHeaders.flatMap((name, index) =>
          index % 2 === 0 && !OF_THE_CLIENT.includes(name) ? [[name, rawHeaders[index + 1] ?? ""]] : [],
        ),
      );
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          method,
          target: request.url,
          headers,
          body: Buffer.concat(chunks).toString(),
          peer: peerOf(request),
        }),
      );
    });
  },
  "/redirect": (url, _request, response) => {
    response.writeHead(Number(url.searchParams.get("status") ?? 302), {
      location: url.searchParams.get("to") ?? "/text",
    });
    response.end("elsewhere");
  },
  "/circle": (_url, _request, response) => {
    response.writeHead(302, { location: "/circle" }).end();
  },
  "/status": (url, _request, response) => {
    response.writeHead(Number(url.searchParams.get("code")), {
      "set-cookie": ["a=1", "b=2"],
    });
    response.end();
  },
  "/count": (url, _request, response) => {
    response.end(String(count(url)));
  },
  "/flaky": (url, request, response) => {
    if (count(url) <= Number(url.searchParams.get("breaks"))) request.socket.destroy();
    else response.end("at last");
  },
  "/gzip": (url, request, response) => {
    const isZipped = String(request.headers["accept-encoding"]).includes("gzip");
    const body = "x".repeat(Number(url.searchParams.get("length") ?? 10));
    if (isZipped) response.setHeader("content-encoding", "gzip");
    response.end(isZipped ? gzipSync(body) : body);
  },
  "/big": (url, _request, response) => {
    response.end("x".repeat(Number(url.searchParams.get("length"))));
  },
  "/never": () => undefined,
  "/drip": (_url, _request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("only the start");
  },
};

function peerOf({ socket }: IncomingMessage): string | null {
  if (!(socket instanceof TLSSocket)) return null;
  const peer = socket.getPeerCertificate() as { subject?: { CN?: string } } | null;
  return peer?.subject?.CN ?? null;
}

const listener: RequestListener = (request, response) => {
  response.removeHeader("date");
  response.sendDate = false;
  const url = new URL(request.url ?? "/", "http://loopback");
  const text = TEXTS[url.pathname];
  if (text !== undefined) response.writeHead(200, { "content-type": text[0] }).end(text[1]);
  else ROUTES[url.pathname]?.(url, request, response);
};

const servers = [
  createHttp(listener),
  createHttps({ key, cert, ca, requestCert: true, rejectUnauthorized: false }, listener),
];
// Agrees to whatever else is to be spoken over the connection, and says nothing more.
servers[0]?.on("connect", (_request, socket) => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
servers[0]?.on("upgrade", (_request, socket) =>
  socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
);
for (const server of servers) server.listen(0, "127.0.0.1", announce);

function announce(): void {
  const ports = servers.map((server) => (server.address() as AddressInfo | null)?.port);
  if (ports.every((port) => port !== undefined)) parentPort?.postMessage(ports);
}
