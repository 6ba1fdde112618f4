import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { PREDICATE_TYPES } from "@policy-pack/pack";
import { assessArtifact, parsePublicKey, parseVerificationPolicy, verifyArtifact } from "../../src/index.ts";
import type { VerificationPolicy, VerifyArtifactOptions } from "../../src/index.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { envelopeBundle, STATEMENT } from "../support/bundles.ts";
import { causeOf, check, codeOf } from "../support/expect.ts";
import { at, hintOf, pemOf, signedBy, signedWithKey } from "../support/signers.ts";
import { ARTIFACT, ISSUER, keys, NOW, pem, rootJson, signBytes } from "../support/world.ts";

const options = (bundle: string, policy: VerificationPolicy): VerifyArtifactOptions => ({
  artifact: { bytes: ARTIFACT },
  bundle,
  trustedRoot: JSON.stringify(rootJson()),
  policy,
});
const byKey = { publicKey: pemOf(keys.signer) };

/** A statement signed with a bare key. */
function statedWithKey(statement: object): string {
  const bundle = envelopeBundle({
    statement: { ...STATEMENT, ...statement },
    signature: (pae) => signBytes(pae, keys.signer),
    entries: () => [],
  });
  bundle.verificationMaterial = { publicKey: {}, tlogEntries: [] };
  return JSON.stringify(bundle);
}

describe("a bundle that a key signed", () => {
  it("has every step in its report", () => {
    const { bundles } = assessArtifact(options(signedWithKey(keys.signer), { signers: [byKey] }));
    expect(bundles[0]?.steps.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  });

  it("when rules by patterns of identities stand beside the key's is accepted", () => {
    const pattern = { certificateIdentityRegexp: "^.*$", certificateOidcIssuerRegexp: "^.*$" };
    expect(verifyArtifact(options(signedWithKey(keys.signer), { signers: [pattern, byKey] })).signer.kind).toBe("key");
    const signers = [{ certificateIdentity: "a", certificateOidcIssuer: ISSUER }, byKey];
    expect(verifyArtifact(options(signedWithKey(keys.signer), { signers })).signer.kind).toBe("key");
  });

  it("when it is a denylist is believed", () => {
    const signers = [{ certificateIdentity: "ann@example.com", certificateOidcIssuer: ISSUER }];
    const predicate = { version: 2, issuedAt: at(-60), expires: at(60), entries: [] };
    const denylist = statedWithKey({ predicateType: PREDICATE_TYPES.denylist, predicate });
    const policy = { signers, denylist: { signers: [byKey] } };
    const { seen } = verifyArtifact({ ...options(signedBy("ann@example.com"), policy), denylist, now: new Date(NOW) });
    expect(seen).toEqual({ denylistVersion: 2 });
  });
});

describe("an envelope that a certificate signed", () => {
  it("when its keyid is the very key's throws KEY_MISMATCH", () => {
    const bundle = envelopeBundle();
    for (const signature of bundle.dsseEnvelope?.signatures ?? []) signature.keyid = hintOf(keys.signer);
    expect(codeOf(() => check(bundle))).toBe("KEY_MISMATCH");
  });
});

describe("parsePublicKey", () => {
  it("when the key is spelled in another way than usual throws INPUT_INVALID", () => {
    const spki = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "der", type: "spki" });
    const longer = Buffer.concat([Buffer.from("308300", "hex"), spki.subarray(2)]);
    expect(() => parsePublicKey(pem("PUBLIC KEY", spki))).not.toThrow();
    expect(codeOf(() => parsePublicKey(pem("PUBLIC KEY", longer)))).toBe("INPUT_INVALID");
    expect(causeOf(() => parsePublicKey(pem("PUBLIC KEY", longer)))).toBeInstanceOf(MalformedError);
  });
});

describe("parseVerificationPolicy", () => {
  it("when the policy is malformed keeps what was", () => {
    expect(causeOf(() => parseVerificationPolicy({ signers: [] }))).toBeInstanceOf(MalformedError);
  });
});
