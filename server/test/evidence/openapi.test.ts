import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { parseEvidence } from "../../src/evidence/evidence.ts";
import { readPromotionConfig } from "../../src/promotion-config.ts";
import { startServer } from "../../src/start-server.ts";
import type { RunningServer } from "../../src/start-server.ts";
import { ask } from "../support/ask.ts";
import { checkAnswer } from "../support/openapi.ts";
import { createPackRoot } from "../support/pack-root.ts";
import type { PackRoot } from "../support/pack-root.ts";
import { createPromotion, evidenceOf, NOW, SUBJECTS } from "../support/promotion.ts";
import type { TestPromotion } from "../support/promotion.ts";

const WRITE = "/v1/evidence";
const READ = "/v1/evidence/{service}/{releaseId}";
const PLACE = "/v1/evidence/graph-api/2026-03-01.1";

let promotion: TestPromotion;
let root: PackRoot;
let server: RunningServer;

beforeAll(async () => {
  promotion = await createPromotion();
  root = await createPackRoot();
  server = await startServer({
    root: root.path,
    port: 0,
    logger: false,
    promotionFile: promotion.file,
    now: () => NOW,
  });
});

afterAll(async () => {
  await server.close();
  await root.remove();
  await promotion.remove();
});

interface Asking {
  readonly method?: string;
  readonly subject?: string | undefined;
  readonly body?: object | string;
  readonly type?: string;
}

const { writer, reader, narrow } = SUBJECTS;

const CASES: readonly (readonly [string, string, number, Asking])[] = [
  [WRITE, WRITE, 201, { method: "POST", subject: writer, body: evidenceOf() }],
  [WRITE, WRITE, 200, { method: "POST", subject: writer, body: evidenceOf() }],
  [WRITE, WRITE, 401, { method: "POST", body: evidenceOf() }],
  [WRITE, WRITE, 403, { method: "POST", subject: reader, body: evidenceOf() }],
  [WRITE, WRITE, 405, { method: "PUT", subject: writer, body: evidenceOf() }],
  [WRITE, WRITE, 409, { method: "POST", subject: writer, body: evidenceOf({ soakSeconds: 1 }) }],
  [WRITE, WRITE, 413, { method: "POST", subject: writer, body: "x".repeat(2_100_000) }],
  [WRITE, WRITE, 415, { method: "POST", subject: writer, body: evidenceOf(), type: "text/plain" }],
  [WRITE, WRITE, 422, { method: "POST", subject: writer, body: "[]" }],
  [WRITE, WRITE, 422, { method: "POST", subject: writer, body: "[".repeat(1_000) }],
  [READ, PLACE, 200, { subject: reader }],
  [READ, PLACE, 200, { subject: reader, method: "HEAD" }],
  [READ, "/v1/evidence/graph-api/none", 200, { subject: reader }],
  [READ, "/v1/evidence/graph-api/%zz", 400, { subject: reader }],
  [READ, PLACE, 401, {}],
  [READ, PLACE, 403, { subject: narrow }],
  [READ, PLACE, 405, { subject: writer, method: "DELETE" }],
  [READ, "/v1/evidence/other/1", 422, { subject: reader }],
];

