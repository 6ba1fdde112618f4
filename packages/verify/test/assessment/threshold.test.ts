import { describe, expect, it } from "@jest/globals";
import { assessArtifact, VERIFY_LIMITS, verifyArtifact } from "../../src/index.ts";
import type { BundleSource, SignerRule, VerificationPolicy, VerifyArtifactOptions } from "../../src/index.ts";
import { messageBundle } from "../support/bundles.ts";
import { keyPair } from "../support/certificates.ts";
import { codeOf } from "../support/expect.ts";
import { hintOf, pemOf, signedBy, signedWithKey, statedBy } from "../support/signers.ts";
import { ARTIFACT, ISSUER, keys, rootJson } from "../support/world.ts";

const person = (name: string): SignerRule => ({
  name,
  certificateIdentity: `${name}@example.com`,
  certificateOidcIssuer: ISSUER,
});
const ann = signedBy("ann@example.com");
const bob = signedBy("bob@example.com", { key: keys.other });
const policy: VerificationPolicy = { signers: [person("ann"), person("bob"), person("cat")], threshold: 2 };

function options(bundle: readonly BundleSource[], changed: VerificationPolicy = policy): VerifyArtifactOptions {
  return { artifact: { bytes: ARTIFACT }, bundle, trustedRoot: JSON.stringify(rootJson()), policy: changed };
}
const code = (bundle: readonly BundleSource[], changed?: VerificationPolicy): string =>
  codeOf(() => verifyArtifact(options(bundle, changed)));
const broken = JSON.stringify(messageBundle({ artifact: Buffer.from("another artifact") }));

describe("verifyArtifact, when two distinct signers are demanded", () => {
  it.each([
    ["two sign", [ann, bob]],
    ["they stand in another order", [bob, ann]],
    ["one signed twice, and another once", [ann, ann, bob]],
    ["a bundle beside them is over another artifact", [broken, ann, bob]],
    ["a bundle beside them cannot be read", ["{}", ann, bob]],
    ["a bundle beside them is a stranger's", [signedBy("eve@example.com"), ann, bob]],
    ["a statement stands beside them", [statedBy("ann@example.com"), ann, bob]],
  ])("when %s returns both", (_, bundle) => {
    const verified = verifyArtifact(options(bundle));
    expect(verified.signers).toHaveLength(2);
    expect(verified.report.rules[0]?.metBy.map(({ signer }) => signer).toSorted()).toEqual(["ann", "bob"]);
  });

  it.each<[string, BundleSource[]]>([
    ["one signs", [ann]],
    ["the same bundle is given twice", [ann, ann]],
    ["one signs twice", [ann, signedBy("ann@example.com")]],
    ["one signs with two keys", [ann, signedBy("ann@example.com", { key: keyPair() })]],
    ["one key signs under two certificates", [ann, signedBy("bob@example.com")]],
    ["the other is a stranger", [ann, signedBy("eve@example.com", { key: keys.other })]],
    [
      "the other is of another issuer",
      [ann, signedBy("bob@example.com", { key: keys.other, issuer: "https://x.example" })],
    ],
    ["the other's signature is of another artifact", [ann, broken]],
    ["the other only states something about it", [ann, statedBy("bob@example.com", {}, { key: keys.other })]],
  ])("when %s throws THRESHOLD_NOT_MET", (_, bundle) => {
    expect(code(bundle)).toBe("THRESHOLD_NOT_MET");
  });

  it.each<[string, BundleSource[], string]>([
    ["nothing is given", [], "THRESHOLD_NOT_MET"],
    ["strangers alone sign", [signedBy("eve@example.com"), "{}"], "IDENTITY_MISMATCH"],
    ["nothing can be read", ["{}", "["], "BUNDLE_INVALID"],
    ["statements alone are given", [statedBy("ann@example.com")], "STATEMENT_INVALID"],
  ])("when %s throws the error of what got furthest", (_, bundle, expected) => {
    expect(code(bundle)).toBe(expected);
  });

  it("when statements count as signatures counts them", () => {
    const bundle = [ann, statedBy("bob@example.com", {}, { key: keys.other })];
    expect(verifyArtifact(options(bundle, { ...policy, acceptStatements: true })).signers).toHaveLength(2);
  });
});

