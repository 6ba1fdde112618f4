import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import type { JsonObject } from "@policy-pack/pack";
import { preAuthEncoding } from "@policy-pack/sign";
import { issueLeaf } from "../src/certificate-authority.ts";
import { parseCreateEntry, parseProposedEntry } from "../src/log-request.ts";
import { createState } from "../src/state.ts";
import { codeOf } from "./support/folder.ts";

const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const rsa2560 = generateKeyPairSync("rsa", { modulusLength: 2560 });
const ed25519 = generateKeyPairSync("ed25519");
const secp256k1 = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
const data = Buffer.from("artifact");
const digest = createHash("sha256").update(data).digest();
const signature = sign("sha256", data, p256.privateKey);
const base64 = (value: Uint8Array | string) => Buffer.from(value).toString("base64");
type Public = Pick<typeof p256, "publicKey">;
const pemOf = ({ publicKey }: Public) => publicKey.export({ format: "pem", type: "spki" }).toString();
const spkiOf = ({ publicKey }: Public) => publicKey.export({ format: "der", type: "spki" });
const { keys } = createState(new Date());
const certificate = issueLeaf(
  { identity: "a@b.example", issuer: "https://i.example", publicKey: p256.publicKey },
  { intermediateKey: keys.intermediate, ctLogKey: keys.ctLog },
  new Date(),
);

/** The JSON with one part, named by its path, replaced; undefined takes it away. */
function altered(json: JsonObject, path: string, value: unknown): JsonObject {
  const copy = structuredClone(json) as Record<string, unknown>;
  const names = path.split(".");
  const last = names.pop() ?? "";
  const parent = names.reduce((node, name) => node[name] as Record<string, unknown>, copy);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return copy as JsonObject;
}

describe("parseProposedEntry", () => {
  const hashedRekord: JsonObject = {
    apiVersion: "0.0.1",
    kind: "hashedrekord",
    spec: {
      data: { hash: { algorithm: "sha256", value: digest.toString("hex") } },
      signature: { content: base64(signature), publicKey: { content: base64(pemOf(p256)) } },
    },
  };
  const envelope = { payloadType: "application/vnd.in-toto+json", payload: Buffer.from("{}") };
  const encoded = preAuthEncoding(envelope);
  const envelopeText = (sig: Uint8Array, more: object[] = []) =>
    JSON.stringify({
      payloadType: envelope.payloadType,
      payload: base64("{}"),
      signatures: [{ sig: base64(sig) }, ...more],
    });
  const dsse: JsonObject = {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      proposedContent: {
        envelope: envelopeText(sign("sha256", encoded, p256.privateKey)),
        verifiers: [base64(pemOf(p256))],
      },
    },
  };

  it("reads a hashedrekord", () => {
    expect(parseProposedEntry(hashedRekord)).toEqual({
      digest,
      signature,
      key: { kind: "publicKey", spki: spkiOf(p256), hint: "" },
    });
  });

  it("reads a dsse entry, whose signature covers type and payload", () => {
    expect(parseProposedEntry(dsse)).toMatchObject({
      digest: createHash("sha256").update(encoded).digest(),
      envelope,
    });
  });

  it("reads a hashedrekord of an RSA key that signed the digest, and of no other", async () => {
    const entryOf = (bytes: Uint8Array) =>
      altered(hashedRekord, "spec.signature", {
        content: base64(sign("sha256", bytes, rsa.privateKey)),
        publicKey: { content: base64(pemOf(rsa)) },
      });
    expect(parseProposedEntry(entryOf(data))).toMatchObject({ key: { spki: spkiOf(rsa) } });
    expect(await codeOf(() => parseProposedEntry(entryOf(Buffer.from("other"))))).toBe("SIGNATURE_INVALID");
    const withoutHash = altered(entryOf(data), "spec.signature.content", base64(Buffer.alloc(256, 1)));
    expect(await codeOf(() => parseProposedEntry(withoutHash))).toBe("SIGNATURE_INVALID");
  });

  it.each([
    ["P-384", p384],
    ["RSA of another size", rsa2560],
    ["Ed25519", ed25519],
  ])(
    "reads a dsse entry of a key of the kind %s, whose digests it refuses",
    async (_name, { privateKey, publicKey }) => {
      const hash = privateKey.asymmetricKeyType === "ed25519" ? null : "sha256";
      const verifier = base64(pemOf({ publicKey }));
      const entryOf = (bytes: Uint8Array) =>
        altered(dsse, "spec.proposedContent", {
          envelope: envelopeText(sign(hash, bytes, privateKey)),
          verifiers: [verifier],
        });
      expect(parseProposedEntry(entryOf(encoded))).toMatchObject({ envelope });
      expect(await codeOf(() => parseProposedEntry(entryOf(data)))).toBe("SIGNATURE_INVALID");
      const message = altered(hashedRekord, "spec.signature", {
        content: base64(sign(hash, data, privateKey)),
        publicKey: { content: verifier },
      });
      expect(await codeOf(() => parseProposedEntry(message))).toBe("INPUT_INVALID");
    },
  );

  it.each([
    ["another key", "spec.signature.publicKey.content", base64(pemOf(other))],
    ["another digest", "spec.data.hash.value", "00".repeat(32)],
    ["no signature at all", "spec.signature.content", base64("x")],
  ])("throws SIGNATURE_INVALID for %s", async (_name, path, value) => {
    expect(await codeOf(() => parseProposedEntry(altered(hashedRekord, path, value)))).toBe("SIGNATURE_INVALID");
  });

  it("throws SIGNATURE_INVALID for an envelope that was signed without its type", async () => {
    const bare = envelopeText(sign("sha256", Buffer.from("{}"), p256.privateKey));
    const entry = altered(dsse, "spec.proposedContent.envelope", bare);
    expect(await codeOf(() => parseProposedEntry(entry))).toBe("SIGNATURE_INVALID");
  });

  it.each([
    ["another kind", hashedRekord, "kind", "rekord"],
    ["another version", hashedRekord, "apiVersion", "0.0.2"],
    ["no spec", hashedRekord, "spec", undefined],
    ["SHA-512", hashedRekord, "spec.data.hash.algorithm", "sha512"],
    ["a digest in upper case", hashedRekord, "spec.data.hash.value", "AA".repeat(32)],
    ["a signature that is not base64", hashedRekord, "spec.signature.content", "a-_b"],
    ["a P-384 key", hashedRekord, "spec.signature.publicKey.content", base64(pemOf(p384))],
    ["a key of another curve", hashedRekord, "spec.signature.publicKey.content", base64(pemOf(secp256k1))],
    ["two keys", hashedRekord, "spec.signature.publicKey.content", base64(pemOf(p256) + pemOf(p256))],
    [
      "a key of junk",
      hashedRekord,
      "spec.signature.publicKey.content",
      base64(pemOf(p256).replace(/\n.{20}/, "\nAAAA")),
    ],
    ["two verifiers", dsse, "spec.proposedContent.verifiers", ["", ""]],
    ["a verifier that is no text", dsse, "spec.proposedContent.verifiers", [5]],
    ["two signatures", dsse, "spec.proposedContent.envelope", envelopeText(signature, [{ sig: "" }])],
    ["an envelope that is not JSON", dsse, "spec.proposedContent.envelope", "{"],
    ["no envelope", dsse, "spec.proposedContent.envelope", undefined],
  ])("throws INPUT_INVALID for %s", async (_name, entry, path, value) => {
    expect(await codeOf(() => parseProposedEntry(altered(entry, path, value)))).toBe("INPUT_INVALID");
  });
});

