import { generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { parseTrustedRoot } from "../src/index.ts";
import { spkiOf } from "./support/certificates.ts";
import { codeOf } from "./support/expect.ts";
import { base64, caJson, certificates, keys, logJson, NOW, rootJson, YEAR } from "./support/world.ts";
import type { LogJson, RootJson } from "./support/world.ts";

const parse = (root: RootJson): unknown => parseTrustedRoot(JSON.stringify(root));

function logWith(change: (log: LogJson) => void): RootJson {
  const log = logJson(keys.log);
  change(log);
  return rootJson({ tlogs: [log] });
}

function withKey(rawBytes: Buffer, keyDetails: string): RootJson {
  return logWith((log) => Object.assign(log.publicKey, { rawBytes: base64(rawBytes), keyDetails }));
}

const rsa = (modulusLength: number): KeyObject => generateKeyPairSync("rsa", { modulusLength }).publicKey;
const rsa2048 = rsa(2048);
const ed25519 = generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" });

describe("parseTrustedRoot", () => {
  it("when the root is good returns authorities and logs", () => {
    const root = parseTrustedRoot(JSON.stringify(rootJson()));
    expect(root.logs).toMatchObject([
      { name: "https://log.example.com", validFor: { start: NOW - YEAR, end: undefined } },
    ]);
    expect(root.certificateAuthorities.map((authority) => authority.certificates.length)).toEqual([2]);
    expect([root.ctLogs.length, root.timestampAuthorities.length]).toEqual([1, 1]);
  });

  it.each([
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
  ])("when the media type is %s reads it, v0.2 fields and nulls included", (mediaType) => {
    const root = logWith((log) => Object.assign(log, { operator: "x", checkpointKeyId: { keyId: "AQIDBA==" } }));
    Object.assign(root, { mediaType });
    Object.assign(root.timestampAuthorities[0]?.validFor ?? {}, { end: null });
    expect(parseTrustedRoot(JSON.stringify(root)).logs[0]?.keyHint).toEqual(Buffer.from([1, 2, 3, 4]));
  });

  it.each<[string, Buffer, string]>([
    ["Ed25519", ed25519, "PKIX_ED25519"],
    ["RSA in PKCS #1", rsa2048.export({ format: "der", type: "pkcs1" }), "PKCS1_RSA_PKCS1V5"],
    ["RSA", rsa2048.export({ format: "der", type: "spki" }), "PKIX_RSA_PKCS1V15_2048_SHA256"],
  ])("when a log's key is %s reads it", (_, key, details) => {
    expect(() => parse(withKey(key, details))).not.toThrow();
  });

  it("when a log's key is of a kind that is not supported leaves that log out", () => {
    const root = withKey(Buffer.from("some key"), "ML_DSA_65");
    root.tlogs.push(logJson(keys.log));
    expect(parseTrustedRoot(JSON.stringify(root)).logs).toHaveLength(1);
  });

  it.each<[string, () => RootJson]>([
    ["a log key without a validity", () => logWith((log) => Object.assign(log.publicKey, { validFor: undefined }))],
    ["a log key without a validity start", () => logWith((log) => delete log.publicKey.validFor.start)],
    [
      "an authority without a validity start",
      () => {
        const authority = caJson(certificates.intermediate, certificates.root);
        delete authority.validFor.start;
        return rootJson({ certificateAuthorities: [authority] });
      },
    ],
    [
      "a validity start that is no time",
      () => logWith((log) => (log.publicKey.validFor.start = "2026-02-30T00:00:00Z")),
    ],
    ["an Ed25519 key that calls itself P-256", () => withKey(ed25519, "PKIX_ECDSA_P256_SHA_256")],
    ["a P-256 key that calls itself P-384", () => withKey(spkiOf(keys.log), "PKIX_ECDSA_P384_SHA_384")],
    ["a P-256 key that calls itself RSA", () => withKey(spkiOf(keys.log), "PKCS1_RSA_PKCS1V5")],
    [
      "an RSA-2048 key that calls itself RSA-4096",
      () => withKey(rsa2048.export({ format: "der", type: "spki" }), "PKIX_RSA_PKCS1V15_4096_SHA256"),
    ],
    ["a key of an unknown kind", () => withKey(spkiOf(keys.log), "NO_SUCH_KEY")],
    ["a key that is none", () => withKey(Buffer.from("junk"), "PKIX_ECDSA_P256_SHA_256")],
    [
      "a key with bytes after it",
      () => withKey(Buffer.concat([spkiOf(keys.log), Buffer.alloc(1)]), "PKIX_ECDSA_P256_SHA_256"),
    ],
    ["an RSA key of 1024 bits", () => withKey(rsa(1024).export({ format: "der", type: "spki" }), "PKIX_RSA_PKCS1V5")],
    ["another hash algorithm", () => logWith((log) => (log.hashAlgorithm = "SHA2_512"))],
    ["a log without a key id", () => logWith((log) => Object.assign(log, { logId: undefined }))],
    ["a key id that is too short", () => logWith((log) => (log.logId.keyId = "AQID"))],
    ["an unknown field", () => logWith((log) => Object.assign(log, { extra: 1 }))],
    ["an authority without certificates", () => rootJson({ certificateAuthorities: [caJson()] })],
    ["a certificate that is none", () => rootJson({ timestampAuthorities: [caJson(Buffer.from("junk"))] })],
    [
      "an unknown media type",
      () => rootJson({ mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.9" }),
    ],
  ])("when it has %s throws TRUSTED_ROOT_INVALID", (_, root) => {
    expect(codeOf(() => parse(root()))).toBe("TRUSTED_ROOT_INVALID");
  });

  it.each(["", "[]", "null", "{", JSON.stringify(rootJson()).replace("{", '{"tlogs":[],')])(
    "when the text is malformed (case %#) throws TRUSTED_ROOT_INVALID",
    (text) => {
      expect(codeOf(() => parseTrustedRoot(text))).toBe("TRUSTED_ROOT_INVALID");
    },
  );

  it("when it is larger than the cap throws LIMIT_EXCEEDED", () => {
    expect(codeOf(() => parseTrustedRoot(JSON.stringify(rootJson()).padEnd(1024 * 1024 + 1)))).toBe("LIMIT_EXCEEDED");
  });
});
