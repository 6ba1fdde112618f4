import { describe, expect, it } from "@jest/globals";
import { entry, envelopeBundle, hashedRekord, hashedRekordV2, messageBundle } from "../support/bundles.ts";
import type { BundleJson } from "../support/bundles.ts";
import { spkiOf } from "../support/certificates.ts";
import { check, codeOf } from "../support/expect.ts";
import { ARTIFACT, base64, keys, pem, sha256 } from "../support/world.ts";
import { cert, digest, json, otherLeaf, v2, withBody } from "../support/logged.ts";

describe("the body of a log entry", () => {
  it("when it is a hashedrekord of Rekor v2 accepts it", () => {
    const bundle = v2((signature, certificate) =>
      hashedRekordV2(digest, signature, certificate, "PKIX_ECDSA_P256_SHA_256"),
    );
    expect(check(bundle).logEntries).toMatchObject([
      { kind: "hashedrekord", version: "0.0.2", integratedTimeMs: undefined },
    ]);
  });

  it.each<[string, () => BundleJson]>([
    ["names another certificate", () => withBody((s) => hashedRekord(digest, s, cert(otherLeaf)))],
    [
      "names the bare key of the certificate",
      () => withBody((s) => hashedRekord(digest, s, pem("PUBLIC KEY", spkiOf(keys.signer)))),
    ],
    ["names another signature", () => withBody((s, c) => hashedRekord(digest, s.subarray(1), cert(c)))],
    ["names another digest", () => withBody((s, c) => hashedRekord(sha256(Buffer.from("x")), s, cert(c)))],
    [
      "names another certificate (v2)",
      () => v2((s) => hashedRekordV2(digest, s, otherLeaf, "PKIX_ECDSA_P256_SHA_256")),
    ],
    [
      "names another signature (v2)",
      () => v2((s, c) => hashedRekordV2(digest, s.subarray(1), c, "PKIX_ECDSA_P256_SHA_256")),
    ],
    [
      "names another digest (v2)",
      () => v2((s, c) => hashedRekordV2(sha256(Buffer.from("x")), s, c, "PKIX_ECDSA_P256_SHA_256")),
    ],
    ["lies about the key (v2)", () => v2((s, c) => hashedRekordV2(digest, s, c, "PKIX_ECDSA_P384_SHA_384"))],
    [
      "is of another kind than the bundle says",
      () => withBody((s, c) => hashedRekord(digest, s, cert(c)), { kind: "dsse" }),
    ],
    [
      "is of another version than the bundle says",
      () => withBody((s, c) => hashedRekord(digest, s, cert(c)), { version: "0.0.2" }),
    ],
    ["is of an unknown kind", () => withBody((s, c) => hashedRekord(digest, s, cert(c)), { kind: "rpm" })],
    ["has an unknown field", () => withBody((s, c) => json((b) => (b["extra"] = 1), hashedRekord(digest, s, cert(c))))],
    [
      "says another kind inside",
      () => withBody((s, c) => json((b) => (b["kind"] = "dsse"), hashedRekord(digest, s, cert(c)))),
    ],
    [
      "says another version inside",
      () => withBody((s, c) => json((b) => (b["apiVersion"] = "0.0.9"), hashedRekord(digest, s, cert(c)))),
    ],
    ["names its signer by something else", () => withBody((s, c) => hashedRekord(digest, s, pem("OTHER", c)))],
    ["names its signer by two blocks", () => withBody((s, c) => hashedRekord(digest, s, cert(c) + cert(c)))],
  ])("when it %s throws LOG_ENTRY_INVALID", (_, bundle) => {
    const made = bundle();
    expect(codeOf(() => check(made))).toBe("LOG_ENTRY_INVALID");
  });

  it("when it is not JSON throws a coded error", () => {
    expect(codeOf(() => check(withBody(() => Buffer.from("junk"))))).toBe("LOG_ENTRY_INVALID");
  });
});

type EnvelopeBody = (signature: Buffer, certificate: Buffer, payload: Buffer) => Buffer;
const hexHash = (bytes: Uint8Array): unknown => ({ algorithm: "sha256", value: sha256(bytes).toString("hex") });

const dsseV1: EnvelopeBody = (signature, certificate, payload) => {
  const signatures = [{ signature: base64(signature), verifier: base64(Buffer.from(cert(certificate))) }];
  const spec = { envelopeHash: hexHash(Buffer.from("any")), payloadHash: hexHash(payload), signatures };
  return Buffer.from(JSON.stringify({ apiVersion: "0.0.1", kind: "dsse", spec }));
};

