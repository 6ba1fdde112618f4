import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import { parseBundle, parsePublicKey, parseTrustedRoot, verifyBundle } from "../../src/index.ts";
import { entry, envelopeBundle, hashedRekord, messageBundle, STATEMENT } from "../support/bundles.ts";
import type { BundleJson } from "../support/bundles.ts";
import { check, codeOf } from "../support/expect.ts";
import { ARTIFACT, base64, keys, leaf, pem, rootJson, sha256, signBytes } from "../support/world.ts";

const other = Buffer.from("another artifact");

describe("a message signature", () => {
  it("when the artifact is given by its digest alone is verified", () => {
    const root = parseTrustedRoot(JSON.stringify(rootJson()));
    const bundle = parseBundle(JSON.stringify(messageBundle()));
    const { digest, signer } = verifyBundle(bundle, { digest: digestOf(ARTIFACT) }, root);
    expect([digest, signer.kind]).toEqual([digestOf(ARTIFACT), "certificate"]);
    expect(codeOf(() => verifyBundle(bundle, { digest: digestOf(other) }, root))).toBe("DIGEST_MISMATCH");
  });

  it("when the artifact is another throws DIGEST_MISMATCH", () => {
    expect(codeOf(() => check(messageBundle(), { artifact: other }))).toBe("DIGEST_MISMATCH");
  });

  it("when the bundle's message digest is another throws DIGEST_MISMATCH, without a log entry too", () => {
    const publicKey = parsePublicKey(pemOf(keys.signer.publicKey));
    const bundle = keyBundle(signBytes(ARTIFACT), publicKey.hint);
    expect(() => check(bundle, { publicKey })).not.toThrow();
    Object.assign(bundle.messageSignature?.messageDigest ?? {}, { digest: base64(sha256(other)) });
    expect(codeOf(() => check(bundle, { publicKey }))).toBe("DIGEST_MISMATCH");
  });

  it("when the signature is over something else throws SIGNATURE_INVALID", () => {
    const entries = (signature: Buffer, certificate: Buffer): ReturnType<typeof entry>[] => [
      entry({ body: hashedRekord(sha256(ARTIFACT), signature, pem("CERTIFICATE", certificate)) }),
    ];
    const bundle = messageBundle({ key: keys.other, entries });
    expect(codeOf(() => check(bundle))).toBe("SIGNATURE_INVALID");
  });
});

