import { describe, expect, it } from "@jest/globals";
import { utf8 } from "../support/asn1.ts";
import { messageBundle } from "../support/bundles.ts";
import {
  alternativeNames,
  CODE_SIGNING,
  dns,
  email,
  extendedKeyUsage,
  extension,
  issuerV1,
  issuerV2,
  keyUsage,
  uri,
  userName,
} from "../support/certificates.ts";
import { explicit, oid } from "../support/asn1.ts";
import { check, codeOf } from "../support/expect.ts";
import { IDENTITY, ISSUER, leaf } from "../support/world.ts";
import type { Signer } from "../../src/index.ts";

const usage = [keyUsage(0), extendedKeyUsage(CODE_SIGNING)];
const issuers = [issuerV1(ISSUER), issuerV2(ISSUER)];
const signerOf = (...extensions: readonly Buffer[]): Signer =>
  check(messageBundle({ certificate: leaf({ extensions: [...usage, ...extensions] }) })).signer;

describe("readIdentity", () => {
  it.each([
    ["an e-mail address", email(IDENTITY), IDENTITY, "email"],
    ["a URI", uri("https://example.com/a@b"), "https://example.com/a@b", "uri"],
    ["a user name", userName("jo!issuer"), "jo!issuer", "otherName"],
  ])("when the name is %s returns it", (_, general, identity, identityKind) => {
    expect(signerOf(alternativeNames(general), ...issuers)).toEqual({
      kind: "certificate",
      identity,
      identityKind,
      issuer: ISSUER,
    });
  });

  it.each([
    ["the old form", [issuerV1(ISSUER)]],
    ["the new form", [issuerV2(ISSUER)]],
  ])("when the issuer stands in %s alone returns it", (_, only) => {
    expect(signerOf(alternativeNames(email(IDENTITY)), ...only)).toMatchObject({ issuer: ISSUER });
  });

  const name = alternativeNames(email(IDENTITY));
  it.each<[string, Buffer[]]>([
    ["no name", issuers],
    ["an empty list of names", [alternativeNames(), ...issuers]],
    ["two names", [alternativeNames(email(IDENTITY), email("other@example.com")), ...issuers]],
    ["a DNS name", [alternativeNames(dns("example.com")), ...issuers]],
    ["an empty e-mail address", [alternativeNames(email("")), ...issuers]],
    ["an empty user name", [alternativeNames(userName("")), ...issuers]],
    ["a name that hides a NUL", [alternativeNames(email(`${IDENTITY}\0.example.org`)), ...issuers]],
    [
      "an other name of an unknown type",
      [alternativeNames(explicit(0, oid("1.2.3"), explicit(0, utf8("jo")))), ...issuers],
    ],
    ["no issuer", [name]],
    ["an empty issuer", [name, issuerV2("")]],
    ["two issuers that differ", [name, issuerV1(ISSUER), issuerV2("https://evil.example.com")]],
    ["an issuer that is not DER", [name, extension("1.3.6.1.4.1.57264.1.8", Buffer.from(ISSUER))]],
  ])("when the certificate has %s throws CERTIFICATE_INVALID", (_, extensions) => {
    expect(codeOf(() => signerOf(...extensions))).toBe("CERTIFICATE_INVALID");
  });
});
