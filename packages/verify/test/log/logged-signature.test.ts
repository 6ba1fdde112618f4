import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { digestOf, PolicyPackError } from "@policy-pack/pack";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { parseBundle, parseTrustedRoot, verifyBundle } from "../../src/index.ts";
import { parseLogBody } from "../../src/log/log-body.ts";
import { entry, envelopeBundle, hashedRekord, hashedRekordV2, messageBundle } from "../support/bundles.ts";
import { spkiOf } from "../support/certificates.ts";
import { causeOf, check } from "../support/expect.ts";
import { cert, digest, json, withBody, withLogWindow } from "../support/logged.ts";
import { ARTIFACT, base64, keys, leaf, MINUTE, NOW, pem, rootJson, signBytes, token } from "../support/world.ts";

const signature = signBytes(ARTIFACT);
const certificate = leaf();
const spki = spkiOf(keys.signer);
const rekord = hashedRekord(digest, signature, cert(certificate));
const rekordV2 = hashedRekordV2(digest, signature, certificate, "PKIX_ECDSA_P256_SHA_256");

const hashed = (algorithm: string, bytes: Uint8Array = ARTIFACT): Buffer =>
  createHash(algorithm).update(bytes).digest();
const replaced = (body: Buffer, from: string, to: string): Buffer => Buffer.from(body.toString().replace(from, to));

/** A hashedrekord whose digest is of another algorithm than SHA-256. */
function rekordOf(algorithm: string, value: Buffer, body: Buffer = rekord): Buffer {
  return replaced(
    body,
    `"algorithm":"sha256","value":"${digest.toString("hex")}"`,
    `"algorithm":"${algorithm}","value":"${value.toString("hex")}"`,
  );
}

/** A Rekor v2 entry with these ways of naming its signer. */
function v2By(signer: object): Buffer {
  const named = `"x509Certificate":{"rawBytes":"${base64(certificate)}"}`;
  return replaced(rekordV2, named, JSON.stringify(signer).slice(1, -1));
}

describe("parseLogBody", () => {
  it.each(["sha384", "sha512"])("when a hashedrekord 0.0.1 records a %s digest returns it", (hash) => {
    const body = rekordOf(hash, hashed(hash));
    expect(parseLogBody(body, "hashedrekord", "0.0.1").digest).toEqual({
      of: "signed bytes",
      hash,
      value: hashed(hash),
    });
  });

  it.each([
    ["SHA2_384", "sha384"],
    ["SHA2_512", "sha512"],
  ])("when a hashedrekord 0.0.2 records a %s digest returns it", (algorithm, hash) => {
    const recorded = replaced(rekordV2, "SHA2_256", algorithm);
    const body = replaced(recorded, base64(digest), base64(hashed(hash)));
    expect(parseLogBody(body, "hashedrekord", "0.0.2").digest).toEqual({
      of: "signed bytes",
      hash,
      value: hashed(hash),
    });
  });

  it("when a hashedrekord 0.0.2 names a bare key returns it", () => {
    expect(parseLogBody(v2By({ publicKey: { rawBytes: base64(spki) } }), "hashedrekord", "0.0.2")).toMatchObject({
      signature,
      signer: { kind: "publicKey", der: spki },
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
    });
  });

  it("when a hashedrekord 0.0.1 names a bare key returns it", () => {
    const body = hashedRekord(digest, signature, pem("PUBLIC KEY", spki));
    expect(parseLogBody(body, "hashedrekord", "0.0.1").signer).toEqual({ kind: "publicKey", der: spki });
  });

  const both = { publicKey: { rawBytes: base64(spki) }, x509Certificate: { rawBytes: base64(certificate) } };
  const padded = Buffer.from(rekord.toString().padEnd(1024 * 1024 + 1));
  it.each<[string, Buffer, string]>([
    ["names a certificate and a key", v2By(both), "0.0.2"],
    ["names nobody", v2By({ x509Certificate: null }), "0.0.2"],
    ["has a PEM block of another kind", hashedRekord(digest, signature, pem("OTHER", spki)), "0.0.1"],
    ["has a digest of another length", rekordOf("sha384", digest), "0.0.1"],
    ["calls its SHA-256 a SHA-384", replaced(rekordV2, "SHA2_256", "SHA2_384"), "0.0.2"],
    ["has an unknown hash", rekordOf("md5", hashed("md5")), "0.0.1"],
    ["is longer than a bundle may be", padded, "0.0.1"],
    ["is not JSON", Buffer.from("{"), "0.0.1"],
  ])("when it %s throws", (_, body, version) => {
    expect(() => parseLogBody(body, "hashedrekord", version)).toThrow(MalformedError);
  });

  it("when it is not JSON says so by its cause", () => {
    const failed = causeOf(() => check(withBody(() => Buffer.from("{"))));
    expect(failed).toBeInstanceOf(MalformedError);
    const { cause } = failed as MalformedError;
    expect(cause).toBeInstanceOf(PolicyPackError);
    expect((cause as PolicyPackError).code).toBe("BUNDLE_INVALID");
  });

  const dsse = (signatures: object[]): Buffer => {
    const hash = { algorithm: "sha256", value: digest.toString("hex") };
    return Buffer.from(
      JSON.stringify({
        apiVersion: "0.0.1",
        kind: "dsse",
        spec: { envelopeHash: hash, payloadHash: hash, signatures },
      }),
    );
  };
  it("when a dsse entry has no signature throws", () => {
    const one = { signature: base64(signature), verifier: base64(Buffer.from(cert(certificate))) };
    expect(() => parseLogBody(dsse([one]), "dsse", "0.0.1")).not.toThrow();
    expect(() => parseLogBody(dsse([]), "dsse", "0.0.1")).toThrow(MalformedError);
  });
});