describe("a statement in an envelope", () => {
  it("is returned", () => {
    const { statement } = check(envelopeBundle());
    expect(statement).toMatchObject({ predicateType: STATEMENT.predicateType, predicate: { good: true } });
  });

  it("when one of several subjects is the artifact is accepted", () => {
    const statement = { ...STATEMENT, subject: [{ name: "x", digest: { sha512: "00" } }, ...STATEMENT.subject] };
    expect(() => check(envelopeBundle({ statement }))).not.toThrow();
  });

  it("when no subject is the artifact throws SUBJECT_MISMATCH", () => {
    expect(codeOf(() => check(envelopeBundle(), { artifact: other }))).toBe("SUBJECT_MISMATCH");
  });

  it("when the subject has another kind of digest only throws SUBJECT_MISMATCH", () => {
    const digest = { sha512: sha256(ARTIFACT).toString("hex") };
    expect(codeOf(() => check(envelopeBundle({ statement: { ...STATEMENT, subject: [{ digest }] } })))).toBe(
      "SUBJECT_MISMATCH",
    );
  });

  const text = JSON.stringify(STATEMENT);
  it.each<[string, unknown]>([
    ["is not JSON", Buffer.from("hello")],
    ["is not UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
    ["is an array", []],
    ["is of another type", { ...STATEMENT, _type: "https://in-toto.io/Statement/v2" }],
    ["has no type", { ...STATEMENT, _type: undefined }],
    ["has no subject", { ...STATEMENT, subject: [] }],
    ["has subjects that are no list", { ...STATEMENT, subject: STATEMENT.subject[0] }],
    ["has a subject without a digest", { ...STATEMENT, subject: [...STATEMENT.subject, { name: "x" }] }],
    ["has a subject with an empty digest", { ...STATEMENT, subject: [...STATEMENT.subject, { digest: {} }] }],
    ["has a digest in upper case", { ...STATEMENT, subject: [{ digest: { sha256: "AB".repeat(32) } }] }],
    ["has no predicate type", { ...STATEMENT, predicateType: undefined }],
    ["has an empty predicate type", { ...STATEMENT, predicateType: "" }],
    ["has a predicate that is no object", { ...STATEMENT, predicate: "x" }],
    ["has its subject twice", Buffer.from(text.replace("{", `{"subject":[],`))],
  ])("when it %s throws STATEMENT_INVALID", (_, statement) => {
    expect(codeOf(() => check(envelopeBundle({ statement })))).toBe("STATEMENT_INVALID");
  });

  it("when the payload is not in-toto throws STATEMENT_INVALID", () => {
    expect(codeOf(() => check(envelopeBundle({ payloadType: "application/json" })))).toBe("STATEMENT_INVALID");
  });

  it("when the signature is over the payload without its type throws SIGNATURE_INVALID", () => {
    const bundle = envelopeBundle({ signature: (pae) => signBytes(pae.subarray(pae.indexOf("{"))) });
    expect(codeOf(() => check(bundle))).toBe("SIGNATURE_INVALID");
  });

  it.each<[string, string, string]>([
    ["P-384", "sha384", "P-384"],
    ["P-521", "sha512", "P-521"],
    ["P-384", "sha256", "P-384"],
  ])("when a %s key signed with %s is accepted", (_, hash, namedCurve) => {
    const key = generateKeyPairSync("ec", { namedCurve });
    const certificate = leaf({ key });
    const bundle = envelopeBundle({ certificate, signature: (pae) => sign(hash, pae, key.privateKey) });
    expect(() => check(bundle)).not.toThrow();
  });

  it("when the keyid is not the key's throws KEY_MISMATCH", () => {
    const bundle = envelopeBundle();
    for (const signature of bundle.dsseEnvelope?.signatures ?? []) signature.keyid = "another";
    expect(codeOf(() => check(bundle))).toBe("KEY_MISMATCH");
  });
});

describe("a key", () => {
  const publicKey = parsePublicKey(pemOf(keys.signer.publicKey));

  it("when it signed is returned by its hint, whether or not the bundle names it", () => {
    const signer = { kind: "key", keyHint: publicKey.hint };
    expect(check(keyBundle(signBytes(ARTIFACT), publicKey.hint), { publicKey }).signer).toEqual(signer);
    expect(check(keyBundle(signBytes(ARTIFACT)), { publicKey }).signer).toEqual(signer);
  });

  it("when another key signed throws SIGNATURE_INVALID", () => {
    const bundle = keyBundle(signBytes(ARTIFACT, keys.other), publicKey.hint);
    expect(codeOf(() => check(bundle, { publicKey }))).toBe("SIGNATURE_INVALID");
  });

  it("when the bundle names another key throws KEY_MISMATCH", () => {
    expect(codeOf(() => check(keyBundle(signBytes(ARTIFACT), "another"), { publicKey }))).toBe("KEY_MISMATCH");
  });

  it("when none is given for a bundle signed with one throws KEY_MISMATCH", () => {
    expect(codeOf(() => check(keyBundle(signBytes(ARTIFACT))))).toBe("KEY_MISMATCH");
  });

  it("when one is given for a bundle signed with a certificate throws KEY_MISMATCH, even the certificate's own", () => {
    expect(codeOf(() => check(messageBundle(), { publicKey }))).toBe("KEY_MISMATCH");
  });

  it("when the bundle brings a log entry of another key throws LOG_ENTRY_INVALID", () => {
    const signature = signBytes(ARTIFACT);
    const bundle = keyBundle(signature, publicKey.hint);
    const body = (der: Buffer): Buffer => hashedRekord(sha256(ARTIFACT), signature, pem("PUBLIC KEY", der));
    bundle.verificationMaterial.tlogEntries = [entry({ body: body(publicKey.spki) })];
    expect(() => check(bundle, { publicKey })).not.toThrow();
    const spki = keys.other.publicKey.export({ format: "der", type: "spki" });
    bundle.verificationMaterial.tlogEntries = [entry({ body: body(spki) })];
    expect(codeOf(() => check(bundle, { publicKey }))).toBe("LOG_ENTRY_INVALID");
  });

  it("when it is Ed25519 verifies the bytes, and says that a digest is not enough", () => {
    const pair = generateKeyPairSync("ed25519");
    const ed25519 = parsePublicKey(pemOf(pair.publicKey));
    const bundle = keyBundle(sign(null, ARTIFACT, pair.privateKey), ed25519.hint);
    expect(check(bundle, { publicKey: ed25519 }).signer.kind).toBe("key");
    const parsed = parseBundle(JSON.stringify(bundle));
    const root = parseTrustedRoot(JSON.stringify(rootJson()));
    const artifact = { digest: digestOf(ARTIFACT) };
    expect(codeOf(() => verifyBundle(parsed, artifact, root, { publicKey: ed25519 }))).toBe("INPUT_INVALID");
  });

  it("when the keyid repeats the hint accepts it, and no other", () => {
    const bundle = envelopeBundle({ entries: () => [] });
    delete bundle.verificationMaterial.certificate;
    bundle.verificationMaterial.publicKey = { hint: publicKey.hint };
    for (const signature of bundle.dsseEnvelope?.signatures ?? []) signature.keyid = publicKey.hint;
    expect(() => check(bundle, { publicKey })).not.toThrow();
    for (const signature of bundle.dsseEnvelope?.signatures ?? []) signature.keyid = "another";
    expect(codeOf(() => check(bundle, { publicKey }))).toBe("KEY_MISMATCH");
  });
});

function pemOf(key: typeof keys.signer.publicKey): string {
  return key.export({ format: "pem", type: "spki" }).toString();
}

/** A bundle over the artifact with a bare key, no log entry and no timestamp. */
function keyBundle(signature: Buffer, hint?: string): BundleJson {
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: hint === undefined ? {} : { hint }, tlogEntries: [] },
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: base64(sha256(ARTIFACT)) },
      signature: base64(signature),
    },
  };
}
