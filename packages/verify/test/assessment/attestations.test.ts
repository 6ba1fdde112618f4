import { describe, expect, it } from "@jest/globals";
import { digestOf, hexOf, PREDICATE_TYPES } from "@policy-pack/pack";
import { verifyArtifact } from "../../src/index.ts";
import type { AttestationRule, BundleSource, SignerRule, VerificationPolicy } from "../../src/index.ts";
import { codeOf } from "../support/expect.ts";
import { signedBy, statedBy } from "../support/signers.ts";
import { ARTIFACT, ISSUER, keys, rootJson } from "../support/world.ts";

const TYPE = "https://example.com/tested/v1";
const person = (name: string): SignerRule => ({
  name,
  certificateIdentity: `${name}@example.com`,
  certificateOidcIssuer: ISSUER,
});
const ann = signedBy("ann@example.com");
const tested = (who: string, passed = true, key = keys.signer): string =>
  statedBy(`${who}@example.com`, { predicateType: TYPE, predicate: { passed } }, { key });
const rule: AttestationRule = {
  predicateType: TYPE,
  signers: [person("ci"), person("nightly")],
  constraints: [{ pointer: "/passed", equals: true }],
};
const policy: VerificationPolicy = { signers: [person("ann")], attestations: [rule] };

function judge(
  bundle: readonly BundleSource[],
  changed: VerificationPolicy = policy,
): ReturnType<typeof verifyArtifact> {
  const trustedRoot = JSON.stringify(rootJson());
  return verifyArtifact({ artifact: { bytes: ARTIFACT }, bundle, trustedRoot, policy: changed });
}

describe("a policy that demands an attestation", () => {
  it.each([
    ["behind the signature", [ann, tested("ci")]],
    ["before the signature", [tested("ci"), ann]],
    ["beside one that fails", [tested("nightly", false), ann, tested("ci")]],
    ["beside one of a stranger", [tested("eve"), ann, tested("ci")]],
  ])("when it stands %s accepts, and gives the signature as the artifact's", (_, bundle) => {
    const verified = judge(bundle);
    expect(verified.statement).toBeUndefined();
    expect(verified.attestations.map(({ statement }) => statement?.predicate)).toEqual([{ passed: true }]);
    expect(verified.signers).toHaveLength(1);
  });

  it.each<[string, BundleSource[], string]>([
    ["it is left out", [ann], "PREDICATE_MISSING"],
    ["it is of another type", [ann, statedBy("ci@example.com")], "PREDICATE_MISSING"],
    ["the type goes on", [ann, statedBy("ci@example.com", { predicateType: `${TYPE}1` })], "PREDICATE_MISSING"],
    ["a stranger made it", [ann, tested("eve")], "PREDICATE_MISSING"],
    ["only the artifact's signer made it", [ann, tested("ann")], "PREDICATE_MISSING"],
    [
      "it is about another artifact",
      [
        ann,
        statedBy("ci@example.com", {
          predicateType: TYPE,
          predicate: { passed: true },
          subject: [{ name: "artifact", digest: { sha256: "0".repeat(64) } }],
        }),
      ],
      "PREDICATE_MISSING",
    ],
    ["its content says otherwise", [ann, tested("ci", false)], "PREDICATE_REJECTED"],
    [
      "the good one is a stranger's, and the believed one fails",
      [ann, tested("eve"), tested("ci", false)],
      "PREDICATE_REJECTED",
    ],
    ["the signature is missing", [tested("ci")], "STATEMENT_INVALID"],
  ])("when %s throws", (_, bundle, code) => {
    expect(codeOf(() => judge(bundle))).toBe(code);
  });

  it("when one is believed and says otherwise calls it unused, and no rule met by it", () => {
    const { report, bundles } = judge([tested("nightly", false), ann, tested("ci")]);
    expect(report.bundles.map(({ outcome, rules }) => [outcome, rules])).toEqual([
      ["unused", []],
      ["accepted", ["signers: ann"]],
      ["accepted", ["attestations[0]: ci"]],
    ]);
    expect(bundles).toHaveLength(2);
  });

  it("when the rule names no signers takes the policy's", () => {
    const { predicateType, constraints = [] } = rule;
    const changed = { ...policy, attestations: [{ predicateType, constraints }] };
    expect(judge([ann, tested("ann")], changed).attestations).toHaveLength(1);
    expect(codeOf(() => judge([ann, tested("ci")], changed))).toBe("PREDICATE_MISSING");
  });

  it("when several are demanded wants all", () => {
    const other = { predicateType: "https://example.com/other/v1" };
    const changed = { ...policy, attestations: [rule, other] };
    expect(codeOf(() => judge([ann, tested("ci")], changed))).toBe("PREDICATE_MISSING");
    expect(judge([ann, tested("ci"), statedBy("ann@example.com", other)], changed).attestations).toHaveLength(2);
  });

  it("when two signers must have made it counts those who satisfy it, each once", () => {
    const changed = { ...policy, attestations: [{ ...rule, threshold: 2 }] };
    const nightly = tested("nightly", true, keys.other);
    expect(judge([ann, tested("ci"), nightly], changed).attestations).toHaveLength(2);
    for (const second of [tested("ci"), tested("nightly"), tested("nightly", false, keys.other)]) {
      expect(codeOf(() => judge([ann, tested("ci"), second], changed))).toBe("THRESHOLD_NOT_MET");
    }
  });

  it("when no signature is demanded accepts it alone", () => {
    const changed = { attestations: [rule] };
    const verified = judge([tested("ci"), ann], changed);
    expect([verified.statement?.predicateType, verified.signers, verified.bundles.length]).toEqual([TYPE, [], 1]);
    expect(codeOf(() => judge([ann], changed))).toBe("PREDICATE_MISSING");
  });

  it("when statements count as signatures an attestation is both", () => {
    const changed = { ...policy, signers: [person("ci")], acceptStatements: true };
    expect(judge([tested("ci")], changed).report.rules.map(({ outcome }) => outcome)).toEqual(["met", "met"]);
  });
});