describe("the answers about evidence", () => {
  it.each(CASES)("are as the document says: %s asked as %s with %d", async (path, url, status, asking) => {
    const { method = "GET", subject, body, type = "application/json" } = asking;
    const token = subject === undefined ? undefined : await promotion.token({ sub: subject });
    const answer = await ask(`${server.url}${url}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": type }),
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    expect(answer.status).toBe(status);
    checkAnswer(path, method, answer);
  });

  it("are as the document says when the store fails", async () => {
    const other = new DatabaseSync(promotion.store);
    other.exec("UPDATE evidence SET content = '{}'");
    other.close();
    const headers = { authorization: `Bearer ${await promotion.token({ sub: reader })}` };
    const answer = await ask(`${server.url}${PLACE}`, { headers });
    expect(answer.status).toBe(503);
    checkAnswer(READ, "GET", answer);
  });
});

/** The JSON documents of the page, in order. */
function readExamples(): readonly JsonObject[] {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/evidence.md"), "utf8");
  const blocks = Array.from(page.matchAll(/```json\n(.*?)```/gs), ([, json = ""]) => json);
  return blocks.map((json) => JSON.parse(json.startsWith("{") ? json : `{${json}}`) as JsonObject);
}

describe("docs/evidence.md", () => {
  it("has examples that the server takes", async () => {
    const [evidence = {}, config = {}, policy = {}, pulling = {}] = readExamples();
    expect(parseEvidence(evidence, { services: ["graph-api"], now: NOW }).snapshot?.p95Ms).toBe(240);
    await writeFile(join(promotion.dir, "trial-policy.json"), JSON.stringify(policy));
    const files = { trustedRoot: "root.json", verificationPolicy: "trial-policy.json" };
    await promotion.rewrite({ ...config, ...pulling, ...files });
    expect((await readPromotionConfig(promotion.file)).prometheus?.minIntervalSeconds).toBe(30);
  });
});

const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true });

function readSchema(name: string): JsonObject & { readonly examples: readonly JsonObject[] } {
  const file = join(import.meta.dirname, "../../../docs/contracts", `${name}.schema.json`);
  return JSON.parse(readFileSync(file, "utf8")) as JsonObject & { readonly examples: readonly JsonObject[] };
}

describe("evidence.schema.json", () => {
  const schema = readSchema("evidence");
  const validate = ajv.compile(schema);
  const isTaken = (value: JsonValue): boolean => {
    try {
      parseEvidence(value, { services: ["graph-api"], now: NOW });
      return true;
    } catch {
      return false;
    }
  };

  it("has examples that it and the server take", () => {
    expect(schema.examples.map((example) => [validate(example), isTaken(example)])).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  const [whole = {}, linked = {}] = schema.examples;
  const snapshot = (whole["snapshot"] ?? {}) as JsonObject;
  const link = { predicateType: "urn:x", url: "https://ci.test" };
  it.each([
    { ...whole, extra: 1 },
    { ...whole, service: "Graph" },
    { ...whole, releaseId: "a b" },
    { ...whole, environment: "" },
    { ...whole, measuredAt: "2026-01-31 12:00:00Z" },
    { ...whole, measuredAt: "2026-13-31T12:00:00Z" },
    { ...whole, soakSeconds: 1.5 },
    { ...whole, soakSeconds: -1 },
    { ...whole, cost: {} },
    { ...whole, snapshot: { ...snapshot, p95Ms: 0 } },
    { ...whole, snapshot: { ...snapshot, p99Ms: 3_600_001 } },
    { ...whole, snapshot: { ...snapshot, errorRate: 1.1 } },
    { ...whole, snapshot: { ...snapshot, window: "30" } },
    { ...whole, snapshot: { ...snapshot, p50Ms: 1 } },
    { ...linked, artifactDigest: "sha256:00" },
    { ...linked, links: [{ predicateType: "urn:x" }] },
    { ...linked, links: [{ ...link, predicateType: "x" }] },
    { ...linked, links: [{ ...link, url: "ftp://ci.test" }] },
    { ...linked, links: [{ ...link, url: "https://a:b@ci.test" }] },
    { ...linked, links: [{ ...link, extra: 1 }] },
    { ...linked, links: Array.from({ length: 33 }, () => link) },
    { service: "graph-api", releaseId: "1", environment: "production", measuredAt: "2026-01-31T12:00:00Z" },
  ] as readonly JsonValue[])("refuses what the server refuses: %j", (value) => {
    expect([validate(value), isTaken(value)]).toEqual([false, false]);
  });
});

describe("promotion-config.schema.json", () => {
  const schema = readSchema("promotion-config");
  const validate = ajv.compile(schema);

  it("has an example that it and the server take", async () => {
    const [example = {}] = schema.examples;
    expect(validate(example)).toBe(true);
    await promotion.rewrite({ ...example, trustedRoot: "root.json", verificationPolicy: "policy.json" });
    expect((await readPromotionConfig(promotion.file)).services).toEqual(["graph-api", "ingest"]);
  });

  it.each([
    { environment: undefined },
    { environment: "Prod" },
    { packId: "policy-pack" },
    { services: [] },
    { services: ["a", "a"] },
    { store: "" },
    { minimumRevision: 0 },
    { introspection: 1 },
    { extra: 1 },
    { tokens: { audience: "x", issuers: [] } },
    { tokens: { audience: "x", maxLifetimeSeconds: 59, issuers: [] } },
    {
      tokens: {
        audience: "x",
        issuers: [{ issuer: "x", jwks: "jwks.json", grants: [{ claims: {}, scopes: ["evidence:read"] }] }],
      },
    },
    {
      tokens: {
        audience: "x",
        issuers: [{ issuer: "x", jwks: "jwks.json", grants: [{ claims: { sub: "x" }, scopes: [] }] }],
      },
    },
    { prometheus: { url: "ftp://x", window: "30m", queries: {} } },
    { prometheus: { url: "http://x", window: "30m", queries: { p95Ms: "up", p99Ms: "up", errorRate: "up" } } },
  ])("refuses what the server refuses: %j", async (changed) => {
    const [example = {}] = schema.examples;
    const files = { trustedRoot: "root.json", verificationPolicy: "policy.json" };
    const value = JSON.parse(JSON.stringify({ ...example, ...files, ...changed })) as JsonValue;
    expect(validate(value)).toBe(false);
    await promotion.rewrite({ ...example, ...files, ...changed });
    await expect(readPromotionConfig(promotion.file)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});
