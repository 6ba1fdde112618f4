import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { parseTrustedRoot } from "../../src/index.ts";
import { parseTimestampResponse } from "../../src/time/timestamp-token.ts";
import { verifyTimestamps } from "../../src/time/timestamps.ts";
import { der, explicit, integer, nothing, octets, oid, sequence, set } from "../support/asn1.ts";
import { causeOf } from "../support/expect.ts";
import type { TokenSpec } from "../support/timestamps.ts";
import { certificates, NOW, rootJson, sha256, token } from "../support/world.ts";

const signature = Buffer.from("a signature");
const { timestampAuthorities } = parseTrustedRoot(JSON.stringify(rootJson()));
const times = (spec: Partial<TokenSpec>): readonly number[] =>
  verifyTimestamps([token(signature, spec)], signature, timestampAuthorities).map(({ time }) => time.timeMs);
const failing = (spec: Partial<TokenSpec>): unknown => causeOf(() => times(spec));

const V1 = "1.2.840.113549.1.9.16.2.12";
const V2 = "1.2.840.113549.1.9.16.2.47";
const OIDS = { sha256: "2.16.840.1.101.3.4.2.1", sha384: "2.16.840.1.101.3.4.2.2", sha512: "2.16.840.1.101.3.4.2.3" };
const hash = (algorithm: string): Buffer => createHash(algorithm).update(certificates.tsa).digest();
const attribute = (id: string, ...values: readonly Buffer[]): Buffer => sequence(oid(id), set(...values));
/** SigningCertificate or its second version, with one certificate by these fields. */
const named = (id: string, ...fields: readonly Buffer[]): Buffer =>
  attribute(id, sequence(sequence(sequence(...fields))));

describe("the certificate that a token names", () => {
  it.each<[string, Buffer]>([
    ["SHA-256 unsaid", named(V2, octets(hash("sha256")))],
    ["SHA-256", named(V2, sequence(oid(OIDS.sha256)), octets(hash("sha256")))],
    ["SHA-384", named(V2, sequence(oid(OIDS.sha384)), octets(hash("sha384")))],
    ["SHA-512", named(V2, sequence(oid(OIDS.sha512), nothing()), octets(hash("sha512")))],
    ["SHA-1, in the first version", named(V1, octets(hash("sha1")))],
  ])("when it is named by %s accepts the token", (_, certificateAttribute) => {
    expect(times({ certificateAttribute })).toEqual([NOW]);
  });

  it.each<[string, Buffer]>([
    ["another hash than said", named(V2, sequence(oid(OIDS.sha384)), octets(hash("sha256")))],
    ["SHA-1 in the second version", named(V2, octets(hash("sha1")))],
    ["SHA-1 by name", named(V2, sequence(oid("1.3.14.3.2.26")), octets(hash("sha1")))],
    ["SHA-256 in the first version", named(V1, octets(hash("sha256")))],
    ["an algorithm in the first version", named(V1, sequence(oid(OIDS.sha256)), octets(hash("sha256")))],
    ["an algorithm without a hash", named(V2, sequence(oid(OIDS.sha256)))],
    ["nothing", named(V2)],
    ["no certificate", attribute(V2, sequence(sequence()))],
  ])("when it is named by %s throws", (_, certificateAttribute) => {
    expect(failing({ certificateAttribute })).toBeInstanceOf(MalformedError);
  });
});

describe("the attributes of a token", () => {
  const good = named(V2, octets(hash("sha256")));
  const value = sequence(sequence(sequence(octets(hash("sha256")))));
  it.each<[string, Buffer]>([
    ["stands there twice", Buffer.concat([good, good])],
    ["has something behind its values", sequence(oid(V2), set(value), set(value))],
    ["has two values", attribute(V2, value, value)],
    ["has no value", attribute(V2)],
  ])("when one %s throws", (_, certificateAttribute) => {
    expect(failing({ certificateAttribute })).toBeInstanceOf(MalformedError);
  });
});

describe("the algorithms of a token", () => {
  it.each<[string, Buffer]>([
    ["is absent", sequence()],
    ["has a NULL with content", sequence(oid(OIDS.sha256), der(0x05, Buffer.alloc(1)))],
    ["has two parameters", sequence(oid(OIDS.sha256), nothing(), nothing())],
    ["has other parameters", sequence(oid(OIDS.sha256), octets())],
  ])("when one %s throws", (_, algorithm) => {
    expect(failing({ listedAlgorithm: algorithm })).toBeInstanceOf(MalformedError);
    expect(failing({ digestAlgorithm: algorithm })).toBeInstanceOf(MalformedError);
  });

  it.each(["sha384", "sha512"] as const)("when the imprint is a %s accepts the token", (algorithm) => {
    const imprint = createHash(algorithm).update(signature).digest();
    expect(times({ imprint, imprintAlgorithm: sequence(oid(OIDS[algorithm])) })).toEqual([NOW]);
  });
});

describe("the form of a token", () => {
  const response = (...signedData: readonly Buffer[]): Buffer =>
    sequence(sequence(integer(0)), sequence(oid("1.2.840.113549.1.7.2"), explicit(0, sequence(...signedData))));
  it.each<[string, Buffer]>([
    ["has no token", sequence(sequence(integer(0)))],
    ["has empty signed data", response()],
    ["has a version and algorithms alone", response(integer(3), set(sequence(oid(OIDS.sha256))))],
    ["has a note beside its status", sequence(sequence(integer(0), sequence()), sequence())],
    ["has something behind its token", sequence(sequence(integer(0)), sequence(), sequence())],
  ])("when it %s throws", (_, bytes) => {
    expect(() => parseTimestampResponse(bytes)).toThrow(MalformedError);
  });

  it("when it has two signers throws", () => {
    expect(failing({ signers: 2 })).toBeInstanceOf(MalformedError);
  });

  it("when it has an accuracy and a nonce accepts it", () => {
    expect(times({ afterTime: [sequence(integer(1)), integer(5)] })).toEqual([NOW]);
  });
});

describe("verifyTimestamps", () => {
  it("when an authority without certificates is among them passes it over", () => {
    const [known] = timestampAuthorities;
    const authorities = known === undefined ? [] : [{ ...known, certificates: [] }, known];
    expect(verifyTimestamps([token(signature)], signature, authorities)).toHaveLength(1);
    expect(causeOf(() => verifyTimestamps([token(signature)], signature, authorities.slice(0, 1)))).toBeInstanceOf(
      MalformedError,
    );
  });

  it("when there is no token proves no time", () => {
    expect(verifyTimestamps([], signature, timestampAuthorities)).toEqual([]);
  });

  it("when the token is over other bytes throws", () => {
    expect(failing({ imprint: sha256(Buffer.from("x")) })).toBeInstanceOf(MalformedError);
  });
});
