import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import type { Reason, ReasonKind } from "../../src/promotion/reason.ts";
import type { AttestationState, Verdict } from "../../src/readiness/finding.ts";
import type { AcceptanceFact, AcceptedRisk } from "../../src/readiness/risk-acceptance.ts";
import { deriveVerdict } from "../../src/readiness/verdict.ts";
import type { DerivedVerdict, ReadinessFacts } from "../../src/readiness/verdict.ts";

const TARGET = digestOf(Buffer.from("the release"));
const OTHER = digestOf(Buffer.from("another release"));
const NOW = new Date("2026-06-01T12:00:00Z");
const LATER = "2026-06-02T12:00:00Z";

const WHOLE: ReadinessFacts = {
  service: "graph-api",
  releaseId: "2026.6.1",
  environment: "production",
  target: TARGET,
  wantedTarget: undefined,
  wantedEnvironment: undefined,
  measuredTargets: [TARGET],
  isMeasuredUnnamed: false,
  judgement: { ok: true, reasons: [], measuredAt: "2026-06-01T11:55:00.000Z" },
  soakSeconds: 900,
  minSoakSeconds: 600,
  attestations: [],
  acceptances: [],
  failures: [],
  now: NOW,
};

function derive(change: Partial<ReadinessFacts>): DerivedVerdict {
  return deriveVerdict({ ...WHOLE, ...change });
}

function reason(kind: ReasonKind, code: string, message = "why"): Reason {
  return { kind, code, message };
}

function denied(...reasons: readonly Reason[]): Partial<ReadinessFacts> {
  return { judgement: { ok: false, reasons, measuredAt: "2026-06-01T11:55:00.000Z" } };
}

function attested(state: AttestationState, name = "test-result"): Partial<ReadinessFacts> {
  return { attestations: [{ name, predicateType: "https://example.test/type", state, message: "why" }] };
}

function accepted(risks: readonly Partial<AcceptedRisk>[], change: object = {}): AcceptanceFact {
  const { service, releaseId, environment } = WHOLE;
  const whole = risks.map((risk) => ({ code: "read_p95_exceeded", reason: "known", until: LATER, ...risk }));
  return { acceptance: { service, releaseId, environment, risks: whole, ...change }, acceptedBy: "release manager" };
}

const EXCEEDED = reason("policy", "read_p95_exceeded", "read p95 in ms is 400, the limit is 350");

/** What is wrong, and the verdict and the findings that come of it. */
const TABLE: readonly (readonly [string, Partial<ReadinessFacts>, Verdict, readonly string[]])[] = [
  ["nothing is wrong", {}, "GO", []],
  ["no soak time is demanded and none is given", { minSoakSeconds: undefined, soakSeconds: undefined }, "GO", []],
  ["the soak time is exactly what is demanded", { soakSeconds: 600 }, "GO", []],
  ["what was wanted is what there is", { wantedTarget: TARGET, wantedEnvironment: "production" }, "GO", []],
  ["nothing names an artifact and nothing needs one", { target: undefined, measuredTargets: [] }, "GO", []],
  ["every attestation is proven", attested("proven"), "GO", []],

  ["a limit is exceeded", denied(EXCEEDED), "NO_GO", ["read_p95_exceeded"]],
  ["the policy denies without a number", denied(reason("policy", "policy_denied")), "NO_GO", ["policy_denied"]],
  [
    "a limit is exceeded and an attestation is missing too",
    { ...denied(EXCEEDED), ...attested("missing") },
    "NO_GO",
    ["read_p95_exceeded", "attestation_missing:test-result"],
  ],

  ["there is no snapshot", denied(reason("missing", "evidence_missing")), "INSUFFICIENT_PROOF", ["evidence_missing"]],
  ["it is stale", denied(reason("stale", "evidence_stale")), "INSUFFICIENT_PROOF", ["evidence_stale"]],
  [
    "it is from another environment",
    denied(reason("elsewhere", "evidence_other_environment")),
    "INSUFFICIENT_PROOF",
    ["evidence_other_environment"],
  ],
  ["no pack may decide", denied(reason("failed", "SIGNATURE_INVALID")), "INSUFFICIENT_PROOF", ["SIGNATURE_INVALID"]],
  ["the store fails", { failures: [reason("failed", "STORE_FAILED")] }, "INSUFFICIENT_PROOF", ["STORE_FAILED"]],
  ["the policy says nothing at all", denied(), "INSUFFICIENT_PROOF", ["undecided"]],
  [
    "a limit is exceeded by what is stale",
    denied(EXCEEDED, reason("stale", "evidence_stale")),
    "INSUFFICIENT_PROOF",
    ["read_p95_exceeded", "evidence_stale"],
  ],
  [
    "a limit is exceeded by what is of another artifact",
    { ...denied(EXCEEDED), measuredTargets: [OTHER] },
    "INSUFFICIENT_PROOF",
    ["read_p95_exceeded", "evidence_other_target"],
  ],
  ["another artifact was measured", { measuredTargets: [OTHER] }, "INSUFFICIENT_PROOF", ["evidence_other_target"]],
  [
    "a part of it was measured of another artifact",
    { measuredTargets: [TARGET, OTHER] },
    "INSUFFICIENT_PROOF",
    ["evidence_other_target"],
  ],
  ["another artifact is wanted", { wantedTarget: OTHER }, "INSUFFICIENT_PROOF", ["evidence_other_target"]],
  [
    "another environment is wanted",
    { wantedEnvironment: "staging" },
    "INSUFFICIENT_PROOF",
    ["evidence_other_environment"],
  ],
  [
    "an artifact is wanted and none is named",
    { target: undefined, measuredTargets: [], wantedTarget: TARGET },
    "INSUFFICIENT_PROOF",
    ["target_missing"],
  ],
  ["the soak time is missing", { soakSeconds: undefined }, "INSUFFICIENT_PROOF", ["soak_missing"]],
  ["the soak time is too short", { soakSeconds: 599 }, "INSUFFICIENT_PROOF", ["soak_too_short"]],
  ...(["missing", "other_target", "other_environment", "unproven"] as const).map(
    (state) =>
      [
        `an attestation is ${state}`,
        attested(state),
        "INSUFFICIENT_PROOF",
        [`attestation_${state}:test-result`],
      ] as const,
  ),
];

