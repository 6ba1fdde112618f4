import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { claimedDigestUnsafe, parseBundle } from "../../src/index.ts";
import { envelopeBundle, messageBundle, STATEMENT } from "../support/bundles.ts";
import type { BundleJson } from "../support/bundles.ts";
import { codeOf } from "../support/expect.ts";
import { ARTIFACT, base64, sha256 } from "../support/world.ts";

const good = messageBundle();
const text = JSON.stringify(good);

/** The bundle's JSON after a change to a copy of it. */
function changed(change: (bundle: BundleJson) => void, from: BundleJson = good): string {
  const copy = structuredClone(from);
  change(copy);
  return JSON.stringify(copy);
}

describe("parseBundle", () => {
  it("when the bundle is good returns its parts", () => {
    const bundle = parseBundle(text);
    expect([bundle.version, bundle.material.kind, bundle.content.kind]).toEqual(["0.3", "certificate", "message"]);
    expect([bundle.logEntries.length, bundle.timestamps.length]).toEqual([1, 1]);
    expect(parseBundle(Buffer.from(text))).toEqual(bundle);
  });

  it.each(["0.1", "0.2"])("when it is v%s with a chain returns the leaf and the rest", (version) => {
    const bundle = parseBundle(
      changed(({ verificationMaterial: material }) => {
        const { certificate } = material;
        delete material.certificate;
        material.x509CertificateChain = { certificates: certificate === undefined ? [] : [certificate, certificate] };
      }).replace("bundle.v0.3+json", `bundle+json;version=${version}`),
    );
    expect(bundle.material).toMatchObject({ kind: "certificate", others: [expect.anything()] });
  });

  it.each([
    ["is empty", ""],
    ["is not JSON", "{"],
    ["is truncated", text.slice(0, -1)],
    ["is an array", `[${text}]`],
    ["is null", "null"],
    ["goes on after the end", `${text}{}`],
    ["has a byte order mark", `\ufeff${text}`],
    ["has a field twice", text.replace("{", `{"mediaType":"x",`)],
    ["has an unknown field", text.replace("{", `{"extra":1,`)],
    ["has an unknown field deep inside", text.replace('"treeSize"', '"extra":"1","treeSize"')],
    ["has __proto__ as a field", text.replace("{", `{"__proto__":{"mediaType":"x"},`)],
    ["has no media type", text.replace(/"mediaType":"[^"]*",/, "")],
    ["has a media type with trailing garbage", text.replace("v0.3+json", "v0.3+jsonx")],
    ["has a media type with a line feed", text.replace("v0.3+json", "v0.3+json\\n")],
    ["is of an unknown version", text.replace("v0.3+json", "v0.4+json")],
    ["has another form of an old version", text.replace("v0.3+json", "v0.2+json")],
  ])("when the text %s throws BUNDLE_INVALID", (_, source) => {
    expect(codeOf(() => parseBundle(source))).toBe("BUNDLE_INVALID");
  });

  it.each<[string, (bundle: BundleJson) => void]>([
    ["has no verification material", (b) => Object.assign(b, { verificationMaterial: undefined })],
    ["has no certificate and no key", (b) => delete b.verificationMaterial.certificate],
    ["has a certificate and a key", (b) => (b.verificationMaterial.publicKey = { hint: "x" })],
    [
      "has a chain although it is v0.3",
      ({ verificationMaterial: m }) => {
        m.x509CertificateChain = { certificates: m.certificate === undefined ? [] : [m.certificate] };
        delete m.certificate;
      },
    ],
    [
      "is v0.1 with a single certificate",
      (b) => (b.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1"),
    ],
    [
      "is v0.1 with an empty chain",
      (b) => {
        b.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1";
        delete b.verificationMaterial.certificate;
        b.verificationMaterial.x509CertificateChain = { certificates: [] };
      },
    ],
    ["has an empty certificate", (b) => (b.verificationMaterial.certificate = { rawBytes: "" })],
    ["has no content", (b) => delete b.messageSignature],
    ["has two kinds of content", (b) => Object.assign(b, { dsseEnvelope: envelopeBundle().dsseEnvelope })],
    ["has no message digest", (b) => Object.assign(b.messageSignature ?? {}, { messageDigest: undefined })],
    ["has too short a digest of SHA-512", (b) => setDigest(b, "SHA2_512", base64(sha256(ARTIFACT)))],
    ["has a digest of an unknown algorithm", (b) => setDigest(b, "SHA3_256", base64(sha256(ARTIFACT)))],
    ["has too short a digest of SHA-384", (b) => setDigest(b, "SHA2_384", base64(sha256(ARTIFACT)))],
    ["has too long a digest of SHA-384", (b) => setDigest(b, "SHA2_384", base64(Buffer.alloc(64)))],
    ["has a digest without an algorithm", (b) => setDigest(b, undefined, base64(sha256(ARTIFACT)))],
    ["has a digest of another length", (b) => setDigest(b, "SHA2_256", base64(sha256(ARTIFACT).subarray(1)))],
    ["has no signature", (b) => Object.assign(b.messageSignature ?? {}, { signature: "" })],
    ["has a signature in lenient base64", (b) => Object.assign(b.messageSignature ?? {}, { signature: "AB==" })],
    ["has a number for a log index", (b) => Object.assign(entryOf(b), { logIndex: 41 })],
    ["has a negative log index", (b) => (entryOf(b).logIndex = "-1")],
    ["has a log index beyond 63 bits", (b) => (entryOf(b).logIndex = "9223372036854775808")],
    ["has a log entry without a log id", (b) => Object.assign(entryOf(b), { logId: undefined })],
    ["has a log entry without a kind", (b) => Object.assign(entryOf(b), { kindVersion: undefined })],
    ["has a log entry without a body", (b) => (entryOf(b).canonicalizedBody = "")],
    ["has a proof without a checkpoint", (b) => delete entryOf(b).inclusionProof?.checkpoint],
    [
      "has an empty timestamp",
      (b) => {
        b.verificationMaterial.timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp: "" }] };
      },
    ],
  ])("when it %s throws BUNDLE_INVALID", (_, change) => {
    expect(codeOf(() => parseBundle(changed(change)))).toBe("BUNDLE_INVALID");
  });

  it.each<[string, (bundle: BundleJson) => void]>([
    ["no signature", (b) => Object.assign(b.dsseEnvelope ?? {}, { signatures: [] })],
    ["two signatures", (b) => b.dsseEnvelope?.signatures.push({ sig: "AAAA" })],
    ["an empty payload", (b) => Object.assign(b.dsseEnvelope ?? {}, { payload: "" })],
  ])("when the envelope has %s throws BUNDLE_INVALID", (_, change) => {
    expect(codeOf(() => parseBundle(changed(change, envelopeBundle())))).toBe("BUNDLE_INVALID");
  });

  it.each<[string, () => string | Uint8Array]>([
    ["100 MB", () => Buffer.alloc(100_000_000, 0x20)],
    ["one byte over the cap", () => text.padEnd(1024 * 1024 + 1)],
    ["nested 1000 deep", () => `${"[".repeat(1000)}${"]".repeat(1000)}`],
    [
      "10 000 log entries",
      () => changed((b) => (b.verificationMaterial.tlogEntries = Array(10_000).fill(null) as never)),
    ],
    [
      "33 log entries",
      () => changed((b) => (b.verificationMaterial.tlogEntries = Array(33).fill(entryOf(b)) as never)),
    ],
    [
      "33 timestamps",
      () =>
        changed((b) => {
          const signedTimestamp = "AAAA";
          b.verificationMaterial.timestampVerificationData = {
            rfc3161Timestamps: Array(33).fill({ signedTimestamp }) as never,
          };
        }),
    ],
    [
      "65 proof hashes",
      () =>
        changed((b) => {
          const proof = entryOf(b).inclusionProof;
          if (proof !== undefined) proof.hashes = Array<string>(65).fill("AAAA");
        }),
    ],
  ])("when it has %s throws LIMIT_EXCEEDED", (_, source) => {
    expect(codeOf(() => parseBundle(source()))).toBe("LIMIT_EXCEEDED");
  });
});

