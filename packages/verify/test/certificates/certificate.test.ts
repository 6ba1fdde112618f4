import { describe, expect, it } from "@jest/globals";
import { parseCertificate } from "../../src/certificates/certificate.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { boolean, explicit, octets, oid, sequence } from "../support/asn1.ts";
import { basicConstraints, keyUsage } from "../support/certificates.ts";
import { keys, leaf, leafExtensions, NOW, MINUTE } from "../support/world.ts";
import { spkiOf } from "../support/certificates.ts";

const bare = { scts: () => [] } as const;

/** The good leaf after a change to its hex. */
function bent(from: string, to: string): Buffer {
  const hex = leaf(bare).toString("hex");
  expect(hex).toContain(from);
  return Buffer.from(hex.replace(from, to), "hex");
}

describe("parseCertificate", () => {
  it("returns the fields", () => {
    const certificate = parseCertificate(leaf(bare));
    expect(certificate).toMatchObject({ notBefore: NOW - MINUTE, notAfter: NOW + 9 * MINUTE });
    expect(certificate.publicKey.spki).toEqual(spkiOf(keys.signer));
    expect(certificate.extensions.get("2.5.29.15")?.critical).toBe(true);
    expect(certificate.extensions.get("2.5.29.37")?.critical).toBe(false);
  });

  const spelledOut = sequence(oid("2.5.29.15"), boolean(false), octets(Buffer.from("03020780", "hex")));
  const tooLong = sequence(oid("2.5.29.15"), boolean(true), octets(Buffer.alloc(1)), octets(Buffer.alloc(1)));
  it.each<[string, Buffer]>([
    ["is of version 1", leaf({ ...bare, version: 0 })],
    ["names two signature algorithms", leaf({ ...bare, outerAlgorithm: "1.2.840.10045.4.3.3" })],
    ["has an extension twice", leaf({ ...bare, extensions: [...leafExtensions, keyUsage(0)] })],
    ["spells out that an extension is not critical", leaf({ ...bare, extensions: [spelledOut] })],
    ["has an extension with four parts", leaf({ ...bare, extensions: [tooLong] })],
    ["has an extension with one part", leaf({ ...bare, extensions: [sequence(octets(Buffer.alloc(1)))] })],
    ["has something else among its extensions", leaf({ ...bare, extensions: [explicit(0)] })],
    ["has the identifiers of X.509 v2", bent("a381", "a181")],
    ["has a key on an unknown curve", bent("2a8648ce3d030107", "2a8648ce3d030108")],
    ["has a serial number that is not minimal", bent("020105", "020005")],
    ["is a key", spkiOf(keys.signer)],
    ["goes on after its end", Buffer.concat([leaf(bare), Buffer.alloc(1)])],
    ["is empty", Buffer.alloc(0)],
  ])("when it %s throws", (_, der) => {
    expect(() => parseCertificate(der)).toThrow();
  });

  it("when it has a field after its signature throws", () => {
    const [tbs, algorithm, signature] = parts(leaf(bare));
    const longer = sequence(tbs, algorithm, signature, basicConstraints(false));
    expect(() => parseCertificate(sequence(tbs, algorithm, signature))).not.toThrow();
    expect(() => parseCertificate(longer)).toThrow(MalformedError);
  });
});

/** The three values of a certificate, cut by their two-byte lengths. */
function parts(der: Buffer): [Buffer, Buffer, Buffer] {
  const tbsEnd = 4 + 4 + der.readUInt16BE(6);
  const algorithmEnd = tbsEnd + 2 + (der[tbsEnd + 1] ?? 0);
  return [der.subarray(4, tbsEnd), der.subarray(tbsEnd, algorithmEnd), der.subarray(algorithmEnd)];
}
