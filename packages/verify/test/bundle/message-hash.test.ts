import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import { toAbout } from "../../src/bundle/signed-content.ts";
import {
  assessArtifact,
  parseBundle,
  parseTrustedRoot,
  parseVerificationPolicy,
  verifyBundle,
} from "../../src/index.ts";
import { entry, hashedRekord, hashedRekordV2, messageBundle } from "../support/bundles.ts";
import type { BundleJson, EntryJson } from "../support/bundles.ts";
import { check, codeOf } from "../support/expect.ts";
import { ARTIFACT, base64, IDENTITY, ISSUER, leaf, pem, rootJson } from "../support/world.ts";

type Hash = "sha256" | "sha384" | "sha512";
const USUAL = [
  ["P-384", "sha384"],
  ["P-521", "sha512"],
] as const;
const KEYS = {
  "P-384": generateKeyPairSync("ec", { namedCurve: "P-384" }),
  "P-521": generateKeyPairSync("ec", { namedCurve: "P-521" }),
};
const hashed = (hash: Hash, bytes: Uint8Array = ARTIFACT): Buffer => createHash(hash).update(bytes).digest();
const other = Buffer.from("another artifact");

/** Signed through the hash, with a certificate; logged as said, or honestly. */
function bundleOf(
  kind: keyof typeof KEYS,
  hash: Hash,
  log?: (signature: Buffer, certificate: Buffer) => EntryJson,
): BundleJson {
  const key = KEYS[kind];
  const entries = log === undefined ? {} : { entries: (s: Buffer, c: Buffer) => [log(s, c)] };
  return messageBundle({ certificate: leaf({ key }), key, hash, ...entries });
}

function withDigest(algorithm: string, digest: Buffer, bundle: BundleJson): BundleJson {
  Object.assign(bundle.messageSignature?.messageDigest ?? {}, { algorithm, digest: base64(digest) });
  return bundle;
}

