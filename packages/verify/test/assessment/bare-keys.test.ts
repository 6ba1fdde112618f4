import { describe, expect, it } from "@jest/globals";
import { PREDICATE_TYPES } from "@policy-pack/pack";
import { assessArtifact, verifyArtifact } from "../../src/index.ts";
import type { SignerRule, VerifyArtifactOptions } from "../../src/index.ts";
import { keyPair } from "../support/certificates.ts";
import type { KeyPair } from "../support/certificates.ts";
import { at, hintOf, pemOf, signedWithKey, statedBy } from "../support/signers.ts";
import { ARTIFACT, ISSUER, NOW, rootJson } from "../support/world.ts";

const one = keyPair();
const two = keyPair();
const rule = (name: string, key: KeyPair): SignerRule => ({ name, publicKey: pemOf(key) });
const signers = [rule("one", one), rule("two", two)];
const options: VerifyArtifactOptions = {
  artifact: { bytes: ARTIFACT },
  bundle: [signedWithKey(one), signedWithKey(two)],
  trustedRoot: JSON.stringify(rootJson()),
  policy: { signers, threshold: 2 },
};

describe("bare keys", () => {
  it("when two are of two names count as two signers", () => {
    expect(verifyArtifact(options).signers).toHaveLength(2);
    expect(assessArtifact({ ...options, bundle: [signedWithKey(one), signedWithKey(one)] }).verified).toBe(false);
  });

  it("when one is denied count without it, though nobody else has that key", () => {
    const sec = { certificateIdentity: "sec@example.com", certificateOidcIssuer: ISSUER };
    const denying = (...keys: readonly KeyPair[]): string => {
      const entries = keys.map((key) => ({ keyHint: hintOf(key), reason: "it leaked" }));
      const predicate = { version: 1, issuedAt: at(-60), expires: at(60), entries };
      return statedBy("sec@example.com", { predicateType: PREDICATE_TYPES.denylist, predicate });
    };
    const assess = (denylist: string): ReturnType<typeof assessArtifact> =>
      assessArtifact({ ...options, policy: { signers, denylist: { signers: [sec] } }, denylist, now: new Date(NOW) });
    expect(assess(denying()).bundles.map(({ outcome }) => outcome)).toEqual(["accepted", "accepted"]);
    expect(assess(denying(one)).bundles.map(({ outcome }) => outcome)).toEqual(["rejected", "accepted"]);
    expect(assess(denying(one, two)).failure).toMatchObject({ code: "DENYLISTED", step: "signer" });
  });
});