describe("what a log entry says of the content", () => {
  it.each(["sha384", "sha512"])("when it is the artifact's %s throws, since it is hashed in one way alone", (hash) => {
    const bundle = withBody((s, c) => rekordOf(hash, hashed(hash), hashedRekord(digest, s, cert(c))));
    expect(causeOf(() => check(bundle))).toBeInstanceOf(MalformedError);
  });

  it("when it is a SHA-384 of an artifact whose SHA-256 alone is known throws LOG_ENTRY_INVALID", () => {
    const bundle = withBody((s, c) => rekordOf("sha384", hashed("sha384"), hashedRekord(digest, s, cert(c))));
    const root = parseTrustedRoot(JSON.stringify(rootJson()));
    const verify = (): unknown =>
      verifyBundle(parseBundle(JSON.stringify(bundle)), { digest: digestOf(ARTIFACT) }, root);
    expect(causeOf(verify)).toBeInstanceOf(MalformedError);
  });

  it("when it names the certificate's very bytes as a key throws LOG_ENTRY_INVALID", () => {
    const bundle = withBody((s, c) => hashedRekord(digest, s, pem("PUBLIC KEY", c)));
    expect(causeOf(() => check(bundle))).toBeInstanceOf(MalformedError);
  });

  it("when an intoto entry is about a message signature throws LOG_ENTRY_INVALID", () => {
    const twice = (bytes: Uint8Array): string => base64(Buffer.from(base64(bytes)));
    const hash = { algorithm: "sha256", value: digest.toString("hex") };
    const bundle = withBody(
      (s, c) => {
        const signatures = [{ publicKey: base64(Buffer.from(cert(c))), sig: twice(s) }];
        const envelope = { payload: twice(ARTIFACT), payloadType: "x", signatures };
        const spec = { content: { envelope, hash, payloadHash: hash } };
        return Buffer.from(JSON.stringify({ apiVersion: "0.0.2", kind: "intoto", spec }));
      },
      { kind: "intoto", version: "0.0.2" },
    );
    expect(causeOf(() => check(bundle))).toBeInstanceOf(MalformedError);
  });

  it("when an envelope's entry has an unknown field in its body throws LOG_ENTRY_INVALID", () => {
    const bundle = envelopeBundle({
      entries: (s, c, _, pae) => [
        entry({
          body: json((b) => (b["extra"] = 1), hashedRekord(createHash("sha256").update(pae).digest(), s, cert(c))),
        }),
      ],
    });
    expect(causeOf(() => check(bundle))).toBeInstanceOf(MalformedError);
  });
});

describe("a verified log entry", () => {
  it("has the log, the index and the checkpoint that the log signed", () => {
    const bundle = messageBundle();
    const [logged] = bundle.verificationMaterial.tlogEntries;
    const rootHash = Buffer.from(logged?.inclusionProof?.rootHash ?? "", "base64").toString("hex");
    expect(check(bundle).logEntries).toEqual([
      {
        log: "https://log.example.com",
        logIndex: 41n,
        kind: "hashedrekord",
        version: "0.0.1",
        integratedTimeMs: NOW,
        checkpoint: { origin: "log.example.com", treeSize: 2n, rootHash },
      },
    ]);
  });

  it("when the log gives its own time is held against the key's window at that time alone", () => {
    const bundle = messageBundle({ tokens: (s) => [token(s, { timeMs: NOW + MINUTE })] });
    expect(() => check(bundle, { root: withLogWindow(NOW - MINUTE, NOW) })).not.toThrow();
  });
});
