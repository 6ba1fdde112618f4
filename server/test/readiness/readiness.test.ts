import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { rm } from "node:fs/promises";
import { digestOf, packPaths, PREDICATE_TYPES } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { createTestAuthority } from "@policy-pack/testkit";
import type { CompiledPack, TestAuthority } from "@policy-pack/testkit";
import type { Evidence, EvidenceLink } from "../../src/evidence/evidence.ts";
import type { ReadinessReport } from "../../src/readiness/report.ts";
import { checkReadiness } from "../support/readiness-schema.ts";
import {
  compileContract,
  createPromotionWorld,
  PACK_ID,
  RELEASE,
  SERVICE,
  START,
  statement,
  TARGET,
} from "../support/promotion-world.ts";
import type { PromotionWorld } from "../support/promotion-world.ts";

const { testResult, riskAcceptance, approval } = PREDICATE_TYPES;
const OTHER = digestOf(Buffer.from("another artifact"));
const SLOW = { service: SERVICE, p95Ms: 400, p99Ms: 480, errorRate: 0.001, window: "30m" };
const WHOLE = { snapshot: { ...SLOW, p95Ms: 120 }, cost: { graphqlPerMillionUsd: 1, ingestPerThousandUsd: 0.05 } };
const MANAGER = "release-manager@example.com";

let pack: CompiledPack;
let world: PromotionWorld;
let stranger: TestAuthority;
let releases = 0;
let release = RELEASE;

beforeAll(async () => {
  pack = await compileContract(1);
  stranger = await createTestAuthority();
  const manager = { certificateIdentity: MANAGER, certificateOidcIssuer: "https://accounts.example.com" };
  world = await createPromotionWorld({
    attestations: [
      { predicateType: testResult, constraints: [{ pointer: "/result", equals: "PASSED" }] },
      { predicateType: riskAcceptance, signers: [{ name: "release manager", ...manager }] },
    ],
  });
  await world.install(pack.tar);
});

/** Each test has a release of its own. */
beforeEach(() => {
  world.clock.now = START;
  releases += 1;
  release = `2026.6.${releases}`;
});

afterAll(async () => {
  await world.close();
  await stranger.close();
});

async function assess(query = ""): Promise<ReadinessReport> {
  const answer = await world.ask(`/v1/readiness/${SERVICE}/${release}${query}`);
  expect(answer.status).toBe(200);
  expect(answer.headers["cache-control"]).toBe("no-store");
  checkReadiness(answer.json());
  return answer.json() as ReadinessReport;
}

async function expectVerdict(verdict: string, codes: readonly string[], query = ""): Promise<ReadinessReport> {
  const report = await assess(query);
  expect([report.verdict, report.notProven.map(({ code }) => code)]).toEqual([verdict, codes]);
  return report;
}

function link(predicateType: string, bundle: string): EvidenceLink {
  return { predicateType, bundle: JSON.parse(bundle) as JsonObject };
}

async function tests(result = "PASSED", target = TARGET): Promise<EvidenceLink> {
  return link(testResult, await world.authority.signStatement(statement(testResult, { result }, target)));
}

function acceptance(change: JsonObject = {}, risk: JsonObject = {}): JsonObject {
  const risks = [{ code: "read_p95_exceeded", reason: "known and watched", until: "2026-06-02T00:00:00Z", ...risk }];
  return { service: SERVICE, releaseId: release, environment: "production", risks, ...change };
}

async function accept(predicate: JsonObject, { identity = MANAGER, target = TARGET } = {}): Promise<EvidenceLink> {
  const how = { identity, issuer: "https://accounts.example.com" };
  return link(riskAcceptance, await world.authority.signStatement(statement(riskAcceptance, predicate, target), how));
}

/** Evidence with these links; each call is a second later, so that both are kept. */
function measure(links: readonly EvidenceLink[], change: Parameters<PromotionWorld["measure"]>[0] = {}): void {
  world.clock.now = new Date(world.clock.now.getTime() + 1000);
  world.measure({ releaseId: release, links, ...change });
}

/** Newer evidence with these parts and no others. */
function keep(parts: Partial<Evidence>, seconds = 1): void {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000);
  const measuredAt = world.clock.now.toISOString();
  const record = { service: SERVICE, releaseId: release, environment: "production", measuredAt, links: [], ...parts };
  world.store.write(record, { source: "api", writer: "a test", receivedAt: world.clock.now });
}