const dsseV2: EnvelopeBody = (signature, certificate, payload) => {
  const verifier = { keyDetails: "PKIX_ECDSA_P256_SHA_256", x509Certificate: { rawBytes: base64(certificate) } };
  const payloadHash = { algorithm: "SHA2_256", digest: base64(sha256(payload)) };
  const spec = { dsseV002: { payloadHash, signatures: [{ content: base64(signature), verifier }] } };
  return Buffer.from(JSON.stringify({ apiVersion: "0.0.2", kind: "dsse", spec }));
};

const intoto: EnvelopeBody = (signature, certificate, payload) => {
  const twice = (bytes: Uint8Array): string => base64(Buffer.from(base64(bytes)));
  const signatures = [{ publicKey: base64(Buffer.from(cert(certificate))), sig: twice(signature) }];
  const envelope = { payload: twice(payload), payloadType: "application/vnd.in-toto+json", signatures };
  const spec = { content: { envelope, hash: hexHash(Buffer.from("any")), payloadHash: hexHash(payload) } };
  return Buffer.from(JSON.stringify({ apiVersion: "0.0.2", kind: "intoto", spec }));
};

describe("the body of an envelope's log entry", () => {
  const bodies: [string, string, EnvelopeBody][] = [
    ["dsse", "0.0.1", dsseV1],
    ["dsse", "0.0.2", dsseV2],
    ["intoto", "0.0.2", intoto],
  ];
  const other = Buffer.from("other");
  const make = (kind: string, version: string, body: EnvelopeBody): BundleJson =>
    envelopeBundle({ entries: (s, c, payload) => [entry({ kind, version, body: body(s, c, payload) })] });

  it.each(bodies)("when it is %s %s accepts it", (kind, version, body) => {
    expect(check(make(kind, version, body)).logEntries).toMatchObject([{ kind, version }]);
  });

  it.each(bodies)("when %s %s names another payload throws LOG_ENTRY_INVALID", (kind, version, body) => {
    expect(codeOf(() => check(make(kind, version, (s, c) => body(s, c, other))))).toBe("LOG_ENTRY_INVALID");
  });

  it.each(bodies)("when %s %s names another signature throws LOG_ENTRY_INVALID", (kind, version, body) => {
    expect(codeOf(() => check(make(kind, version, (_, c, p) => body(other, c, p))))).toBe("LOG_ENTRY_INVALID");
  });

  it.each(bodies)("when %s %s names another certificate throws LOG_ENTRY_INVALID", (kind, version, body) => {
    expect(codeOf(() => check(make(kind, version, (s, _, p) => body(s, otherLeaf, p))))).toBe("LOG_ENTRY_INVALID");
  });

  it.each(bodies)("when %s %s is about a message signature throws LOG_ENTRY_INVALID", (kind, version, body) => {
    const bundle = messageBundle({ entries: (s, c) => [entry({ kind, version, body: body(s, c, ARTIFACT) })] });
    expect(codeOf(() => check(bundle))).toBe("LOG_ENTRY_INVALID");
  });

  it.each(bodies)("when %s %s has two signatures throws LOG_ENTRY_INVALID", (kind, version, body) => {
    const twice: EnvelopeBody = (...parts) =>
      Buffer.from(
        body(...parts)
          .toString()
          .replace(/"signatures":\[(.*)\]/, '"signatures":[$1,$1]'),
      );
    expect(codeOf(() => check(make(kind, version, twice)))).toBe("LOG_ENTRY_INVALID");
  });

  it("when intoto repeats another payload than it hashes throws LOG_ENTRY_INVALID", () => {
    const lying: EnvelopeBody = (s, c, payload) => {
      const honest = base64(Buffer.from(base64(payload)));
      const text = intoto(s, c, payload).toString();
      return Buffer.from(text.replace(honest, base64(Buffer.from(base64(other)))));
    };
    expect(codeOf(() => check(make("intoto", "0.0.2", lying)))).toBe("LOG_ENTRY_INVALID");
  });

  it("when a hashedrekord is over the payload instead of its encoding throws LOG_ENTRY_INVALID", () => {
    const bundle = envelopeBundle({ entries: (s, c, p) => [entry({ body: hashedRekord(sha256(p), s, cert(c)) })] });
    expect(codeOf(() => check(bundle))).toBe("LOG_ENTRY_INVALID");
  });
});
