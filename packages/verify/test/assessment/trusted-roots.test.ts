import { describe, expect, it } from "@jest/globals";
import { parseTrustedRoot, verifyArtifact } from "../../src/index.ts";
import type { SignerRule, TrustedRootDocument, VerificationPolicy, VerifyArtifactOptions } from "../../src/index.ts";
import { basicConstraints, CODE_SIGNING, extendedKeyUsage, keyPair, keyUsage, name } from "../support/certificates.ts";
import { codeOf } from "../support/expect.ts";
import { pemOf, signedBy, signedWithKey } from "../support/signers.ts";
import { ARTIFACT, caCertificate, caJson, ISSUER, keys, NOW, rootJson, selfSigned } from "../support/world.ts";

const document = (root: object): TrustedRootDocument => JSON.parse(JSON.stringify(root)) as TrustedRootDocument;

/** Another instance: same log and timestamp authority, another certificate authority. */
const otherRoot = keyPair();
const otherName = name("other root");
const otherCa = caCertificate({
  issuer: otherName,
  issuerKey: otherRoot,
  key: keyPair(),
  extensions: [basicConstraints(true, 0), keyUsage(5, 6), extendedKeyUsage(CODE_SIGNING)],
});
const ours = document(rootJson());
const theirs = document(rootJson({ certificateAuthorities: [caJson(otherCa, selfSigned(otherName, otherRoot))] }));
const ann: SignerRule = { name: "ann", certificateIdentity: "ann@example.com", certificateOidcIssuer: ISSUER };
const bundle = signedBy("ann@example.com");

function options(policy: VerificationPolicy, changed: Partial<VerifyArtifactOptions> = {}): VerifyArtifactOptions {
  return { artifact: { bytes: ARTIFACT }, bundle, policy, ...changed };
}

describe("a policy with trusted roots of its own", () => {
  const trustedRoots = { ours, theirs };

  it.each([
    ["first", { ours, theirs }],
    ["last", { theirs, ours }],
  ])("when the signer's root stands %s accepts the signer, and says which root it was", (_, roots) => {
    const { report } = verifyArtifact(options({ signers: [{ ...ann, trustedRoot: "ours" }], trustedRoots: roots }));
    expect(report.bundles[0]).toMatchObject({ outcome: "accepted", trustedRoot: "ours" });
  });

  it("when the same identity of another instance signed throws", () => {
    const policy = { signers: [{ ...ann, trustedRoot: "theirs" }], trustedRoots };
    expect(codeOf(() => verifyArtifact(options(policy)))).toBe("IDENTITY_MISMATCH");
  });

  it("when both roots vouch counts one signer", () => {
    const signers: SignerRule[] = [
      { ...ann, trustedRoot: "ours" },
      { name: "bob", certificateIdentityRegexp: "^.+$", certificateOidcIssuer: ISSUER, trustedRoot: "theirs" },
    ];
    const policy = { signers, threshold: 2, trustedRoots: { ours, theirs: ours } };
    expect(codeOf(() => verifyArtifact(options(policy)))).toBe("THRESHOLD_NOT_MET");
  });

  it("when a key's time is proven by another root than its own throws", () => {
    const silent = document(rootJson({ timestampAuthorities: [] }));
    const rule = { publicKey: pemOf(keys.signer), notBefore: "2020-01-01T00:00:00Z" };
    const stamped = { bundle: signedWithKey(keys.signer, { stampedAt: [NOW] }) };
    const policy = (trustedRoot: string): VerificationPolicy => ({
      signers: [{ ...rule, trustedRoot }],
      trustedRoots: { ours, silent },
    });
    expect(verifyArtifact(options(policy("ours"), stamped)).signer.kind).toBe("key");
    expect(codeOf(() => verifyArtifact(options(policy("silent"), stamped)))).toBe("TIMESTAMP_INVALID");
  });
});

describe("a trusted root beside the policy", () => {
  const policy = { signers: [ann] };

  it.each<[string, VerificationPolicy, Partial<VerifyArtifactOptions>]>([
    ["is missing", policy, {}],
    ["is undefined", policy, { trustedRoot: undefined }],
    ["contradicts those of the policy", { ...policy, trustedRoots: { ours } }, { trustedRoot: JSON.stringify(ours) }],
  ])("when it %s throws CONFIG_INVALID", (_, given, changed) => {
    expect(codeOf(() => verifyArtifact(options(given, changed)))).toBe("CONFIG_INVALID");
  });

  it.each<[string, unknown]>([
    ["a number", 5],
    ["null", null],
    ["a bare document", ours],
    ["a part of one that was parsed", { logs: [] }],
  ])("when it is %s throws TypeError", (_, trustedRoot) => {
    const given = options(policy, { trustedRoot: trustedRoot as string });
    expect(() => verifyArtifact(given)).toThrow(TypeError);
  });

  it("when it is parsed accepts it", () => {
    const trustedRoot = parseTrustedRoot(JSON.stringify(ours));
    expect(verifyArtifact(options(policy, { trustedRoot })).signers).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ["a number", 5],
    ["undefined", undefined],
    ["a list with a number", [bundle, 5]],
    ["a parsed bundle", JSON.parse(bundle)],
  ])("when the bundle is %s throws TypeError", (_, given) => {
    const wrong = options(policy, { bundle: given as string, trustedRoot: JSON.stringify(ours) });
    expect(() => verifyArtifact(wrong)).toThrow(TypeError);
  });
});
