import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";

/** A request as the fake saw it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

/** Never answers, cuts the connection, or never ends its answer. */
export type Reply = HttpReply | "silence" | "hang-up" | "endless";

export interface TlsIdentity {
  readonly key: string;
  readonly cert: string;
}

export interface FakeServer {
  /** `http(s)://127.0.0.1:<port>`. */
  readonly url: string;
  readonly received: Received[];
  /** What a request got wrong; empty when every request was as the protocol wants it. */
  readonly complaints: string[];
  /** Answers in the fake's place when it gives a reply. */
  intercept: (request: Received) => Reply | undefined;
  /** Changes an answer before it is sent. */
  alter: (reply: Reply, request: Received) => Reply;
  close(): Promise<void>;
}

/** Thrown by a fake's handler: the request is not what the protocol allows. */
export class Complaint extends Error {}

/** A loopback server that hands each whole request to the handler, and notes what the handler complains of. */
export async function startFakeServer(handler: (request: Received) => Reply, tls?: TlsIdentity): Promise<FakeServer> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void serve(request, response, handler, fake);
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const fake: FakeServer = {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    received: [],
    complaints: [],
    intercept: () => undefined,
    alter: (reply) => reply,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return fake;
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  handler: (request: Received) => Reply,
  fake: FakeServer,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const { pathname, searchParams } = new URL(incoming.url ?? "", "http://fake");
  const request = {
    method: incoming.method ?? "",
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  };
  fake.received.push(request);
  const reply = fake.alter(fake.intercept(request) ?? handled(request, handler, fake), request);
  if (reply === "silence") return;
  if (reply === "hang-up") {
    incoming.socket.destroy();
    return;
  }
  if (reply === "endless") {
    pour(response.writeHead(200, { "content-type": "application/json" }));
    return;
  }
  const text = reply.text ?? JSON.stringify(reply.json ?? {});
  response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers }).end(text);
}

const SPACES = Buffer.alloc(64 * 1024, " ");

/** Blanks, which any JSON text may begin with, for as long as they are taken. */
function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write(SPACES));
  response.once("drain", () => {
    pour(response);
  });
}

function handled(request: Received, handler: (request: Received) => Reply, fake: FakeServer): Reply {
  try {
    return handler(request);
  } catch (error) {
    fake.complaints.push(`${request.method} ${request.path}: ${String(error)}`);
    return { status: 400, json: { error: { message: String(error) }, errors: [String(error)] } };
  }
}

/** @throws Complaint when the request is not as it must be */
export function demand(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Complaint(what);
}

/** The body as a JSON object. */
export function jsonOf(request: Received): Record<string, unknown> {
  const value: unknown = JSON.parse(request.body.toString());
  demand(typeof value === "object" && value !== null, "the body is not a JSON object");
  return value as Record<string, unknown>;
}