describe("deriveVerdict", () => {
  it.each(TABLE)("when %s", (_what, change, verdict, codes) => {
    const derived = derive(change);
    expect(derived.verdict).toBe(verdict);
    expect(derived.notProven.map(({ code }) => code)).toEqual(codes);
  });

  it("says what is proven, and not that a denied release is", () => {
    expect(derive(attested("proven")).proven.map(({ code }) => code)).toEqual([
      "promotion_ok",
      "attestation_proven:test-result",
    ]);
    expect(derive({ ...denied(EXCEEDED), ...attested("missing") }).proven).toEqual([]);
    expect(derive({ soakSeconds: 1 }).proven).toEqual([]);
  });
});

const MISSING = "attestation_missing:test-result";

/** What is accepted of a release whose reads are too slow, and what becomes of it. */
const ACCEPTANCES: readonly (readonly [string, readonly AcceptanceFact[], Verdict, readonly string[]])[] = [
  ["nobody accepts it", [], "NO_GO", []],
  ["it is accepted", [accepted([{}])], "GO_WITH_ACCEPTED_RISKS", []],
  ["the acceptance has ended", [accepted([{ until: "2026-06-01T11:59:59Z" }])], "NO_GO", ["acceptance_expired"]],
  ["the acceptance ends at this moment", [accepted([{ until: NOW.toISOString() }])], "NO_GO", ["acceptance_expired"]],
  ["it is for another release", [accepted([{}], { releaseId: "2026.6.2" })], "NO_GO", ["acceptance_other_release"]],
  ["it is for another service", [accepted([{}], { service: "ingest" })], "NO_GO", ["acceptance_other_release"]],
  [
    "it is for another environment",
    [accepted([{}], { environment: "staging" })],
    "NO_GO",
    ["acceptance_other_environment"],
  ],
  [
    "a stranger made it, or it is about another artifact",
    [{ problem: "IDENTITY_MISMATCH: …" }],
    "NO_GO",
    ["acceptance_unproven"],
  ],
  ["it names another risk", [accepted([{ code: "write_p95_exceeded" }])], "NO_GO", ["acceptance_unneeded"]],
  [
    "it names what is not a finding's whole code",
    [accepted([{ code: "read_p95" }, { code: "read_p95_exceeded " }])],
    "NO_GO",
    ["acceptance_unneeded", "acceptance_unneeded"],
  ],
  [
    "of two acceptances one has ended",
    [accepted([{ until: "2026-05-31T00:00:00Z" }]), accepted([{}])],
    "GO_WITH_ACCEPTED_RISKS",
    ["acceptance_expired"],
  ],
];

