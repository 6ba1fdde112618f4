import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import { forbiddenClaims } from "../../src/readiness/claims.ts";
import type { Finding, Verdict } from "../../src/readiness/finding.ts";
import { nextStep } from "../../src/readiness/next-step.ts";
import type { DerivedVerdict, ReadinessFacts } from "../../src/readiness/verdict.ts";

const TARGET = digestOf(Buffer.from("the release"));

const FACTS: ReadinessFacts = {
  service: "graph-api",
  releaseId: "2026.6.1",
  environment: "production",
  target: TARGET,
  wantedTarget: undefined,
  wantedEnvironment: undefined,
  measuredTargets: [TARGET],
  isMeasuredUnnamed: false,
  judgement: { ok: true, reasons: [], measuredAt: "2026-06-01T11:55:00.000Z" },
  soakSeconds: undefined,
  minSoakSeconds: undefined,
  attestations: [],
  acceptances: [],
  failures: [],
  now: new Date("2026-06-01T12:00:00Z"),
};

function derived(verdict: Verdict, ...codes: readonly string[]): DerivedVerdict {
  const notProven: readonly Finding[] = codes.map((code) => ({ code, message: "why" }));
  return { verdict, proven: [], notProven, risks: [], unusedAcceptances: [] };
}

const PUSH = "policy-pack evidence push EVIDENCE_FILE --server URL";
const AGAIN = "policy-pack readiness --service graph-api --release 2026.6.1";

const STEPS: readonly (readonly [Verdict, readonly string[], string])[] = [
  ["GO", [], `${AGAIN} --attest VSA_FILE`],
  ["GO_WITH_ACCEPTED_RISKS", ["read_p95_exceeded"], `${AGAIN} --attest VSA_FILE`],
  ["NO_GO", ["read_p95_exceeded", "attestation_missing:vsa"], AGAIN],
  ["INSUFFICIENT_PROOF", ["service_unknown"], AGAIN],
  ["INSUFFICIENT_PROOF", ["STORE_FAILED", "evidence_missing"], AGAIN],
  ["INSUFFICIENT_PROOF", ["evidence_missing", "attestation_missing:vsa"], PUSH],
  ["INSUFFICIENT_PROOF", ["attestation_missing:vsa", "evidence_stale"], PUSH],
  ["INSUFFICIENT_PROOF", ["evidence_other_target"], PUSH],
  ["INSUFFICIENT_PROOF", ["soak_too_short"], PUSH],
  [
    "INSUFFICIENT_PROOF",
    ["evidence_stale", "SIGNATURE_INVALID"],
    "policy-pack verify PACK_TAR --bundle BUNDLE --policy POLICY --trusted-root ROOT --steps",
  ],
  [
    "INSUFFICIENT_PROOF",
    ["attestation_missing:test-result"],
    `policy-pack attest ${TARGET} --type test-result --predicate FILE`,
  ],
  [
    "INSUFFICIENT_PROOF",
    ["attestation_unproven:approval#2"],
    `policy-pack attest ${TARGET} --type approval --predicate FILE`,
  ],
  ["INSUFFICIENT_PROOF", ["something_new"], AGAIN],
];

describe("nextStep", () => {
  it.each(STEPS)("of %s with %j", (verdict, codes, command) => {
    expect(nextStep(FACTS, derived(verdict, ...codes)).command).toBe(command);
  });

  it("is about what is open, not about what is accepted", () => {
    const risk = { code: "attestation_missing:vsa", reason: "", until: "", acceptedBy: "" };
    const partly = { ...derived("INSUFFICIENT_PROOF", risk.code, "attestation_missing:approval"), risks: [risk] };
    expect(nextStep(FACTS, partly).command).toContain("--type approval");
  });

  it("puts nothing into a command line that is no plain word", () => {
    const hostile = { ...FACTS, service: "a; rm -rf /", releaseId: "$(id)" };
    expect(nextStep(hostile, derived("NO_GO")).command).toBe("policy-pack readiness --service NAME --release NAME");
  });
});

describe("forbiddenClaims", () => {
  it("forbids to call ready what is no GO", () => {
    const ready = "that graph-api 2026.6.1 is ready for production";
    expect(forbiddenClaims(FACTS, derived("NO_GO", "a"))).toContain(ready);
    expect(forbiddenClaims(FACTS, derived("INSUFFICIENT_PROOF", "a"))).toContain(ready);
    expect(forbiddenClaims(FACTS, derived("GO"))).not.toContain(ready);
  });

  it("forbids what each attestation that is not proven would have shown", () => {
    const fact = { name: "test-result", predicateType: "x", message: "" } as const;
    const claim = "that the artifact's tests passed";
    const missing = { ...FACTS, attestations: [{ ...fact, state: "missing" as const }] };
    const proven = { ...FACTS, attestations: [{ ...fact, state: "proven" as const }] };
    expect(forbiddenClaims(missing, derived("INSUFFICIENT_PROOF"))).toContain(claim);
    expect(forbiddenClaims(proven, derived("GO"))).not.toContain(claim);
  });

  it("never forgets that only what was measured, here and then, was looked at", () => {
    const claims = forbiddenClaims(FACTS, derived("GO"));
    expect(claims).toEqual([
      "that the artifact was built, tested or approved as it should be: nothing of that is demanded",
      "anything about the time after 2026-06-01T11:55:00.000Z, when it was measured",
      "anything about another environment than production",
    ]);
  });
});
