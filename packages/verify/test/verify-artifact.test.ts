import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import { createTestAuthority } from "@policy-pack/testkit";
import type { TestAuthority, TestSigningOptions } from "@policy-pack/testkit";
import { parseTrustedRoot, toVerificationPolicy, verifyArtifact } from "../src/index.ts";
import type { SignerRule, VerificationPolicy, VerifiedBundle, VerifyArtifactOptions } from "../src/index.ts";
import { messageBundle } from "./support/bundles.ts";
import { codeOf } from "./support/expect.ts";
import { ARTIFACT, IDENTITY, ISSUER, keys, rootJson, sha256, signBytes } from "./support/world.ts";

const rule = { certificateIdentity: IDENTITY, certificateOidcIssuer: ISSUER };
const policy: VerificationPolicy = { signers: [rule] };
const good: VerifyArtifactOptions = {
  artifact: { bytes: ARTIFACT },
  bundle: JSON.stringify(messageBundle()),
  trustedRoot: JSON.stringify(rootJson()),
  policy,
};
const pemOf = (key: typeof keys.signer.publicKey): string => key.export({ format: "pem", type: "spki" }).toString();

function keyBundle(hint?: string): string {
  const { messageSignature, mediaType } = messageBundle();
  const publicKey = hint === undefined ? {} : { hint };
  return JSON.stringify({ mediaType, verificationMaterial: { publicKey }, messageSignature });
}

describe("verifyArtifact", () => {
  it("when a signer of the policy signed returns what was proven, for text, bytes and a parsed root", () => {
    const verified = verifyArtifact(good);
    expect(verified).toMatchObject({ digest: digestOf(ARTIFACT), signer: { identity: IDENTITY, issuer: ISSUER } });
    const bytes = {
      ...good,
      bundle: Buffer.from(String(good.bundle)),
      trustedRoot: parseTrustedRoot(JSON.stringify(rootJson())),
    };
    expect(verifyArtifact(bytes)).toEqual(verified);
  });

  it.each<[string, Partial<VerifyArtifactOptions>, string]>([
    [
      "the identity is another",
      { policy: toVerificationPolicy({ certificateIdentity: "x", certificateOidcIssuer: ISSUER }) },
      "IDENTITY_MISMATCH",
    ],
    [
      "the issuer is another",
      { policy: toVerificationPolicy({ certificateIdentity: IDENTITY, certificateOidcIssuer: "x" }) },
      "IDENTITY_MISMATCH",
    ],
    ["the policy wants a key", { policy: toVerificationPolicy({ key: pemOf(keys.signer.publicKey) }) }, "KEY_MISMATCH"],
    ["the bundle is signed with a key", { bundle: keyBundle() }, "KEY_MISMATCH"],
    ["the artifact is another", { artifact: { bytes: Buffer.from("x") } }, "DIGEST_MISMATCH"],
    ["the policy is empty", { policy: { signers: [] } }, "CONFIG_INVALID"],
    ["the digest is none", { artifact: { digest: "sha256:x" as Digest } }, "INPUT_INVALID"],
    ["the bundle is malformed", { bundle: "{}" }, "BUNDLE_INVALID"],
    ["the trusted root is malformed", { trustedRoot: "{}" }, "TRUSTED_ROOT_INVALID"],
    ["the trusted root is another's", { trustedRoot: JSON.stringify(rootJson({ tlogs: [] })) }, "LOG_ENTRY_INVALID"],
  ])("when %s throws", (_, change, code) => {
    expect(codeOf(() => verifyArtifact({ ...good, ...change }))).toBe(code);
  });

  it("when the bundle does not say which key signed tries each of the policy's", () => {
    const other = { publicKey: pemOf(generateKeyPairSync("ed25519").publicKey) };
    const known = { publicKey: pemOf(keys.signer.publicKey) };
    const withKeys = (signers: readonly SignerRule[]): VerifiedBundle =>
      verifyArtifact({ ...good, bundle: keyBundle(), policy: { signers } });
    expect(withKeys([rule, other, known]).signer.kind).toBe("key");
    expect(codeOf(() => withKeys([other]))).toBe("SIGNATURE_INVALID");
    expect(codeOf(() => withKeys([rule]))).toBe("KEY_MISMATCH");
  });

  it("when the bundle names its key tries that one only", () => {
    const spki = keys.signer.publicKey.export({ format: "der", type: "spki" });
    const bundle = keyBundle(sha256(spki).toString("base64"));
    const policyOf = (key: string): VerificationPolicy => toVerificationPolicy({ key });
    expect(() => verifyArtifact({ ...good, bundle, policy: policyOf(pemOf(keys.signer.publicKey)) })).not.toThrow();
    expect(codeOf(() => verifyArtifact({ ...good, bundle, policy: policyOf(pemOf(keys.other.publicKey)) }))).toBe(
      "KEY_MISMATCH",
    );
    expect(signBytes(ARTIFACT)).not.toHaveLength(0);
  });
});