describe("GET /v1/readiness of whole evidence", () => {
  it("is GO, with what is proven and by what", async () => {
    measure([await tests()]);
    const report = await expectVerdict("GO", []);
    expect(report).toMatchObject({
      service: SERVICE,
      releaseId: release,
      environment: "production",
      artifactDigest: TARGET,
      packId: PACK_ID,
      packDigest: pack.digest,
      revision: "1",
      risks: [],
      decidedAt: world.clock.now.toISOString(),
    });
    expect(report.proven.map(({ code }) => code)).toEqual(["promotion_ok", "attestation_proven:test-result"]);
    expect(report.mustNotClaim.join()).not.toContain("is what was measured");
    expect(report.evidence).toHaveLength(1);
  });

  it("is NO_GO beyond a limit", async () => {
    measure([await tests()], { snapshot: SLOW });
    const report = await expectVerdict("NO_GO", ["read_p95_exceeded"]);
    expect(report.mustNotClaim).toContain(`that ${SERVICE} ${release} is ready for production`);
  });

  it("has proofs that came with other evidence of the release", async () => {
    measure([await tests()], { snapshot: SLOW });
    measure([]);
    await expectVerdict("GO", []);
  });
});

describe("GET /v1/readiness without enough proof", () => {
  it("says what is missing when there is nothing", async () => {
    const report = await expectVerdict("INSUFFICIENT_PROOF", [
      "evidence_missing",
      "target_missing",
      "attestation_missing:test-result",
    ]);
    expect(report.evidence).toEqual([]);
    expect(report.next.command).toMatch(/^policy-pack evidence push /);
  });

  it("says that evidence is stale", async () => {
    measure([await tests()]);
    world.clock.now = new Date(world.clock.now.getTime() + 901_000);
    await expectVerdict("INSUFFICIENT_PROOF", ["evidence_stale", "evidence_stale", "evidence_stale"]);
  });

  it("says that it is from another environment, attestations too", async () => {
    measure([await tests()], { environment: "staging" });
    await expectVerdict("INSUFFICIENT_PROOF", [
      "evidence_other_environment",
      "target_missing",
      "attestation_other_environment:test-result",
    ]);
    const other = await assess("?environment=staging");
    expect(other.notProven.map(({ code }) => code)).toContain("evidence_other_environment");
  });

  it("says that newer evidence names another artifact", async () => {
    measure([await tests()]);
    keep({ artifactDigest: OTHER, soakSeconds: 3600 });
    await expectVerdict("INSUFFICIENT_PROOF", ["evidence_other_target", "attestation_other_target:test-result"]);
  });

  it("says that another artifact, or environment, was asked about", async () => {
    measure([await tests()]);
    await expectVerdict("INSUFFICIENT_PROOF", ["evidence_other_target"], `?target=${OTHER}`);
    await expectVerdict("INSUFFICIENT_PROOF", ["evidence_other_environment"], "?environment=staging");
    await expectVerdict("GO", [], `?target=${TARGET}&environment=production`);
  });

  it("does not count a soak time of long ago, though the latency is of now", async () => {
    measure([await tests()], { soakSeconds: 3600 });
    keep(WHOLE, 901);
    const { mustNotClaim } = await expectVerdict("INSUFFICIENT_PROOF", ["evidence_stale"]);
    expect(mustNotClaim).toContain(`that ${TARGET} is what was measured: a measurement names no artifact`);
  });

  it("says that the soak time is missing or too short", async () => {
    measure([await tests()], { soakSeconds: 599 });
    await expectVerdict("INSUFFICIENT_PROOF", ["soak_too_short"]);
  });

  it("believes no address, no rejected content, no stranger, no other artifact, no broken signature", async () => {
    measure([{ predicateType: testResult, url: "https://proofs.test/1" }]);
    await expectVerdict("INSUFFICIENT_PROOF", ["attestation_missing:test-result"]);
    measure([await tests("FAILED")]);
    await expectVerdict("INSUFFICIENT_PROOF", ["attestation_unproven:test-result"]);
    measure([link(testResult, await stranger.signStatement(statement(testResult, { result: "PASSED" })))]);
    await expectVerdict("INSUFFICIENT_PROOF", ["attestation_unproven:test-result"]);
    measure([link(approval, await world.authority.signStatement(statement(testResult, { result: "PASSED" })))]);
    await expectVerdict("INSUFFICIENT_PROOF", ["attestation_unproven:test-result"]);
    measure([await tests()]);
    await expectVerdict("GO", []);
  });

  it("says that every attestation is about another artifact", async () => {
    measure([await tests("PASSED", OTHER)]);
    await expectVerdict("INSUFFICIENT_PROOF", ["attestation_other_target:test-result"]);
  });

  it("says that no verified pack can decide", async () => {
    measure([await tests()]);
    await rm(packPaths(world.root, PACK_ID).bundle);
    const report = await expectVerdict("INSUFFICIENT_PROOF", ["ATTESTATION_UNAVAILABLE"]);
    expect(Object.hasOwn(report, "packDigest")).toBe(false);
    await world.install(pack.tar);
  });
});