describe("claimedDigestUnsafe", () => {
  const digest = `sha256:${sha256(ARTIFACT).toString("hex")}`;

  it("returns the digest of the message, or of the statement's one subject", () => {
    expect(claimedDigestUnsafe(parseBundle(text))).toBe(digest);
    expect(claimedDigestUnsafe(parseBundle(JSON.stringify(envelopeBundle())))).toBe(digest);
  });

  it.each(["sha384", "sha512"] as const)("when the message is signed through %s throws BUNDLE_INVALID", (hash) => {
    const bundle = parseBundle(JSON.stringify(messageBundle({ hash })));
    expect(bundle.content).toMatchObject({ digest: { hash, value: createHash(hash).update(ARTIFACT).digest() } });
    expect(codeOf(() => claimedDigestUnsafe(bundle))).toBe("BUNDLE_INVALID");
  });

  it("when the statement has two subjects throws BUNDLE_INVALID", () => {
    const statement = { ...STATEMENT, subject: [...STATEMENT.subject, ...STATEMENT.subject] };
    const bundle = parseBundle(JSON.stringify(envelopeBundle({ statement })));
    expect(codeOf(() => claimedDigestUnsafe(bundle))).toBe("BUNDLE_INVALID");
  });

  it("when the statement's subject has no SHA-256 throws BUNDLE_INVALID", () => {
    const statement = { ...STATEMENT, subject: [{ name: "a", digest: { sha512: "00" } }] };
    const bundle = parseBundle(JSON.stringify(envelopeBundle({ statement })));
    expect(codeOf(() => claimedDigestUnsafe(bundle))).toBe("BUNDLE_INVALID");
  });
});

function entryOf(bundle: BundleJson): BundleJson["verificationMaterial"]["tlogEntries"][number] {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  if (entry === undefined) throw new Error("no entry");
  return entry;
}

function setDigest(bundle: BundleJson, algorithm: string | undefined, digest: string): unknown {
  return Object.assign(bundle.messageSignature ?? {}, { messageDigest: { algorithm, digest } });
}
