import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { PREDICATE_TYPES } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { createTestAuthority } from "@policy-pack/testkit";
import type { TestAuthority } from "@policy-pack/testkit";
import { parseTrustedRoot, parseVerificationPolicy } from "@policy-pack/verify";
import type { EvidenceLink } from "../../src/evidence/evidence.ts";
import { AssessmentMemory } from "../../src/readiness/assessment-memory.ts";
import { assessDemand, toDemands } from "../../src/readiness/attestations.ts";
import type { AttestationTrust, State } from "../../src/readiness/attestations.ts";
import { RELEASE, SERVICE, START, statement, TARGET } from "../support/promotion-world.ts";

const { approval, testResult } = PREDICATE_TYPES;
const NAME = { service: SERVICE, releaseId: RELEASE, environment: "production" };

let authority: TestAuthority;
let trust: AttestationTrust;

beforeAll(async () => {
  authority = await createTestAuthority();
  trust = { trustedRoot: parseTrustedRoot(authority.trustedRoot), target: TARGET, now: START, release: NAME };
});

afterAll(() => authority.close());

async function attest(predicate: JsonObject, predicateType: string = approval): Promise<EvidenceLink> {
  const bundle = await authority.signStatement(statement(predicateType, predicate));
  return { predicateType, bundle: JSON.parse(bundle) as JsonObject };
}

function stateOf(links: readonly EvidenceLink[], change: Partial<AttestationTrust> = {}): string {
  const predicateType = links[0]?.predicateType ?? approval;
  const [demand] = toDemands(parseVerificationPolicy({ ...authority.policy, attestations: [{ predicateType }] }));
  if (demand === undefined) throw new Error("the policy demands nothing");
  return assessDemand(demand, links, [], { ...trust, ...change }).state;
}

describe("assessDemand of an approval", () => {
  it("takes one that names this release, or none", async () => {
    expect(stateOf([await attest({ ...NAME, by: "ann" })])).toBe("proven");
    expect(stateOf([await attest({ releaseId: RELEASE })])).toBe("proven");
    expect(stateOf([await attest({})])).toBe("proven");
  });

  it.each([{ service: "ingest" }, { releaseId: "2026.6.2" }, { environment: "staging" }, { releaseId: null }])(
    "does not take one that names %j, though it is about the same artifact",
    async (other) => {
      expect(stateOf([await attest({ ...NAME, ...other })])).toBe("other_release");
      expect(stateOf([await attest({ ...NAME, ...other }), await attest(NAME)])).toBe("proven");
    },
  );

  it("asks nothing of the kind of other types", async () => {
    expect(stateOf([await attest({ environment: "staging" }, testResult)])).toBe("proven");
  });
});

describe("assessDemand with a memory", () => {
  it("proves the same once, and something else anew", async () => {
    const states = new AssessmentMemory<State>();
    const link = await attest({});
    expect(stateOf([link], { states })).toBe("proven");
    // What nobody would prove now: it was remembered.
    expect(stateOf([link], { states, trustedRoot: undefined })).toBe("proven");
    expect(stateOf([link], { states, target: `sha256:${"cd".repeat(32)}` as typeof TARGET })).toBe("other_target");
  });
});

describe("AssessmentMemory", () => {
  it("finds out again for something else, after ten seconds, and when the clock was set back", () => {
    const memory = new AssessmentMemory<number>();
    let found = 0;
    const find = (about: readonly string[], seconds: number): number =>
      memory.recall(about, new Date(START.getTime() + seconds * 1000), () => (found += 1));
    expect([find(["a"], 0), find(["a"], 9), find(["a", ""], 9), find(["a"], 10), find(["a"], -5)]).toEqual([
      1, 1, 2, 3, 4,
    ]);
  });

  it("forgets what was found longest ago when it is full", () => {
    const memory = new AssessmentMemory<number>();
    for (let i = 0; i < 513; i += 1) memory.recall([`${i}`], START, () => i);
    expect(memory.recall(["0"], START, () => -1)).toBe(-1);
    expect(memory.recall(["512"], START, () => -1)).toBe(512);
  });
});
