import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { startHttpServer } from "@policy-pack/testkit";
import type { TestHttpServer } from "@policy-pack/testkit";
import { startServer } from "../../src/start-server.ts";
import type { RunningServer } from "../../src/start-server.ts";
import { ask } from "../support/ask.ts";
import type { Answer } from "../support/ask.ts";
import { createPackRoot } from "../support/pack-root.ts";
import type { PackRoot } from "../support/pack-root.ts";
import { createPromotion, NOW, SUBJECTS } from "../support/promotion.ts";
import type { TestPromotion } from "../support/promotion.ts";

const QUERY = 'x{release="{{releaseId}}"}';

let promotion: TestPromotion;
let prometheus: TestHttpServer;
let root: PackRoot;
let server: RunningServer;
let value: string;

beforeEach(async () => {
  value = "0.25";
  prometheus = await startHttpServer((_request, response) => {
    const data = { resultType: "vector", result: [{ metric: {}, value: [NOW.getTime() / 1_000, value] }] };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ status: "success", data }));
  });
  root = await createPackRoot();
  const queries = { p95Ms: QUERY, p99Ms: QUERY, errorRate: QUERY };
  promotion = await createPromotion({ prometheus: { url: prometheus.url, window: "30m", queries } });
  server = await startServer({
    root: root.path,
    port: 0,
    logger: false,
    promotionFile: promotion.file,
    now: () => NOW,
  });
});

afterEach(async () => {
  await server.close();
  await prometheus.close();
  await root.remove();
  await promotion.remove();
});

async function read(path: string): Promise<Answer> {
  const token = await promotion.token({ sub: SUBJECTS.reader });
  return ask(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
}

describe("a server with Prometheus", () => {
  it("asks it when a release is judged, and keeps the answer as evidence", async () => {
    expect((await read("/v1/readiness/graph-api/r1")).status).toBe(200);
    expect((await read("/v1/evidence/graph-api/r1")).json()).toMatchObject({
      newest: { source: "prometheus", snapshot: { p95Ms: 0.25 }, measuredAt: NOW.toISOString() },
    });
    expect(prometheus.requests).toHaveLength(3);
  });

  it("asks nothing when evidence is only read", async () => {
    expect((await read("/v1/evidence/graph-api/r1")).json()).toMatchObject({ newest: null, history: [] });
    expect(prometheus.requests).toEqual([]);
  });

  it("says why there is none, without an address, and never that the release may go", async () => {
    value = "NaN";
    const answer = await read("/v1/readiness/graph-api/r1");
    expect(answer.json()).toMatchObject({ verdict: "INSUFFICIENT_PROOF" });
    expect(answer.body.toString()).toContain("METRICS_UNAVAILABLE");
    expect(answer.body.toString()).not.toContain(new URL(prometheus.url).host);
  });

  it("asks nobody about a release whose name is PromQL", async () => {
    const name = encodeURIComponent('r1"} or vector(0) #');
    expect((await read(`/v1/readiness/graph-api/${name}`)).json()).not.toMatchObject({ verdict: "GO" });
    expect(prometheus.requests).toEqual([]);
  });
});