describe.each(USUAL)("a message that a %s key signed through %s", (kind, hash) => {
  it("is verified, and named by its SHA-256", () => {
    expect(check(bundleOf(kind, hash))).toMatchObject({ digest: digestOf(ARTIFACT), signer: { identity: IDENTITY } });
  });

  it("is verified with an entry of Rekor v2 too", () => {
    const details = kind === "P-384" ? "PKIX_ECDSA_P384_SHA_384" : "PKIX_ECDSA_P521_SHA_512";
    const bundle = bundleOf(kind, hash, (signature, certificate) =>
      entry({
        body: hashedRekordV2(hashed(hash), signature, certificate, details, hash),
        version: "0.0.2",
        withPromise: false,
      }),
    );
    expect(check(bundle).logEntries).toMatchObject([{ version: "0.0.2" }]);
  });

  it("is reported with the artifact's SHA-256, and its hash in the step of the signature", () => {
    const policy = { signers: [{ certificateIdentity: IDENTITY, certificateOidcIssuer: ISSUER }] };
    const report = assessArtifact({
      artifact: { bytes: ARTIFACT },
      bundle: JSON.stringify(bundleOf(kind, hash)),
      trustedRoot: JSON.stringify(rootJson()),
      policy: parseVerificationPolicy(policy),
    });
    const steps = report.bundles[0]?.steps ?? [];
    expect(steps.find(({ step }) => step === "content")).toMatchObject({ saw: digestOf(ARTIFACT) });
    expect(steps.find(({ step }) => step === "signature")?.saw).toContain(hash);
  });

  it("when only the artifact's digest is given throws INPUT_INVALID", () => {
    const root = parseTrustedRoot(JSON.stringify(rootJson()));
    const bundle = parseBundle(JSON.stringify(bundleOf(kind, hash)));
    expect(codeOf(() => verifyBundle(bundle, { digest: digestOf(ARTIFACT) }, root))).toBe("INPUT_INVALID");
  });

  it("when the artifact is another throws DIGEST_MISMATCH", () => {
    expect(codeOf(() => check(bundleOf(kind, hash), { artifact: other }))).toBe("DIGEST_MISMATCH");
  });

  it("when the bundle's digest is another throws DIGEST_MISMATCH", () => {
    const name = hash === "sha384" ? "SHA2_384" : "SHA2_512";
    const bundle = withDigest(name, hashed(hash, other), bundleOf(kind, hash));
    expect(codeOf(() => check(bundle))).toBe("DIGEST_MISMATCH");
  });

  it("when the bundle's digest is the artifact's SHA-256 under that name throws BUNDLE_INVALID", () => {
    const name = hash === "sha384" ? "SHA2_384" : "SHA2_512";
    expect(codeOf(() => check(withDigest(name, hashed("sha256"), bundleOf(kind, hash))))).toBe("BUNDLE_INVALID");
  });

  it("when the bundle names SHA-256 instead, rightly, throws SIGNATURE_INVALID", () => {
    const bundle = bundleOf(kind, hash, (signature, certificate) =>
      entry({ body: hashedRekord(hashed("sha256"), signature, pem("CERTIFICATE", certificate)) }),
    );
    expect(codeOf(() => check(withDigest("SHA2_256", hashed("sha256"), bundle)))).toBe("SIGNATURE_INVALID");
  });

  it("when the log entry names SHA-256 throws LOG_ENTRY_INVALID", () => {
    const bundle = bundleOf(kind, hash, (signature, certificate) =>
      entry({ body: hashedRekord(hashed("sha256"), signature, pem("CERTIFICATE", certificate)) }),
    );
    expect(codeOf(() => check(bundle))).toBe("LOG_ENTRY_INVALID");
  });

  it("when the log entry is about another artifact throws LOG_ENTRY_INVALID", () => {
    const bundle = bundleOf(kind, hash, (signature, certificate) =>
      entry({ body: hashedRekord(hashed(hash, other), signature, pem("CERTIFICATE", certificate), hash) }),
    );
    expect(codeOf(() => check(bundle))).toBe("LOG_ENTRY_INVALID");
  });

  it("when the signature is over another artifact throws SIGNATURE_INVALID", () => {
    const key = KEYS[kind];
    const signature = (): Buffer => sign(hash, other, key.privateKey);
    expect(codeOf(() => check(messageBundle({ certificate: leaf({ key }), hash, signature })))).toBe(
      "SIGNATURE_INVALID",
    );
  });
});

describe("the hash of another curve", () => {
  it.each([
    ["P-384", "sha512"],
    ["P-521", "sha384"],
  ] as const)("when %s signed through %s throws SIGNATURE_INVALID", (kind, hash) => {
    expect(codeOf(() => check(bundleOf(kind, hash)))).toBe("SIGNATURE_INVALID");
  });

  it.each(["sha384", "sha512"] as const)("when P-256 signed through %s throws SIGNATURE_INVALID", (hash) => {
    expect(codeOf(() => check(messageBundle({ hash })))).toBe("SIGNATURE_INVALID");
  });
});

describe("toAbout", () => {
  it("computes each hash of the bytes once", () => {
    const bytes = Buffer.from("the bytes");
    const { digestBy } = toAbout({ bytes }, digestOf(bytes));
    for (const hash of ["sha256", "sha384", "sha512"] as const) {
      expect(digestBy(hash)).toEqual(hashed(hash, bytes));
      expect(digestBy(hash)).toBe(digestBy(hash));
    }
  });

  it("when called again with the same object looks at its bytes again", () => {
    const artifact = { bytes: Buffer.from("the bytes") };
    expect(toAbout(artifact, digestOf(artifact.bytes)).digestBy("sha384")).toEqual(hashed("sha384", artifact.bytes));
    artifact.bytes.fill(0);
    expect(toAbout(artifact, digestOf(artifact.bytes)).digestBy("sha384")).toEqual(hashed("sha384", artifact.bytes));
  });

  it("of a digest alone knows no other", () => {
    const { digestBy } = toAbout({ digest: digestOf(ARTIFACT) }, digestOf(ARTIFACT));
    expect([digestBy("sha256"), digestBy("sha384"), digestBy("sha512")]).toEqual([
      hashed("sha256"),
      undefined,
      undefined,
    ]);
  });
});
