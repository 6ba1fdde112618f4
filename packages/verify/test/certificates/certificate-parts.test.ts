import { describe, expect, it } from "@jest/globals";
import { parseCertificate } from "../../src/certificates/certificate.ts";
import { readIdentity } from "../../src/certificates/signer-identity.ts";
import { childrenOf, readDer } from "../../src/encoding/der.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { bits, explicit, integer, oid, sequence, utf8 } from "../support/asn1.ts";
import { alternativeNames, extension, issuerV1, issuerV2 } from "../support/certificates.ts";
import { causeOf, codeOf } from "../support/expect.ts";
import { ISSUER, leaf } from "../support/world.ts";

const der = leaf({ scts: () => [] });
const [tbs, algorithm, signature] = childrenOf(readDer(der)).map(({ raw }) => raw);
const fields = childrenOf(childrenOf(readDer(der))[0] ?? readDer(der)).map(({ raw }) => raw);

/** The good leaf with other fields under its signature, which nobody checks here. */
function withFields(...parts: readonly Buffer[]): Buffer {
  return sequence(sequence(...parts), algorithm ?? Buffer.alloc(0), signature ?? Buffer.alloc(0));
}

describe("parseCertificate", () => {
  it("when it has no extensions returns none", () => {
    expect(parseCertificate(withFields(...fields.slice(0, -1))).extensions.size).toBe(0);
  });

  it.each<[string, Buffer]>([
    ["has a field after its extensions", withFields(...fields, bits(Buffer.alloc(1)))],
    ["has its extensions twice", withFields(...fields, fields.at(-1) ?? Buffer.alloc(0))],
    ["has a version and a serial number alone", withFields(explicit(0, integer(2)), integer(5))],
    ["has no algorithm beside its fields", sequence(tbs ?? Buffer.alloc(0))],
    ["has no fields", sequence()],
  ])("when it %s throws", (_, bytes) => {
    expect(() => parseCertificate(bytes)).toThrow(MalformedError);
  });
});

describe("readIdentity", () => {
  const issuers = [issuerV1(ISSUER), issuerV2(ISSUER)];
  const userName = (...more: readonly Buffer[]): Buffer =>
    explicit(0, oid("1.3.6.1.4.1.57264.1.7"), explicit(0, utf8("ann")), ...more);
  const identityOf = (...extensions: readonly Buffer[]): unknown =>
    readIdentity(parseCertificate(leaf({ scts: () => [], extensions })));

  it("when the name is a user's returns it", () => {
    expect(identityOf(alternativeNames(userName()), ...issuers)).toMatchObject({ identity: "ann" });
  });

  it.each<[string, readonly Buffer[]]>([
    ["has no name", issuers],
    ["has an empty list of names", [alternativeNames(), ...issuers]],
    ["has a user name with something behind it", [alternativeNames(userName(utf8("bob"))), ...issuers]],
    ["has a name that is no list", [extension("2.5.29.17", utf8("ann"), true), ...issuers]],
  ])("when the certificate %s throws CERTIFICATE_INVALID", (_, extensions) => {
    expect(codeOf(() => identityOf(...extensions))).toBe("CERTIFICATE_INVALID");
    expect(causeOf(() => identityOf(...extensions))).toBeInstanceOf(MalformedError);
  });
});