describe("verifyArtifact, when names have several keys and identities", () => {
  const key = keyPair();
  const annByKey: SignerRule = { name: "ann", publicKey: pemOf(key) };
  const anyone: SignerRule = {
    name: "bob",
    certificateIdentityRegexp: "^[a-z]+@example\\.com$",
    certificateOidcIssuer: ISSUER,
  };

  it("when a key and a certificate are of one name counts one", () => {
    const signers = [person("ann"), annByKey, person("bob")];
    const keyed = signedWithKey(key);
    expect(code([ann, keyed], { signers, threshold: 2 })).toBe("THRESHOLD_NOT_MET");
    expect(verifyArtifact(options([bob, keyed], { signers, threshold: 2 })).signers).toHaveLength(2);
  });

  it("when a bare key and a certificate hold the same key counts one", () => {
    const signers: SignerRule[] = [person("ann"), { name: "bob", publicKey: pemOf(keys.signer) }];
    expect(code([ann, signedWithKey(keys.signer)], { signers, threshold: 2 })).toBe("THRESHOLD_NOT_MET");
  });

  it("when one identity meets two names counts one", () => {
    expect(code([ann], { signers: [person("ann"), anyone], threshold: 2 })).toBe("THRESHOLD_NOT_MET");
    expect(code([ann, ann], { signers: [person("ann"), anyone], threshold: 2 })).toBe("THRESHOLD_NOT_MET");
  });

  it("when one identity meets two names with two keys counts one", () => {
    const again = signedBy("ann@example.com", { key: keyPair() });
    expect(code([ann, again], { signers: [person("ann"), anyone], threshold: 2 })).toBe("THRESHOLD_NOT_MET");
  });

  it("when a pattern lets in many counts its name once", () => {
    expect(code([ann, bob], { signers: [anyone, person("cat")], threshold: 2 })).toBe("THRESHOLD_NOT_MET");
  });

  it.each([
    ["first", [ann, bob]],
    ["last", [bob, ann]],
  ])("when who meets two names comes %s finds the one assignment that counts both", (_, bundle) => {
    const signers = [person("ann"), anyone];
    expect(verifyArtifact(options(bundle, { signers, threshold: 2 })).signers).toHaveLength(2);
    expect(verifyArtifact(options(bundle, { signers: signers.toReversed(), threshold: 2 })).signers).toHaveLength(2);
  });

  it("when identities chain through a shared key counts one for all of them", () => {
    const shared = signedBy("cat@example.com");
    expect(code([ann, shared], { signers: [person("ann"), person("cat")], threshold: 2 })).toBe("THRESHOLD_NOT_MET");
  });

  it("when the bundle names its key tries no other", () => {
    const signers: SignerRule[] = [{ publicKey: pemOf(key) }];
    expect(code([signedWithKey(key, { hint: hintOf(keys.other) })], { signers })).toBe("KEY_MISMATCH");
  });
});

describe("verifyArtifact, when there are more bundles than the cap", () => {
  it("reads none of them", () => {
    const many = Array<string>(VERIFY_LIMITS.maxBundles + 1).fill(ann);
    expect(code(many, { signers: [person("ann")] })).toBe("LIMIT_EXCEEDED");
    expect(assessArtifact(options(many))).toMatchObject({ verified: false, bundles: [] });
  });

  it("reads none of those that are too large together", () => {
    const large = " ".repeat(VERIFY_LIMITS.maxBundleBytesTotal / 10 + 1);
    expect(code(Array<string>(10).fill(large), { signers: [person("ann")] })).toBe("LIMIT_EXCEEDED");
  });

  it("takes as many as the cap", () => {
    const many = Array<string>(VERIFY_LIMITS.maxBundles - 1).fill("{}");
    expect(verifyArtifact(options([...many, ann], { signers: [person("ann")] })).signers).toHaveLength(1);
  });
});
