import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { namedKeyPair, spkiOf } from "../../src/forge/certificates.ts";
import { certificates, keys, leaf } from "../../src/forge/world.ts";

describe("namedKeyPair", () => {
  it("makes the same key for a name each time, and another for another name", () => {
    expect(spkiOf(namedKeyPair("a"))).toEqual(spkiOf(namedKeyPair("a")));
    expect(spkiOf(namedKeyPair("a"))).not.toEqual(spkiOf(namedKeyPair("b")));
  });
});

describe("leaf", () => {
  it("makes what OpenSSL reads as a certificate of its issuer", () => {
    const certificate = new X509Certificate(leaf());
    expect(certificate.verify(keys.intermediate.publicKey)).toBe(true);
    expect(certificate.checkIssued(new X509Certificate(certificates.intermediate))).toBe(true);
    expect(certificate.subjectAltName).toBe("email:signer@example.com");
  });
});
