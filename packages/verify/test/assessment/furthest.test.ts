import { describe, expect, it } from "@jest/globals";
import { PolicyPackError } from "@policy-pack/pack";
import { assessArtifact, verifyArtifact } from "../../src/index.ts";
import type { BundleSource, SignerRule, VerificationPolicy, VerifyArtifactOptions } from "../../src/index.ts";
import { messageBundle } from "../support/bundles.ts";
import { keyPair } from "../support/certificates.ts";
import { causeOf, codeOf } from "../support/expect.ts";
import { pemOf, signedBy, signedWithKey, statedBy } from "../support/signers.ts";
import { ARTIFACT, ISSUER, keys, rootJson } from "../support/world.ts";

const TYPE = "https://example.com/tested/v1";
const person = (name: string): SignerRule => ({
  name,
  certificateIdentity: `${name}@example.com`,
  certificateOidcIssuer: ISSUER,
});
const signers = [person("ann")];
const attestations = [{ predicateType: TYPE, signers: [person("ci")] }];
const elsewhere = JSON.stringify(messageBundle({ artifact: Buffer.from("another artifact") }));
const tested = (who: string, changed: object = {}): string =>
  statedBy(`${who}@example.com`, { predicateType: TYPE, ...changed });
const testedElsewhere = tested("ci", { subject: [{ name: "x", digest: { sha256: "0".repeat(64) } }] });
const ann = signedBy("ann@example.com");
const eve = signedBy("eve@example.com");

function options(bundle: BundleSource | readonly BundleSource[], policy: VerificationPolicy): VerifyArtifactOptions {
  return { artifact: { bytes: ARTIFACT }, bundle, trustedRoot: JSON.stringify(rootJson()), policy };
}
const code = (bundle: BundleSource | readonly BundleSource[], policy: VerificationPolicy): string =>
  codeOf(() => verifyArtifact(options(bundle, policy)));

describe("the error of several bundles that are refused", () => {
  it.each<[string, readonly BundleSource[], string]>([
    ["the one that got further stands last", ["{}", eve], "IDENTITY_MISMATCH"],
    ["the one that got further stands first", [eve, "{}"], "IDENTITY_MISMATCH"],
    ["both got as far", [elsewhere, testedElsewhere], "DIGEST_MISMATCH"],
    ["both got as far, in the other order", [testedElsewhere, elsewhere], "SUBJECT_MISMATCH"],
  ])("when %s is its own", (_, bundle, expected) => {
    expect(code(bundle, { signers, acceptStatements: true })).toBe(expected);
  });

  it("when a statement got further than the signature is the signature's", () => {
    expect(code([tested("eve"), elsewhere], { signers, attestations })).toBe("DIGEST_MISMATCH");
  });

  it("when statements count as signatures is that of the statement that got further", () => {
    const policy = { signers, attestations, acceptStatements: true };
    expect(code([tested("eve"), elsewhere], policy)).toBe("IDENTITY_MISMATCH");
  });

  it("when a statement is good for something else is the signature's", () => {
    const policy = { signers, attestations, acceptStatements: true };
    expect(code([tested("ci"), eve], policy)).toBe("IDENTITY_MISMATCH");
    expect(code([tested("ci"), elsewhere], policy)).toBe("DIGEST_MISMATCH");
  });

  it("when all signatures are refused before one is there is that of the statement", () => {
    expect(code([tested("eve")], { signers, attestations })).toBe("IDENTITY_MISMATCH");
  });

  const two = { signers: [person("ann"), person("bob")], threshold: 2 };
  it.each<[string, readonly BundleSource[], VerificationPolicy, string]>([
    ["too few signed is that of the next one", [ann, eve], two, "IDENTITY_MISMATCH"],
    [
      "an attestation is missing is that of the statement",
      [ann, eve, testedElsewhere],
      { signers, attestations },
      "SUBJECT_MISMATCH",
    ],
  ])("when %s, as the cause", (_, bundle, policy, expected) => {
    const cause = causeOf(() => verifyArtifact(options(bundle, policy)));
    expect(cause).toBeInstanceOf(PolicyPackError);
    expect((cause as PolicyPackError).code).toBe(expected);
  });
});

describe("the error of a stranger", () => {
  const key = { publicKey: pemOf(keyPair()) };

  it.each<[string, VerificationPolicy, string]>([
    ["keys alone", { signers: [key] }, "KEY_MISMATCH"],
    ["keys and identities", { signers: [{ name: "k", ...key }, person("ann")] }, "IDENTITY_MISMATCH"],
    [
      "keys for the artifact and identities for the statement",
      { signers: [key], acceptStatements: true, attestations },
      "IDENTITY_MISMATCH",
    ],
  ])("when the policy names %s and a certificate signed says that", (_, policy, expected) => {
    const made = policy.acceptStatements === true ? tested("eve") : eve;
    expect(code(made, policy)).toBe(expected);
  });

  it("when the key is good for an attestation alone is KEY_MISMATCH", () => {
    const policy = { signers, attestations: [{ predicateType: TYPE, signers: [{ publicKey: pemOf(keys.signer) }] }] };
    expect(code(signedWithKey(keys.signer), policy)).toBe("KEY_MISMATCH");
  });
});

describe("the report of an assessment", () => {
  it("when nobody need sign the artifact itself has the rules that there are", () => {
    const { verified, rules } = assessArtifact(options(tested("ci"), { attestations }));
    expect(verified).toBe(true);
    expect(rules.map(({ step, outcome }) => [step, outcome])).toEqual([["attestations", "met"]]);
  });

  it("when a statement is asked for by nobody says that it is unused, and how far it got", () => {
    const { bundles } = assessArtifact(options([ann, tested("eve")], { signers }));
    expect(bundles.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ["signature", "accepted"],
      ["statement", "unused"],
    ]);
    const steps = bundles[1]?.steps.slice(-2).map(({ step, outcome }) => [step, outcome]);
    expect(steps).toEqual([
      ["signer", "passed"],
      ["signing time", "skipped"],
    ]);
  });

  it("when two trusted roots vouch names the first", () => {
    const root = JSON.parse(JSON.stringify(rootJson())) as NonNullable<VerificationPolicy["trustedRoots"]>[string];
    const policy: VerificationPolicy = {
      trustedRoots: { ours: root, theirs: root },
      signers: ["ours", "theirs"].map((trustedRoot) => ({ ...person("ann"), trustedRoot })),
    };
    const { verified, bundles } = assessArtifact({ ...options(ann, policy), trustedRoot: undefined });
    expect([verified, bundles[0]?.trustedRoot]).toEqual([true, "ours"]);
  });

  it("when the policy has one trusted root need not name it for each signer", () => {
    const root = JSON.parse(JSON.stringify(rootJson())) as NonNullable<VerificationPolicy["trustedRoots"]>[string];
    const isVerified = (bundle: string, who: readonly SignerRule[]): boolean => {
      const policy = { trustedRoots: { ours: root }, signers: who };
      return assessArtifact({ ...options(bundle, policy), trustedRoot: undefined }).verified;
    };
    expect(isVerified(ann, signers)).toBe(true);
    expect(isVerified(signedWithKey(keys.signer), [{ publicKey: pemOf(keys.signer) }])).toBe(true);
  });
});
