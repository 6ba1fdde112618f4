import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { der, nothing, octets, oid, sequence } from "../support/asn1.ts";
import { messageBundle } from "../support/bundles.ts";
import { CODE_SIGNING, extendedKeyUsage, keyUsage, name, TIME_STAMPING } from "../support/certificates.ts";
import type { KeyPair } from "../support/certificates.ts";
import { check, codeOf } from "../support/expect.ts";
import type { TokenSpec } from "../support/timestamps.ts";
import {
  caJson,
  certificates,
  iso,
  keys,
  leaf,
  MINUTE,
  NOW,
  rootJson,
  sha256,
  token,
  tsaCertificate,
} from "../support/world.ts";
import type { CaJson } from "../support/world.ts";
import type { VerifiedBundle } from "../../src/index.ts";

function verify(spec: Partial<TokenSpec>, authority?: CaJson): VerifiedBundle {
  const bundle = messageBundle({ tokens: (signature) => [token(signature, spec)] });
  return check(bundle, authority === undefined ? {} : { root: rootJson({ timestampAuthorities: [authority] }) });
}

/** The good token after a change to its hex. */
function bent(from: string, to: string): VerifiedBundle {
  return check(
    messageBundle({
      tokens: (signature) => {
        const hex = token(signature).toString("hex");
        expect(hex).toContain(from);
        return [Buffer.from(hex.replace(from, to), "hex")];
      },
    }),
  );
}