describe("verifyArtifact, with the development authority", () => {
  let authority: TestAuthority;
  beforeAll(async () => {
    authority = await createTestAuthority();
  });
  afterAll(() => authority.close());

  const check = async (how: TestSigningOptions, artifact = good.artifact): Promise<VerifiedBundle> => {
    const bundle = await authority.sign(ARTIFACT, how);
    return verifyArtifact({ artifact, bundle, trustedRoot: authority.trustedRoot, policy: authority.policy });
  };

  it.each<TestSigningOptions>([
    { rekorVersion: 1 },
    { rekorVersion: 2 },
    { rekorVersion: 1, timestamps: 0 },
    { rekorVersion: 2, timestamps: 2 },
    { identity: "https://example.com/workflow@refs/heads/main" },
  ])("when it signed with %j accepts the artifact and its digest alone", async (how) => {
    if (how.identity !== undefined) {
      const bundle = await authority.sign(ARTIFACT, how);
      const own = toVerificationPolicy({ certificateIdentity: how.identity, certificateOidcIssuer: authority.issuer });
      const { signer } = verifyArtifact({ ...good, bundle, trustedRoot: authority.trustedRoot, policy: own });
      expect(signer).toMatchObject({ identity: how.identity, identityKind: "uri" });
      return;
    }
    const verified = await check(how);
    expect(verified.logEntries).toHaveLength(1);
    expect((await check(how, { digest: digestOf(ARTIFACT) })).signer).toEqual(verified.signer);
  });

  it.each<[TestSigningOptions, string]>([
    [{ withLog: false }, "LOG_ENTRY_MISSING"],
    [{ rekorVersion: 2, timestamps: 0 }, "TIMESTAMP_INVALID"],
    [{ identity: "other@example.com" }, "IDENTITY_MISMATCH"],
    [{ issuer: "https://other.example.com" }, "IDENTITY_MISMATCH"],
  ])("when it signed with %j throws %s", async (how, code) => {
    const bundle = await authority.sign(ARTIFACT, how);
    const options = { ...good, bundle, trustedRoot: authority.trustedRoot, policy: authority.policy };
    expect(codeOf(() => verifyArtifact(options))).toBe(code);
  });

  it("when it signed a statement about the artifact accepts it", async () => {
    const digest = { sha256: sha256(ARTIFACT).toString("hex") };
    for (const rekorVersion of [1, 2] as const) {
      const bundle = await authority.signStatement(
        {
          _type: "https://in-toto.io/Statement/v1",
          subject: [{ name: "a", digest }],
          predicateType: "x",
          predicate: {},
        },
        { rekorVersion },
      );
      const policy = { ...authority.policy, acceptStatements: true };
      const options = { ...good, bundle, trustedRoot: authority.trustedRoot, policy };
      expect(verifyArtifact(options).statement?.predicateType).toBe("x");
    }
  });

  it("when another authority signed throws", async () => {
    const bundle = await authority.sign(ARTIFACT);
    const stranger = await createTestAuthority();
    const options = { ...good, bundle, trustedRoot: stranger.trustedRoot, policy: authority.policy };
    expect(codeOf(() => verifyArtifact(options))).toBe("TIMESTAMP_INVALID");
    await stranger.close();
  });
});
