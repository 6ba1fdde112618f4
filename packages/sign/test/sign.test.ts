import { createHash, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { preAuthEncoding } from "../src/envelope.ts";
import { signMessage } from "../src/message.ts";
import type { LogEntry, SignedContent, Signer, SigningKey, Witness } from "../src/ports.ts";
import { signBlob, signStatement } from "../src/sign.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const certificate: SigningKey = { kind: "certificate", certificate: Buffer.from("leaf") };
const artifact = Buffer.from("artifact");
const base64 = (value: Uint8Array | string) => Buffer.from(value).toString("base64");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

const signerWith = (key: SigningKey): Signer => ({
  sign: async (message) => ({ signature: await signMessage(message, privateKey), key }),
});

function timestampWitness(answer: string, seen: SignedContent[] = []): Witness {
  return {
    testify: (content) => {
      seen.push(content);
      return Promise.resolve({ timestamps: [Buffer.from(answer)] });
    },
  };
}

interface BundleJson {
  readonly mediaType: string;
  readonly verificationMaterial: { readonly timestampVerificationData?: unknown };
  readonly messageSignature: { readonly signature: string };
  readonly dsseEnvelope: { readonly signatures: readonly [{ readonly sig: string; readonly keyid?: string }] };
}
const parsed = async (text: Promise<string>) => JSON.parse(await text) as BundleJson;

describe("signBlob", () => {
  it("returns a v0.3 message signature with digest and leaf certificate alone", async () => {
    const bundle = await parsed(signBlob(artifact, { signer: signerWith(certificate), witnesses: [] }));
    expect(bundle).toMatchObject({
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: { certificate: { rawBytes: base64("leaf") } },
      messageSignature: { messageDigest: { algorithm: "SHA2_256", digest: base64(sha256(artifact)) } },
    });
    const signature = Buffer.from(bundle.messageSignature.signature, "base64");
    expect(verify("sha256", artifact, publicKey, signature)).toBe(true);
  });

  it("signs a message that streams, by its digest", async () => {
    const message = { digest: sha256(artifact), chunks: () => [artifact.subarray(0, 3), artifact.subarray(3)] };
    const bundle = await parsed(signBlob(message, { signer: signerWith(certificate), witnesses: [] }));
    const signature = Buffer.from(bundle.messageSignature.signature, "base64");
    expect(verify("sha256", artifact, publicKey, signature)).toBe(true);
    expect(bundle).toMatchObject({ messageSignature: { messageDigest: { digest: base64(sha256(artifact)) } } });
  });

  it("names a bare key by its hint", async () => {
    const key: SigningKey = { kind: "publicKey", spki: Buffer.from("spki"), hint: "the hint" };
    const bundle = await parsed(signBlob(artifact, { signer: signerWith(key), witnesses: [] }));
    expect(bundle.verificationMaterial).toMatchObject({ publicKey: { hint: "the hint" } });
  });

  it("lists the witnesses' answers in their order, whoever answers first", async () => {
    let answerFirst: () => void = () => undefined;
    const slow: Witness = {
      testify: () =>
        new Promise((resolve) => {
          answerFirst = () => {
            resolve({ timestamps: [Buffer.from("first")] });
          };
        }),
    };
    const fast: Witness = {
      testify: () => {
        answerFirst();
        return Promise.resolve({ timestamps: [Buffer.from("second")] });
      },
    };
    const bundle = await parsed(signBlob(artifact, { signer: signerWith(certificate), witnesses: [slow, fast] }));
    expect(bundle.verificationMaterial.timestampVerificationData).toEqual({
      rfc3161Timestamps: [{ signedTimestamp: base64("first") }, { signedTimestamp: base64("second") }],
    });
  });

  it("shows the witnesses the digest, the signature and the key", async () => {
    const seen: SignedContent[] = [];
    await signBlob(artifact, { signer: signerWith(certificate), witnesses: [timestampWitness("t", seen)] });
    expect(seen).toMatchObject([{ digest: sha256(artifact), key: certificate }]);
    expect(seen[0]).not.toHaveProperty("envelope");
  });

  it("throws SIGNING_FAILED when a log answers without a proof", async () => {
    const entry: LogEntry = {
      logIndex: "1",
      logId: { keyId: Buffer.from("id") },
      kindVersion: { kind: "hashedrekord", version: "0.0.1" },
      integratedTime: "1",
      inclusionPromise: { signedEntryTimestamp: Buffer.from("set") },
      inclusionProof: undefined,
      canonicalizedBody: Buffer.from("{}"),
    };
    const witness: Witness = { testify: () => Promise.resolve({ logEntries: [entry] }) };
    const signing = signBlob(artifact, { signer: signerWith(certificate), witnesses: [witness] });
    await expect(signing).rejects.toMatchObject({ code: "SIGNING_FAILED" });
  });

  it("fails with what the signer or a witness fails with", async () => {
    const failing = {
      sign: () => Promise.reject(new RangeError("no")),
      testify: () => Promise.reject(new RangeError("no")),
    };
    await expect(signBlob(artifact, { signer: failing, witnesses: [] })).rejects.toThrow(RangeError);
    await expect(signBlob(artifact, { signer: signerWith(certificate), witnesses: [failing] })).rejects.toThrow(
      RangeError,
    );
  });
});

describe("signStatement", () => {
  const statement = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
  const envelope = { payloadType: "application/vnd.in-toto+json", payload: statement };

  it("returns a v0.3 envelope whose one signature covers type and payload", async () => {
    const bundle = await parsed(signStatement(statement, { signer: signerWith(certificate), witnesses: [] }));
    expect(bundle).toMatchObject({
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      dsseEnvelope: { payloadType: envelope.payloadType, payload: base64(statement) },
    });
    const signature = Buffer.from(bundle.dsseEnvelope.signatures[0].sig, "base64");
    expect(verify("sha256", preAuthEncoding(envelope), publicKey, signature)).toBe(true);
  });

  it("leaves the envelope's key id empty even for a bare key", async () => {
    const key: SigningKey = { kind: "publicKey", spki: Buffer.from("spki"), hint: "the hint" };
    const bundle = await parsed(signStatement(statement, { signer: signerWith(key), witnesses: [] }));
    expect(bundle.dsseEnvelope.signatures[0].keyid ?? "").toBe("");
    expect(bundle.verificationMaterial).toMatchObject({ publicKey: { hint: "the hint" } });
  });

  it("shows the witnesses the envelope and the digest of what was signed", async () => {
    const seen: SignedContent[] = [];
    await signStatement(statement, { signer: signerWith(certificate), witnesses: [timestampWitness("t", seen)] });
    expect(seen).toMatchObject([{ digest: sha256(preAuthEncoding(envelope)), envelope }]);
  });
});