describe("parseCreateEntry", () => {
  const signed = { content: base64(signature), verifier: { keyDetails: "PKIX_ECDSA_P256_SHA_256" } };
  const request: JsonObject = {
    hashedRekordRequestV002: {
      digest: base64(digest),
      signature: { ...signed, verifier: { ...signed.verifier, x509Certificate: { rawBytes: base64(certificate) } } },
    },
  };

  it("reads a certificate or a bare key", () => {
    expect(parseCreateEntry(request)).toEqual({ digest, signature, key: { kind: "certificate", certificate } });
    const verifier = { keyDetails: "PKIX_ECDSA_P256_SHA_256", publicKey: { rawBytes: base64(spkiOf(p256)) } };
    expect(parseCreateEntry(altered(request, "hashedRekordRequestV002.signature.verifier", verifier))).toMatchObject({
      key: { kind: "publicKey", spki: spkiOf(p256) },
    });
  });

  it("reads an RSA key that is described as what it is", async () => {
    const requestOf = (keyDetails: string) =>
      altered(request, "hashedRekordRequestV002.signature", {
        content: base64(sign("sha256", data, rsa.privateKey)),
        verifier: { keyDetails, publicKey: { rawBytes: base64(spkiOf(rsa)) } },
      });
    expect(parseCreateEntry(requestOf("PKIX_RSA_PKCS1V15_2048_SHA256"))).toMatchObject({ digest });
    expect(await codeOf(() => parseCreateEntry(requestOf("PKIX_RSA_PKCS1V15_3072_SHA256")))).toBe("INPUT_INVALID");
  });

  it("throws INPUT_INVALID for a P-384 key, whatever it is called", async () => {
    const entry = altered(request, "hashedRekordRequestV002.signature", {
      content: base64(sign("sha256", data, p384.privateKey)),
      verifier: { keyDetails: "PKIX_ECDSA_P384_SHA_256", publicKey: { rawBytes: base64(spkiOf(p384)) } },
    });
    expect(await codeOf(() => parseCreateEntry(entry))).toBe("INPUT_INVALID");
  });

  it("throws SIGNATURE_INVALID for another digest", async () => {
    const entry = altered(request, "hashedRekordRequestV002.digest", base64(Buffer.alloc(32)));
    expect(await codeOf(() => parseCreateEntry(entry))).toBe("SIGNATURE_INVALID");
  });

  it.each([
    ["a dsse request", "hashedRekordRequestV002", undefined],
    ["key details that lie", "hashedRekordRequestV002.signature.verifier.keyDetails", "PKIX_ECDSA_P384_SHA_384"],
    ["a digest of another size", "hashedRekordRequestV002.digest", base64(Buffer.alloc(48))],
    ["no key", "hashedRekordRequestV002.signature.verifier.x509Certificate", undefined],
    ["a certificate of junk", "hashedRekordRequestV002.signature.verifier.x509Certificate.rawBytes", base64("junk")],
  ])("throws INPUT_INVALID for %s", async (_name, path, value) => {
    expect(await codeOf(() => parseCreateEntry(altered(request, path, value)))).toBe("INPUT_INVALID");
  });
});