describe("verifyTimestamps", () => {
  it("returns the time and who says so", () => {
    const [time] = verify({}).times;
    expect(time).toEqual({ source: "timestamp authority", name: "https://ca.example.com", timeMs: NOW });
  });

  it.each([
    [".5", 500],
    [".123456", 123],
    [".000001", 0],
  ])("when the seconds have the fraction %s accepts it", (fraction, milliseconds) => {
    expect(verify({ fraction }).times[0]?.timeMs).toBe(NOW + milliseconds);
  });

  it("when the token brings its certificates along accepts it", () => {
    expect(verify({ embedded: [certificates.tsa, certificates.tsaRoot] }).times).toHaveLength(2);
  });

  const key: KeyPair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const certificate = tsaCertificate({ key });
  const rsa = caJson(certificate, certificates.tsaRoot);
  it.each([
    ["names its key alone", "1.2.840.113549.1.1.1"],
    ["names key and hash", "1.2.840.113549.1.1.11"],
  ])("when an RSA token %s accepts it", (_, algorithm) => {
    const signatureAlgorithm = sequence(oid(algorithm), nothing());
    expect(verify({ key, certificate, signatureAlgorithm }, rsa).times).toHaveLength(2);
  });

  it.each([
    ["another hash", "1.2.840.113549.1.1.13"],
    ["another kind of key", "1.2.840.10045.4.3.2"],
  ])("when an RSA token names %s throws TIMESTAMP_INVALID", (_, algorithm) => {
    const signatureAlgorithm = sequence(oid(algorithm));
    expect(codeOf(() => verify({ key, certificate, signatureAlgorithm }, rsa))).toBe("TIMESTAMP_INVALID");
  });

  it("when a token of an EC key says that RSA signed it throws TIMESTAMP_INVALID", () => {
    const signatureAlgorithm = sequence(oid("1.2.840.113549.1.1.1"));
    expect(codeOf(() => verify({ signatureAlgorithm }))).toBe("TIMESTAMP_INVALID");
  });

  it.each<[string, Partial<TokenSpec>]>([
    ["is over another signature", { imprint: sha256(Buffer.from("x")) }],
    ["is over a longer hash", { imprint: Buffer.alloc(33) }],
    ["signs another digest than its content's", { messageDigest: sha256(Buffer.from("x")) }],
    ["signs another type of content", { contentType: "1.2.840.113549.1.7.1" }],
    ["is signed by another key", { key: keys.other }],
    ["names another certificate by its hash", { certificateHash: sha256(Buffer.from("x")) }],
    ["does not name a certificate by its hash", { withoutCertificateHash: true }],
    ["names another issuer", { issuer: name("other") }],
    ["names another serial number", { serial: 6 }],
    ["was not granted", { status: 2 }],
    ["was granted with changes", { status: 1 }],
    ["has unsigned attributes", { unsignedAttributes: true }],
    ["has extensions", { extensions: true }],
    ["is of an unknown version", { infoVersion: 2 }],
    ["names its signer in another form", { signerVersion: 3 }],
    ["brings an unknown certificate along", { embedded: [certificates.root] }],
    ["lists another digest algorithm", { listedAlgorithm: sequence(oid("2.16.840.1.101.3.4.2.3"), nothing()) }],
    ["has an algorithm with parameters", { listedAlgorithm: sequence(oid("2.16.840.1.101.3.4.2.1"), octets()) }],
    ["lists SHA-1", { listedAlgorithm: sequence(oid("1.3.14.3.2.26")) }],
    ["has a time that does not exist", { fraction: ".1234567890" }],
  ])("when the only token %s throws TIMESTAMP_INVALID", (_, spec) => {
    expect(codeOf(() => verify(spec))).toBe("TIMESTAMP_INVALID");
  });

  it.each([
    ["is not signed data", "2a864886f70d010702", "2a864886f70d010701"],
    ["does not hold a time", "2a864886f70d0109100104", "2a864886f70d0109100105"],
    ["has another CMS version", "020103", "020104"],
    ["is signed with an unknown algorithm", "2a8648ce3d040302", "2a8648ce3d040301"],
  ])("when the only token %s throws TIMESTAMP_INVALID", (_, from, to) => {
    expect(codeOf(() => bent(from, to))).toBe("TIMESTAMP_INVALID");
  });

  it.each<[string, Uint8Array]>([
    ["is junk", Buffer.from("junk")],
    ["is a certificate", leaf()],
    ["is an empty sequence", sequence()],
    ["is a null", der(0x05)],
  ])("when the only token %s throws TIMESTAMP_INVALID", (_, bytes) => {
    expect(codeOf(() => check(messageBundle({ tokens: () => [Buffer.from(bytes)] })))).toBe("TIMESTAMP_INVALID");
  });

  it("when it goes on after its end throws TIMESTAMP_INVALID", () => {
    const tokens = (signature: Buffer): Buffer[] => [Buffer.concat([token(signature), Buffer.alloc(1)])];
    expect(codeOf(() => check(messageBundle({ tokens })))).toBe("TIMESTAMP_INVALID");
  });

  it("when one of two is good passes the bad one over", () => {
    const bad: Partial<TokenSpec> = { imprint: sha256(Buffer.from("x")) };
    const tokens = (signature: Buffer): Buffer[] => [token(signature, bad), token(signature)];
    expect(check(messageBundle({ tokens })).times.map(({ source }) => source)).toEqual([
      "timestamp authority",
      "transparency log",
    ]);
  });

  it("when the same token stands there twice counts it once", () => {
    const tokens = (signature: Buffer): Buffer[] => {
      const one = token(signature);
      return [one, one];
    };
    expect(check(messageBundle({ tokens })).times).toHaveLength(2);
  });

  it("when the log proves a time but all tokens are bad throws TIMESTAMP_INVALID", () => {
    expect(codeOf(() => verify({ key: keys.other }))).toBe("TIMESTAMP_INVALID");
  });

  it("when the root lists no timestamp authority throws TIMESTAMP_INVALID", () => {
    expect(codeOf(() => check(messageBundle(), { root: rootJson({ timestampAuthorities: [] }) }))).toBe(
      "TIMESTAMP_INVALID",
    );
  });

  it.each([
    ["before", { start: iso(NOW + 1) }],
    ["after", { start: iso(NOW - MINUTE), end: iso(NOW - 1) }],
  ])("when the time is %s the authority's window throws TIMESTAMP_INVALID", (_, validFor) => {
    const authority = { ...caJson(certificates.tsa, certificates.tsaRoot), validFor };
    expect(codeOf(() => verify({}, authority))).toBe("TIMESTAMP_INVALID");
  });

  it("when another authority of the same name is listed first goes on to the right one", () => {
    const expired = { ...caJson(certificates.tsa, certificates.tsaRoot), validFor: { start: iso(NOW + 1) } };
    const root = rootJson({ timestampAuthorities: [expired, caJson(certificates.tsa, certificates.tsaRoot)] });
    expect(() => check(messageBundle(), { root })).not.toThrow();
  });

  it.each<[string, Buffer]>([
    [
      "is for more than timestamps",
      tsaCertificate({
        extensions: [keyUsage(0), extendedKeyUsage(TIME_STAMPING, CODE_SIGNING)],
      }),
    ],
    ["is not for timestamps", tsaCertificate({ extensions: [keyUsage(0), extendedKeyUsage(CODE_SIGNING)] })],
    ["must not make signatures", tsaCertificate({ extensions: [keyUsage(5), extendedKeyUsage(TIME_STAMPING)] })],
    ["had expired", tsaCertificate({ notAfter: NOW - 1000 })],
    ["is not its root's", tsaCertificate({ issuerKey: keys.other })],
  ])("when the authority's certificate %s throws TIMESTAMP_INVALID", (_, certificate) => {
    expect(codeOf(() => verify({ certificate }, caJson(certificate, certificates.tsaRoot)))).toBe("TIMESTAMP_INVALID");
  });

  it("when the timestamp lies outside the signing certificate's life throws CERTIFICATE_INVALID", () => {
    expect(codeOf(() => verify({ timeMs: NOW + 60 * MINUTE }))).toBe("CERTIFICATE_INVALID");
  });
});
