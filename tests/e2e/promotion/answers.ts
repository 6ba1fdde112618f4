import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { IncomingMessage, RequestListener } from "node:http";
import { text } from "node:stream/consumers";
import { startHttpServer } from "@policy-pack/testkit";
import type { TestHttpServer } from "@policy-pack/testkit";
import type { Phase } from "../../support/argo/types.ts";

/** An answer to the gates' question. */
export interface Answer {
  readonly what: string;
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
  /** Whether the connection breaks after the body, of which more was promised. */
  readonly cut?: boolean;
  /** What Argo's web provider makes of it. The job makes all but the good one a failure. */
  readonly web: Phase;
}

export const SERVICE = "graph-api";
const evidence = (fields: object): string =>
  JSON.stringify({ data: { evidenceOk: { snapshot: { service: SERVICE }, ...fields } } });

export const GOOD: Answer = { what: "ok: true", body: evidence({ ok: true }), web: "Successful" };

/** Everything else that a server, or what stands before it, may say. */
export const BAD: readonly Answer[] = [
  { what: "ok: false", body: evidence({ ok: false, reasons: ["error_rate_exceeded"] }), web: "Failed" },
  { what: "ok: null", body: evidence({ ok: null }), web: "Failed" },
  { what: 'ok: "true" as a string', body: evidence({ ok: "true" }), web: "Error" },
  { what: "ok: 1", body: evidence({ ok: 1 }), web: "Error" },
  { what: "no ok", body: evidence({}), web: "Error" },
  { what: "ok: true of another service", body: evidence({ ok: true, snapshot: { service: "x" } }), web: "Successful" },
  { what: "ok: true without a snapshot", body: evidence({ ok: true, snapshot: null }), web: "Successful" },
  { what: "GraphQL errors and no data", body: '{"errors":[{"message":"no"}]}', web: "Error" },
  { what: "GraphQL errors and null", body: '{"data":null,"errors":[{"message":"no"}]}', web: "Error" },
  {
    what: "GraphQL errors beside ok: true",
    body: GOOD.body.replace("{", '{"errors":[{"message":"no"}],'),
    web: "Successful",
  },
  { what: "an empty answer", body: "", web: "Successful" },
  { what: "a page of HTML", type: "text/html", body: "<html><body>Sign in</body></html>", web: "Successful" },
  { what: "JSON that ends too soon", body: GOOD.body.slice(0, -2), web: "Successful" },
  { what: "ok: true of which more was promised", body: GOOD.body, cut: true, web: "Error" },
  { what: "two answers in one", body: `${GOOD.body}\n${GOOD.body}`, web: "Successful" },
  { what: "a list of answers", body: `[${GOOD.body}]`, web: "Error" },
  { what: "a string", body: '"ok"', web: "Error" },
  { what: "true", body: "true", web: "Error" },
  { what: "status 500 with ok: true", status: 500, body: GOOD.body, web: "Error" },
  { what: "status 401", status: 401, type: "application/problem+json", body: '{"code":"TOKEN_EXPIRED"}', web: "Error" },
  { what: "status 302", status: 302, body: GOOD.body, web: "Error" },
];

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface AnsweringServer extends TestHttpServer {
  readonly asked: readonly Asked[];
}

/** A server that gives each question the next of the answers, and the last one again and again. */
export async function startAnswering(...answers: readonly Answer[]): Promise<AnsweringServer> {
  const asked: Asked[] = [];
  const answer = async (...[request, response]: Parameters<RequestListener>): Promise<void> => {
    const { method = "", url = "", headers } = request;
    asked.push({ method, url, headers, body: await text(request) });
    const given = answers[Math.min(asked.length, answers.length) - 1] ?? GOOD;
    const { status = 200, type = "application/json", body, cut = false } = given;
    response.writeHead(status, { "content-type": type, ...(cut ? { "content-length": body.length + 1 } : {}) });
    if (cut) response.write(body, () => request.socket.end());
    else response.end(body);
  };
  const server = await startHttpServer((request, response) => void answer(request, response));
  return { ...server, asked };
}

/** A server that takes every question and never answers. */
export async function startSilent(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}
