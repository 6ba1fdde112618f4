import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { once } from "node:events";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { startServer } from "../../src/start-server.ts";
import type { RunningServer } from "../../src/start-server.ts";
import { ask } from "../support/ask.ts";
import { createPackRoot } from "../support/pack-root.ts";
import type { PackRoot } from "../support/pack-root.ts";
import { createPromotion, evidenceOf, NOW } from "../support/promotion.ts";
import type { TestPromotion } from "../support/promotion.ts";

const BODY = JSON.stringify(evidenceOf());
const RELEASE = "/v1/evidence/graph-api/2026-03-01.1";

let promotion: TestPromotion;
let root: PackRoot;
let server: RunningServer;
let headers: Readonly<Record<string, string>>;

beforeEach(async () => {
  promotion = await createPromotion();
  root = await createPackRoot();
  server = await start();
  headers = { "content-type": "application/json", authorization: `Bearer ${await promotion.token()}` };
});

afterEach(async () => {
  await server.close();
  await root.remove();
  await promotion.remove();
});

function start(): Promise<RunningServer> {
  return startServer({ root: root.path, port: 0, logger: false, promotionFile: promotion.file, now: () => NOW });
}

async function historyLength(): Promise<number> {
  const answer = await ask(`${server.url}${RELEASE}`, { headers });
  return (answer.json() as { readonly history: readonly unknown[] }).history.length;
}

function isOpen(): Promise<boolean> {
  return ask(`${server.url}/healthz`).then(
    () => true,
    () => false,
  );
}

describe("evidence", () => {
  it("is there again after a restart", async () => {
    expect((await ask(`${server.url}/v1/evidence`, { method: "POST", headers, body: BODY })).status).toBe(201);
    await server.close();
    server = await start();
    expect(await historyLength()).toBe(1);
  });

  it("whose body is on its way is taken while the server is drained", async () => {
    const framing = { "content-length": BODY.length, expect: "100-continue" };
    const outgoing = request(`${server.url}/v1/evidence`, {
      method: "POST",
      headers: { ...headers, ...framing },
      agent: false,
    });
    const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
    outgoing.flushHeaders();
    await once(outgoing, "continue");
    const closed = server.close();
    // Until no connection is taken any more.
    while (await isOpen()) continue;
    outgoing.end(BODY);
    const [answer] = await answered;
    answer.resume();
    expect(answer.statusCode).toBe(201);
    await closed;
    server = await start();
    expect(await historyLength()).toBe(1);
  });
});

describe("a server without a promotion configuration", () => {
  it("has no such routes", async () => {
    const plain = await startServer({ root: root.path, port: 0, logger: false });
    for (const [method, path] of [
      ["POST", "/v1/evidence"],
      ["GET", RELEASE],
    ] as const) {
      const answer = await ask(`${plain.url}${path}`, { method, headers });
      expect([answer.status, answer.headers["content-type"]]).toEqual([404, "application/problem+json"]);
    }
    await plain.close();
  });
});