describe("GET /v1/readiness with accepted risks", () => {
  it("is GO_WITH_ACCEPTED_RISKS, and names who, why and until when", async () => {
    measure([await tests(), await accept(acceptance())], { snapshot: SLOW });
    const report = await expectVerdict("GO_WITH_ACCEPTED_RISKS", ["read_p95_exceeded"]);
    expect(report.risks).toEqual([
      {
        code: "read_p95_exceeded",
        reason: "known and watched",
        until: "2026-06-02T00:00:00Z",
        acceptedBy: "release manager",
      },
    ]);
  });

  it("accepts a missing attestation by its name", async () => {
    measure([await accept(acceptance({}, { code: "attestation_missing:test-result" }))]);
    await expectVerdict("GO_WITH_ACCEPTED_RISKS", ["attestation_missing:test-result"]);
  });

  it("ends with the acceptance", async () => {
    const until = new Date(world.clock.now.getTime() + 10_000).toISOString();
    measure([await tests(), await accept(acceptance({}, { until }))], { snapshot: SLOW });
    await expectVerdict("GO_WITH_ACCEPTED_RISKS", ["read_p95_exceeded"]);
    world.clock.now = new Date(until);
    const report = await expectVerdict("NO_GO", ["read_p95_exceeded"]);
    expect(report.unusedAcceptances.map(({ code }) => code)).toEqual(["acceptance_expired"]);
  });

  it("counts the one that holds beside one that has ended", async () => {
    const ended = await accept(acceptance({}, { until: "2026-05-01T00:00:00Z" }));
    measure([await tests(), ended, await accept(acceptance())], { snapshot: SLOW });
    const report = await expectVerdict("GO_WITH_ACCEPTED_RISKS", ["read_p95_exceeded"]);
    expect(report.unusedAcceptances.map(({ code }) => code)).toEqual(["acceptance_expired"]);
  });

  const USELESS: readonly (readonly [string, string, () => Promise<EvidenceLink>])[] = [
    ["for another release", "acceptance_other_release", () => accept(acceptance({ releaseId: "1" }))],
    ["for another environment", "acceptance_other_environment", () => accept(acceptance({ environment: "staging" }))],
    ["about another artifact", "acceptance_unproven", () => accept(acceptance(), { target: OTHER })],
    ["by somebody else", "acceptance_unproven", () => accept(acceptance(), { identity: "someone@example.com" })],
    ["with a field more", "acceptance_unproven", () => accept(acceptance({ unless: "it rains" }))],
    ["until a time that is none", "acceptance_unproven", () => accept(acceptance({}, { until: "tomorrow" }))],
    ["of another risk", "acceptance_unneeded", () => accept(acceptance({}, { code: "error_rate_exceeded" }))],
  ];

  it.each(USELESS)("counts none %s", async (_what, code, make) => {
    measure([await tests(), await make()], { snapshot: SLOW });
    const report = await expectVerdict("NO_GO", ["read_p95_exceeded"]);
    expect(report.unusedAcceptances.map((finding) => finding.code)).toEqual([code]);
  });

  it("counts none of what nobody can accept", async () => {
    measure([await tests("FAILED"), await accept(acceptance({}, { code: "attestation_unproven:test-result" }))]);
    const report = await expectVerdict("INSUFFICIENT_PROOF", ["attestation_unproven:test-result"]);
    expect(report.unusedAcceptances.map(({ code }) => code)).toEqual(["acceptance_not_possible"]);
  });
});

describe("GET /v1/readiness, when it is asked wrongly", () => {
  it("refuses what it does not know", async () => {
    const twice = `?target=${TARGET}&target=${TARGET}`;
    for (const query of ["?targets=1", "?target=1", twice, "?environment=A", "?__proto__=1"]) {
      const answer = await world.ask(`/v1/readiness/${SERVICE}/1${query}`);
      expect([answer.status, (answer.json() as { code: string }).code]).toEqual([400, "QUERY_REFUSED"]);
    }
  });

  it("wants a token that is granted the service", async () => {
    const ask = async (headers: Record<string, string>, service = SERVICE): Promise<unknown[]> => {
      const answer = await world.ask(`/v1/readiness/${service}/1`, { headers });
      return [answer.status, (answer.json() as { code: string }).code];
    };
    expect(await ask({ authorization: "" })).toEqual([401, "TOKEN_INVALID"]);
    expect(await ask({ authorization: `Bearer ${await world.token({ sub: "writer" })}` })).toEqual([
      403,
      "TOKEN_FORBIDDEN",
    ]);
    expect(await ask({}, "ingest")).toEqual([403, "TOKEN_FORBIDDEN"]);
  });
});
