import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EVIDENCE_OK_SCHEMA } from "../../src/graphql/schema.evidenceOk.ts";
import { checkAnswer } from "../support/openapi.ts";
import { createPromotionWorld, QUERY, RELEASE, SERVICE } from "../support/promotion-world.ts";
import type { PromotionWorld } from "../support/promotion-world.ts";
import { checkReadiness, READINESS_SCHEMA } from "../support/readiness-schema.ts";

const READINESS = "/v1/readiness/{service}/{releaseId}";
const GRAPHQL = "/graphql";
const BODY = JSON.stringify({ query: QUERY, variables: { service: SERVICE, releaseId: RELEASE } });
const JSON_TYPE = { "content-type": "application/json" };

let world: PromotionWorld;

beforeAll(async () => {
  world = await createPromotionWorld();
});

afterAll(async () => {
  await world.close();
});

type Asking = Parameters<PromotionWorld["ask"]>[1];

const post = (body: string, headers: Record<string, string> = JSON_TYPE): Asking => ({ method: "POST", body, headers });

const CASES: readonly (readonly [string, string, number, Asking])[] = [
  [READINESS, `/v1/readiness/${SERVICE}/${RELEASE}`, 200, {}],
  [READINESS, `/v1/readiness/${SERVICE}/${RELEASE}`, 200, { method: "HEAD" }],
  [READINESS, `/v1/readiness/${SERVICE}/${RELEASE}?x=1`, 400, {}],
  [READINESS, `/v1/readiness/${SERVICE}/${RELEASE}`, 401, { headers: { authorization: "" } }],
  [READINESS, `/v1/readiness/ingest/${RELEASE}`, 403, {}],
  [READINESS, `/v1/readiness/${SERVICE}/${RELEASE}`, 405, { method: "DELETE" }],
  [GRAPHQL, GRAPHQL, 200, post(BODY)],
  [GRAPHQL, GRAPHQL, 400, post("{}")],
  [GRAPHQL, GRAPHQL, 401, post(BODY, { ...JSON_TYPE, authorization: "" })],
  [GRAPHQL, GRAPHQL, 403, post(BODY.replace(SERVICE, "ingest"))],
  [GRAPHQL, GRAPHQL, 405, { method: "GET" }],
  [GRAPHQL, GRAPHQL, 413, post(BODY.padEnd(40_000))],
  [GRAPHQL, GRAPHQL, 415, post(BODY, { "content-type": "text/plain" })],
];

describe("the answers of what judges releases", () => {
  it.each(CASES)("are as the document says: %s asked as %s with %d", async (path, url, status, asking) => {
    const answer = await world.ask(url, asking);
    expect(answer.status).toBe(status);
    checkAnswer(path, asking?.method ?? "GET", answer);
  });
});

describe("the published contracts", () => {
  it("hold the schema that is served", () => {
    const file = join(import.meta.dirname, "../../../docs/contracts/promotion.graphql");
    expect(readFileSync(file, "utf8")).toBe(EVIDENCE_OK_SCHEMA);
  });

  it("hold examples of verdicts that fit their schema", () => {
    expect(READINESS_SCHEMA.examples.length).toBeGreaterThan(0);
    READINESS_SCHEMA.examples.forEach(checkReadiness);
  });
});
