import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { PREDICATE_TYPES } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { createTestAuthority } from "@policy-pack/testkit";
import type { TestAuthority } from "@policy-pack/testkit";
import { parseTrustedRoot, parseVerificationPolicy } from "@policy-pack/verify";
import type { EvidenceLink } from "../../src/evidence/evidence.ts";
import { readAcceptances } from "../../src/readiness/acceptances.ts";
import { isAcceptance, toDemands } from "../../src/readiness/attestations.ts";
import type { AttestationDemand, AttestationTrust } from "../../src/readiness/attestations.ts";
import { parseRiskAcceptance } from "../../src/readiness/risk-acceptance.ts";
import { RELEASE, SERVICE, START, statement, TARGET } from "../support/promotion-world.ts";

const { riskAcceptance } = PREDICATE_TYPES;
const ISSUER = "https://accounts.example.com";
const RISK = { code: "read_p95_exceeded", reason: "known", until: "2026-06-02T00:00:00Z" };
const ACCEPTANCE = { service: SERVICE, releaseId: RELEASE, environment: "production", risks: [RISK] };
const RELEASE_NAME = { service: SERVICE, releaseId: RELEASE, environment: "production" };

let authority: TestAuthority;
let demands: readonly AttestationDemand[];
let trust: AttestationTrust;

beforeAll(async () => {
  authority = await createTestAuthority();
  const signers = ["ann", "bob"].map((name) => ({
    name,
    certificateIdentity: `${name}@example.com`,
    certificateOidcIssuer: ISSUER,
  }));
  const policy = { attestations: [{ predicateType: riskAcceptance, signers, threshold: 2 }] };
  demands = toDemands(parseVerificationPolicy(policy));
  trust = { trustedRoot: parseTrustedRoot(authority.trustedRoot), target: TARGET, now: START, release: RELEASE_NAME };
});

afterAll(() => authority.close());

async function sign(name: string, predicate: JsonObject = ACCEPTANCE): Promise<EvidenceLink> {
  const how = { identity: `${name}@example.com`, issuer: ISSUER };
  const bundle = await authority.signStatement(statement(riskAcceptance, predicate), how);
  return { predicateType: riskAcceptance, bundle: JSON.parse(bundle) as JsonObject };
}

describe("readAcceptances, when two must accept", () => {
  it("takes an acceptance that both signed", async () => {
    const facts = readAcceptances(demands, [await sign("ann"), await sign("bob")], trust);
    expect(facts).toEqual([{ acceptance: ACCEPTANCE, acceptedBy: "ann, bob" }]);
  });

  it("takes none that one signed twice, or that each signed another of", async () => {
    const other = { ...ACCEPTANCE, risks: [{ ...RISK, reason: "another" }] };
    const twice = readAcceptances(demands, [await sign("ann"), await sign("ann")], trust);
    expect(twice).toEqual([{ problem: expect.stringMatching(/^THRESHOLD_NOT_MET/) }]);
    const apart = readAcceptances(demands, [await sign("ann"), await sign("bob", other)], trust);
    expect(apart.map((fact) => "problem" in fact)).toEqual([true, true]);
  });

  it("takes none when nobody may accept, or no artifact is named", async () => {
    const links = [await sign("ann"), await sign("bob")];
    expect(readAcceptances([], links, trust)).toMatchObject([{ problem: expect.any(String) }]);
    expect(readAcceptances(demands, links, { ...trust, target: undefined })).toMatchObject([
      { problem: expect.any(String) },
    ]);
  });

  it("does not look at addresses, nor at links of other types", async () => {
    const { bundle = {} } = await sign("ann");
    const links = [
      { predicateType: riskAcceptance, url: "https://accepted.test/" },
      { predicateType: PREDICATE_TYPES.approval, bundle },
    ];
    expect(readAcceptances(demands, links, trust)).toEqual([]);
  });
});

describe("toDemands", () => {
  it("gives each rule a name of its own, and the policy's signers where it has none", () => {
    const { policy } = authority;
    const predicateType = PREDICATE_TYPES.approval;
    const rules = [
      { predicateType },
      { predicateType, signers: policy.signers },
      { predicateType: "https://own.test/type" },
    ];
    const named = toDemands(parseVerificationPolicy({ ...policy, attestations: rules }));
    expect(named.map(({ name }) => name)).toEqual(["approval", "approval#2", "https://own.test/type"]);
    expect(named.map((demand) => demand.policy.attestations?.[0]?.signers)).toEqual(
      [1, 2, 3].map(() => policy.signers),
    );
    expect(named.some(isAcceptance)).toBe(false);
  });

  it("keeps what the policy demands of every signature", () => {
    const whole = {
      ...authority.policy,
      minimumTimestamps: 1,
      packId: "a-v0",
      attestations: [{ predicateType: riskAcceptance }],
    };
    const [demand] = toDemands(parseVerificationPolicy(whole));
    expect(demand?.policy).toMatchObject({ minimumTimestamps: 1 });
    expect(Object.keys(demand?.policy ?? {}).sort()).toEqual(["attestations", "minimumTimestamps"]);
  });
});

/** Predicates that accept nothing. */
const MALFORMED: readonly (readonly [string, JsonObject])[] = [
  ["nothing", {}],
  ["no risk", { ...ACCEPTANCE, risks: [] }],
  ["risks that are no list", { ...ACCEPTANCE, risks: { 0: RISK } }],
  ["51 risks", { ...ACCEPTANCE, risks: Array.from({ length: 51 }, () => RISK) }],
  ["one risk of two that is none", { ...ACCEPTANCE, risks: [RISK, {}] }],
  ["a field more", { ...ACCEPTANCE, unless: "" }],
  ["a risk with a field more", { ...ACCEPTANCE, risks: [{ ...RISK, maximum: 360 }] }],
  ["no environment", { ...ACCEPTANCE, environment: "" }],
  ["a number for a release", { ...ACCEPTANCE, releaseId: 1 }],
  [
    "a release by its prototype",
    JSON.parse('{"__proto__":1,"service":"a","environment":"b","risks":[]}') as JsonObject,
  ],
  ...[
    "",
    "tomorrow",
    "2026-06-02",
    "2026-06-02T00:00:00",
    "2026-06-02T00:00:00+00:00",
    "2026-13-02T00:00:00Z",
    "9".repeat(40),
  ].map((until) => [`a risk until ${until.slice(0, 30)}`, { ...ACCEPTANCE, risks: [{ ...RISK, until }] }] as const),
];

describe("parseRiskAcceptance", () => {
  it("takes exactly what it knows", () => {
    expect(parseRiskAcceptance(ACCEPTANCE)).toEqual(ACCEPTANCE);
  });

  it.each(MALFORMED)("does not take %s", (_what, predicate) => {
    expect(parseRiskAcceptance(predicate)).toBeUndefined();
  });
});
