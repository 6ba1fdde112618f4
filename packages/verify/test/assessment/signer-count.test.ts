import { describe, expect, it } from "@jest/globals";
import { assessArtifact } from "../../src/index.ts";
import type { BundleSource, SignerRule, VerificationReport } from "../../src/index.ts";
import { keyPair } from "../support/certificates.ts";
import { signedBy } from "../support/signers.ts";
import { ARTIFACT, ISSUER, keys, rootJson } from "../support/world.ts";

const person = (name: string): SignerRule => ({
  name,
  certificateIdentity: `${name}@example.com`,
  certificateOidcIssuer: ISSUER,
});
const anyone: SignerRule = {
  name: "anyone",
  certificateIdentityRegexp: "^[a-z]+@example\\.com$",
  certificateOidcIssuer: ISSUER,
};
const ann = signedBy("ann@example.com");
const bob = signedBy("bob@example.com", { key: keys.other });
const cat = signedBy("cat@example.com", { key: keyPair() });

function assess(
  bundle: readonly BundleSource[],
  signers: readonly SignerRule[],
  threshold: number,
): VerificationReport {
  const trustedRoot = JSON.stringify(rootJson());
  return assessArtifact({ artifact: { bytes: ARTIFACT }, bundle, trustedRoot, policy: { signers, threshold } });
}
const metBy = (...given: Parameters<typeof assess>): unknown => assess(...given).rules[0]?.metBy;

describe("the signers that count", () => {
  it("are told with the first bundle of each, in the order of the bundles", () => {
    const signers = [person("bob"), person("ann"), person("cat")];
    expect(metBy([ann, ann, bob, cat, ann], signers, 2)).toEqual([
      { signer: "ann", bundle: 0 },
      { signer: "bob", bundle: 2 },
      { signer: "cat", bundle: 3 },
    ]);
    expect(metBy([cat, bob], signers, 2)).toEqual([
      { signer: "cat", bundle: 0 },
      { signer: "bob", bundle: 1 },
    ]);
  });

  it("are no more than those who signed, when one of them can stand for another", () => {
    const signers = [anyone, person("ann"), person("bob")];
    const report = assess([ann, bob], signers, 3);
    expect([report.verified, report.failure?.code]).toEqual([false, "THRESHOLD_NOT_MET"]);
    expect(report.rules[0]?.metBy).toHaveLength(2);
  });

  it("are found along every chain of names that one can leave to another", () => {
    const either = (name: string, pattern: string): SignerRule => ({
      name,
      certificateIdentityRegexp: `^(?:${pattern})@example\\.com$`,
      certificateOidcIssuer: ISSUER,
    });
    const signers = [either("one", "ann|bob"), either("two", "ann|cat"), either("three", "cat")];
    for (const bundle of [
      [ann, bob, cat],
      [ann, cat, bob],
      [cat, ann, bob],
      [bob, cat, ann],
    ]) {
      expect(assess(bundle, signers, 3).verified).toBe(true);
    }
  });
});
