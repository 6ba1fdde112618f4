import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { IncomingMessage, ServerResponse } from "node:http";
import { startHttpServer } from "@policy-pack/testkit";
import type { TestHttpServer } from "@policy-pack/testkit";
import { EvidenceStore } from "../../src/evidence/evidence.ts";
import { createPuller, escapeLabel } from "../../src/evidence/prometheus.ts";
import type { Puller } from "../../src/evidence/prometheus.ts";
import { readPromotionConfig } from "../../src/promotion-config.ts";
import { createPromotion, NOW } from "../support/promotion.ts";
import type { TestPromotion } from "../support/promotion.ts";

const RELEASE = ["graph-api", "2026-03-01.1"] as const;
const QUERIES = {
  p95Ms: 'p95{service="{{service}}", release="{{releaseId}}"} * 1000',
  p99Ms: 'p99{release="{{releaseId}}"}',
  errorRate: 'errors{release = "{{releaseId}}"}',
};
const COST = {
  graphqlPerMillionUsd: 'graphql_usd{release="{{releaseId}}"}',
  ingestPerThousandUsd: 'ingest_usd{release="{{releaseId}}"}',
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let promotion: TestPromotion;
let prometheus: TestHttpServer;
let store: EvidenceStore;
let puller: Puller;
let clock: Date;
let answer: Answer;

beforeEach(async () => {
  clock = NOW;
  answer = send(vector("0.25"));
  prometheus = await startHttpServer((request, response) => {
    answer(request, response);
  });
  promotion = await createPromotion();
  await configure({ ...QUERIES, ...COST });
});

afterEach(async () => {
  puller.close();
  store.close();
  await prometheus.close();
  await promotion.remove();
});

async function configure(queries: object, limits: { timeoutMs?: number; maxKnown?: number } = {}): Promise<void> {
  const url = `${prometheus.url}/prefix`;
  await promotion.rewrite({ prometheus: { url, window: "30m", minIntervalSeconds: 30, queries } });
  const config = await readPromotionConfig(promotion.file);
  if (config.prometheus === undefined) throw new Error("the configuration names no Prometheus");
  store = EvidenceStore.open(promotion.store, { environment: "production" });
  puller = createPuller({ config, prometheus: config.prometheus, store, now: () => clock, ...limits });
}

function vector(...values: readonly string[]): object {
  const result = values.map((value) => ({ metric: {}, value: [clock.getTime() / 1_000, value] }));
  return { status: "success", data: { resultType: "vector", result } };
}

function send(body: object | string, status = 200): Answer {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

function queriesSent(): readonly (string | null)[] {
  return prometheus.requests.map(({ url }) => new URL(url, prometheus.url).searchParams.get("query"));
}

function later(seconds: number): void {
  clock = new Date(clock.getTime() + seconds * 1_000);
}

async function expectUnavailable(): Promise<void> {
  await expect(puller.pullEvidence(...RELEASE)).rejects.toMatchObject({
    name: "TransportError",
    code: "METRICS_UNAVAILABLE",
    message: expect.not.stringContaining("127.0.0.1") as unknown,
  });
  expect(store.history(...RELEASE).records).toEqual([]);
}

describe("pullEvidence", () => {
  it("keeps what every query gives at this moment", async () => {
    const record = await puller.pullEvidence(...RELEASE);
    expect(record).toMatchObject({
      source: "prometheus",
      writer: `${prometheus.url}/prefix`,
      environment: "production",
      measuredAt: NOW.toISOString(),
      snapshot: { service: "graph-api", p95Ms: 0.25, p99Ms: 0.25, errorRate: 0.25, window: "30m" },
      cost: { graphqlPerMillionUsd: 0.25, ingestPerThousandUsd: 0.25 },
    });
    expect(store.newest(...RELEASE)).toEqual(record);
  });

  it("asks for the release by its label, at the moment of the evidence, below the base address", async () => {
    await puller.pullEvidence(...RELEASE);
    expect(queriesSent()).toContain('p95{service="graph-api", release="2026-03-01.1"} * 1000');
    for (const { url } of prometheus.requests) {
      expect(url).toMatch(new RegExp(`^/prefix/api/v1/query\\?query=.*&time=${NOW.getTime() / 1_000}$`));
    }
  });

  it("keeps no cost when none is asked for", async () => {
    store.close();
    await configure(QUERIES);
    expect(await puller.pullEvidence(...RELEASE)).not.toHaveProperty("cost");
  });

  it("takes a scalar, and a number with an exponent", async () => {
    answer = send({ status: "success", data: { resultType: "scalar", result: [NOW.getTime() / 1_000, "2.5e-01"] } });
    expect(await puller.pullEvidence(...RELEASE)).toMatchObject({ snapshot: { p95Ms: 0.25 } });
  });

  it("asks once for all who ask at once, and not again before the interval is over", async () => {
    const both = await Promise.all([puller.pullEvidence(...RELEASE), puller.pullEvidence(...RELEASE)]);
    expect(both[0]).toEqual(both[1]);
    expect(prometheus.requests).toHaveLength(5);
    later(29);
    expect(await puller.pullEvidence(...RELEASE)).toBeUndefined();
    later(1);
    answer = send(vector("0.5"));
    expect(await puller.pullEvidence(...RELEASE)).toMatchObject({ snapshot: { p95Ms: 0.5 } });
    expect(prometheus.requests).toHaveLength(10);
  });

  it("does not ask again after a failure either, and says the same", async () => {
    answer = send("", 500);
    await expectUnavailable();
    const asked = prometheus.requests.length;
    answer = send(vector("0.25"));
    later(29);
    await expectUnavailable();
    expect(prometheus.requests).toHaveLength(asked);
    later(1);
    answer = send(vector("0.25"));
    expect(await puller.pullEvidence(...RELEASE)).toBeDefined();
  });

  it("remembers only so many releases, and forgets the one asked for longest ago", async () => {
    store.close();
    await configure(QUERIES, { maxKnown: 2 });
    for (const release of ["r1", "r2", "r3"]) expect(await puller.pullEvidence("graph-api", release)).toBeDefined();
    expect(await puller.pullEvidence("graph-api", "r2")).toBeUndefined();
    clock = new Date(clock.getTime() + 1);
    expect(await puller.pullEvidence("graph-api", "r1")).toBeDefined();
  });

  it("refuses releases beyond so many at once, and takes them up when those are done", async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    answer = (request, response) => {
      void gate.then(() => {
        send(vector("0.25"))(request, response);
      });
    };
    const pulls = Array.from({ length: 8 }, (_, i) => puller.pullEvidence("graph-api", `r${i}`));
    await expect(puller.pullEvidence("graph-api", "r9")).rejects.toMatchObject({ code: "METRICS_UNAVAILABLE" });
    open();
    await Promise.all(pulls);
    expect(await puller.pullEvidence("graph-api", "r9")).toBeDefined();
  });

  describe("when the answer is none that evidence can be made of", () => {
    it.each([
      ["NaN", vectorAt("NaN")],
      ["infinity", vectorAt("+Inf")],
      ["an empty text", vectorAt("")],
      ["a hexadecimal number", vectorAt("0x10")],
      ["a negative latency", vectorAt("-1")],
      ["a latency of 0, as of no traffic", vectorAt("0")],
      ["an error rate above 1", vectorAt("1.5")],
      ["several series", vectorAt("0.1", "0.2")],
      ["none", vectorAt()],
      [
        "another moment",
        { ...vectorAt("0.25"), data: { resultType: "scalar", result: [NOW.getTime() / 1_000 - 2, "0.25"] } },
      ],
      [
        "a number that is no text",
        { status: "success", data: { resultType: "scalar", result: [NOW.getTime() / 1_000, 1] } },
      ],
      ["a range", { status: "success", data: { resultType: "matrix", result: [] } }],
      [
        "a range of one series",
        { ...vectorAt("0.25"), data: { ...(vectorAt("0.25") as { data: object }).data, resultType: "matrix" } },
      ],
      ["warnings", { ...vectorAt("0.25"), warnings: ["a store did not answer"] }],
      ["an error", { status: "error", errorType: "bad_data", error: "parse error" }],
      ["a list", "[]"],
      ["no JSON", "<html>"],
      ["nothing", ""],
    ])("throws METRICS_UNAVAILABLE for %s", async (_name, body) => {
      answer = send(body);
      await expectUnavailable();
    });

    it.each([204, 400, 401, 404, 422, 500, 503])("throws METRICS_UNAVAILABLE for status %d", async (status) => {
      answer = send(status === 204 ? "" : vector("0.25"), status);
      await expectUnavailable();
    });

    it("throws METRICS_UNAVAILABLE for a redirect, and does not follow it", async () => {
      const other = await startHttpServer(send(vector("0.25")));
      answer = (_request, response) => {
        response.writeHead(302, { location: other.url }).end();
      };
      await expectUnavailable();
      expect(other.requests).toEqual([]);
      await other.close();
    });

    it("throws METRICS_UNAVAILABLE for 100 MB, and reads little of it", async () => {
      let sent = 0;
      answer = (_request, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const piece = Buffer.alloc(1_048_576, " ");
        const more = (): void => {
          while (sent < 100 && response.writable) {
            sent += 1;
            if (!response.write(piece)) {
              response.once("drain", more);
              return;
            }
          }
        };
        more();
      };
      await expectUnavailable();
      expect(sent).toBeLessThan(50);
    });

    it.each([
      ["never", () => undefined],
      [
        "a little and then nothing",
        (_request: IncomingMessage, response: ServerResponse) => {
          response.writeHead(200, { "content-type": "application/json" }).write('{"status":');
        },
      ],
    ])("throws METRICS_UNAVAILABLE when it answers %s", async (_name, handler) => {
      store.close();
      await configure(QUERIES, { timeoutMs: 50 });
      answer = handler;
      await expectUnavailable();
    });

    it("throws METRICS_UNAVAILABLE when nobody listens", async () => {
      await prometheus.close();
      await expectUnavailable();
    });

    it.each(["NaN", "", "0x0", " 0", "-0x1"])("keeps nothing when one query of several gives %j", async (text) => {
      answer = (request, response) => {
        send(vector(request.url?.includes("errors") === true ? text : "0.25"))(request, response);
      };
      await expectUnavailable();
    });
  });

  it.each([
    ["graph-api", '1"} or vector(0) #'],
    ["graph-api", "1\\"],
    ["other", "1"],
  ])("throws METRICS_UNAVAILABLE for %s %s without asking", async (service, releaseId) => {
    await expect(puller.pullEvidence(service, releaseId)).rejects.toMatchObject({ code: "METRICS_UNAVAILABLE" });
    expect(prometheus.requests).toEqual([]);
  });
});

describe("escapeLabel", () => {
  it("returns a text that stays within its quotes", () => {
    expect(escapeLabel('a"} or b{c="\\\n')).toBe('a\\"} or b{c=\\"\\\\\\n');
  });
});

function vectorAt(...values: readonly string[]): object {
  const result = values.map((value) => ({ metric: {}, value: [NOW.getTime() / 1_000, value] }));
  return { status: "success", data: { resultType: "vector", result } };
}