describe("a policy that demands a decision diff", () => {
  const predicateType = PREDICATE_TYPES.decisionDiff;
  const [artifact, elsewhere] = [digestOf(ARTIFACT), digestOf(Buffer.from("another pack"))];
  const subject = [artifact, elsewhere].map((digest) => ({ digest: { sha256: hexOf(digest) } }));
  const groups = [{ name: "opened", direction: "DENY_TO_ALLOW", count: 1 }];
  const changing = (from: string, to: string, more: object = {}): string => {
    const flips = { denyToAllow: 0, allowToDeny: 0, other: 0 };
    const predicate = { old: { digest: from }, new: { digest: to }, compared: 10, flips, groups: [], ...more };
    return statedBy("ci@example.com", { predicateType, subject, predicate });
  };
  const demanding = (rule: object): VerificationPolicy => ({
    signers: [person("ann")],
    attestations: [{ predicateType, signers: [person("ci")], ...rule }],
  });
  const opened = { flips: { denyToAllow: 1, allowToDeny: 0, other: 0 }, groups };

  it("when it is of a change to the artifact accepts", () => {
    const policy = demanding({ decisionDiff: { maxFlips: 0, from: elsewhere } });
    expect(judge([ann, changing(elsewhere, artifact)], policy).attestations).toHaveLength(1);
  });

  it.each<[string, string, object]>([
    ["is of a change away from the artifact", changing(artifact, elsewhere), {}],
    ["opens what was closed", changing(elsewhere, artifact, opened), { decisionDiff: { maxFlips: 5 } }],
    ["starts from another pack", changing(elsewhere, artifact), { decisionDiff: { from: artifact } }],
  ])("when it %s throws PREDICATE_REJECTED", (_, bundle, rule) => {
    expect(codeOf(() => judge([ann, bundle], demanding({ decisionDiff: {}, ...rule })))).toBe("PREDICATE_REJECTED");
  });

  it("when the rule says nothing of diffs refuses one of a change away from the artifact", () => {
    expect(codeOf(() => judge([ann, changing(artifact, elsewhere)], demanding({})))).toBe("PREDICATE_REJECTED");
    expect(judge([ann, changing(elsewhere, artifact, opened)], demanding({})).attestations).toHaveLength(1);
  });
});
