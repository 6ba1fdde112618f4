import { describe, expect, it } from "@jest/globals";
import { boolean, derNull, explicit, integer, octetString, oid, sequence } from "../src/der.ts";
import { parseTimestampJson, parseTimestampRequest } from "../src/timestamp-request.ts";
import { codeOf } from "./support/folder.ts";

const SHA256 = "2.16.840.1.101.3.4.2.1";
const SHA512 = "2.16.840.1.101.3.4.2.3";
const hash = Buffer.alloc(32, 3);
const imprint = sequence(sequence(oid(SHA256)), octetString(hash));
const negative = Buffer.from([2, 1, 0x80]);

describe("parseTimestampRequest", () => {
  it("reads the shortest request", () => {
    expect(parseTimestampRequest(sequence(integer(1), imprint))).toEqual({
      algorithm: "sha256",
      hash,
      withCertificate: false,
    });
  });

  it("reads every option: parameters, policy, nonce, the wish for certificates", () => {
    const long = sequence(sequence(oid(SHA512), derNull()), octetString(Buffer.alloc(64)));
    const request = sequence(integer(1), long, oid("1.2.3"), integer(300), boolean(true));
    expect(parseTimestampRequest(request)).toEqual({
      algorithm: "sha512",
      hash: Buffer.alloc(64),
      nonce: Buffer.from([1, 44]),
      withCertificate: true,
    });
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["two requests", Buffer.concat([sequence(integer(1), imprint), sequence(integer(1), imprint)])],
    ["no sequence", octetString(hash)],
    ["version 2", sequence(integer(2), imprint)],
    ["no imprint", sequence(integer(1))],
    ["an imprint that is no sequence", sequence(integer(1), octetString(hash))],
    ["SHA-1", sequence(integer(1), sequence(sequence(oid("1.3.14.3.2.26")), octetString(Buffer.alloc(20))))],
    ["a hash of another size", sequence(integer(1), sequence(sequence(oid(SHA512)), octetString(hash)))],
    [
      "parameters that are not null",
      sequence(integer(1), sequence(sequence(oid(SHA256), integer(1)), octetString(hash))),
    ],
    ["more in the imprint", sequence(integer(1), sequence(sequence(oid(SHA256)), octetString(hash), derNull()))],
    ["extensions", sequence(integer(1), imprint, explicit(0, sequence()))],
    ["options in another order", sequence(integer(1), imprint, boolean(true), integer(1))],
    ["a negative nonce", sequence(integer(1), imprint, negative)],
    ["a nonce of 33 bytes", sequence(integer(1), imprint, integer(Buffer.alloc(33, 1)))],
  ])("throws INPUT_INVALID for %s", async (_name, request) => {
    expect(await codeOf(() => parseTimestampRequest(request))).toBe("INPUT_INVALID");
  });
});

describe("parseTimestampJson", () => {
  const json = { artifactHash: hash.toString("base64"), hashAlgorithm: "sha256" };

  it("reads what Sigstore's client sends", () => {
    expect(parseTimestampJson(json)).toEqual({ algorithm: "sha256", hash, withCertificate: false });
    expect(parseTimestampJson({ ...json, certificates: true, nonce: 0 })).toMatchObject({ withCertificate: true });
    expect(parseTimestampJson({ ...json, nonce: 258 }).nonce).toEqual(Buffer.from("00000000000102", "hex"));
  });

  it.each([
    ["another algorithm", { ...json, hashAlgorithm: "md5" }],
    ["a name of Object's", { ...json, hashAlgorithm: "constructor" }],
    ["a hash of another size", { ...json, artifactHash: "AAAA" }],
    ["a hash that is not base64", { ...json, artifactHash: "*" }],
    ["a negative nonce", { ...json, nonce: -1 }],
    ["a broken nonce", { ...json, nonce: 1.5 }],
    ["a wish that is no boolean", { ...json, certificates: "yes" }],
    ["a list", [json]],
  ])("throws INPUT_INVALID for %s", async (_name, request) => {
    expect(await codeOf(() => parseTimestampJson(request))).toBe("INPUT_INVALID");
  });
});