describe("deriveVerdict, when a limit is exceeded and", () => {
  it.each(ACCEPTANCES)("%s", (_what, acceptances, verdict, unused) => {
    const derived = derive({ ...denied(EXCEEDED), acceptances });
    expect(derived.verdict).toBe(verdict);
    expect(derived.unusedAcceptances.map(({ code }) => code)).toEqual(unused);
    expect(derived.risks.length).toBe(verdict === "NO_GO" ? 0 : 1);
  });

  it("tells who takes the risk, why and until when", () => {
    const { risks } = derive({ ...denied(EXCEEDED), acceptances: [accepted([{}])] });
    expect(risks).toEqual([
      { code: "read_p95_exceeded", reason: "known", until: LATER, acceptedBy: "release manager" },
    ]);
  });

  it("of two that hold tells the one that holds for longer", () => {
    const acceptances = [accepted([{ until: LATER }]), accepted([{ until: "2026-07-01T00:00:00Z" }])];
    const { risks } = derive({ ...denied(EXCEEDED), acceptances });
    expect(risks.map(({ until }) => until)).toEqual(["2026-07-01T00:00:00Z"]);
  });
});

describe("deriveVerdict, when several things are wrong", () => {
  const both = { ...denied(EXCEEDED), ...attested("missing") };

  it("is NO_GO while an exceedance is not accepted", () => {
    expect(derive({ ...both, acceptances: [accepted([{ code: MISSING }])] }).verdict).toBe("NO_GO");
  });

  it("is INSUFFICIENT_PROOF while a missing attestation is not accepted", () => {
    expect(derive({ ...both, acceptances: [accepted([{}])] }).verdict).toBe("INSUFFICIENT_PROOF");
  });

  it("is GO_WITH_ACCEPTED_RISKS when each is accepted, by one acceptance or by two", () => {
    const one = [accepted([{}, { code: MISSING }])];
    const two = [accepted([{}]), accepted([{ code: MISSING }])];
    for (const acceptances of [one, two]) {
      const derived = derive({ ...both, acceptances });
      expect(derived.verdict).toBe("GO_WITH_ACCEPTED_RISKS");
      expect(derived.risks.map(({ code }) => code)).toEqual(["read_p95_exceeded", MISSING]);
      // Accepted is not proven.
      expect(derived.notProven.map(({ code }) => code)).toEqual(["read_p95_exceeded", MISSING]);
    }
  });
});

/** What nobody can accept, whatever they sign. */
const UNACCEPTABLE: readonly (readonly [string, Partial<ReadinessFacts>])[] = [
  ["evidence_missing", denied(reason("missing", "evidence_missing"))],
  ["evidence_stale", denied(reason("stale", "evidence_stale"))],
  ["evidence_other_environment", denied(reason("elsewhere", "evidence_other_environment"))],
  ["evidence_other_target", { measuredTargets: [OTHER] }],
  ["SIGNATURE_INVALID", denied(reason("failed", "SIGNATURE_INVALID"))],
  ["STORE_FAILED", { failures: [reason("failed", "STORE_FAILED")] }],
  ["soak_missing", { soakSeconds: undefined }],
  ["soak_too_short", { soakSeconds: 1 }],
  ["limit_invalid", denied(reason("policy", "limit_invalid"))],
  ["policy_denied", denied(reason("policy", "policy_denied"))],
  // Only what the policy says of whole evidence is a measured exceedance.
  ["store_exceeded", denied(reason("failed", "store_exceeded"))],
  ["undecided", denied()],
  ["attestation_unproven:test-result", attested("unproven")],
  ["attestation_other_target:test-result", attested("other_target")],
  ["attestation_other_environment:test-result", attested("other_environment")],
];

describe("deriveVerdict, when somebody accepts what cannot be accepted", () => {
  it.each(UNACCEPTABLE)("does not let %s pass", (code, change) => {
    const derived = derive({ ...change, acceptances: [accepted([{ code }])] });
    expect(["NO_GO", "INSUFFICIENT_PROOF"]).toContain(derived.verdict);
    expect(derived.risks).toEqual([]);
    expect(derived.unusedAcceptances.map((finding) => finding.code)).toEqual(["acceptance_not_possible"]);
  });

  it("needs no acceptance for a GO", () => {
    const derived = derive({ acceptances: [accepted([{}])] });
    expect(derived.verdict).toBe("GO");
    expect(derived.unusedAcceptances.map(({ code }) => code)).toEqual(["acceptance_unneeded"]);
  });
});
