import { createPublicKey, generateKeyPairSync } from "node:crypto";

import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { derInteger } from "../../../src/builtins/x509/der-write.ts";
import { rsaPrivateKey } from "../../../src/builtins/x509/rsa-key.ts";
import { RegoObject } from "../../../src/values/values.ts";
import type { RegoValue } from "../../../src/values/values.ts";
import { call } from "../../support/builtins.ts";
import * as make from "./certificate-maker.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const p224 = generateKeyPairSync("ec", { namedCurve: "secp224r1" }).privateKey;
const ed = make.namedKey("ed");
const pkcs8 = (key: typeof rsa): string => String(key.export({ format: "pem", type: "pkcs8" }));

function fieldOf(value: RegoValue, name: string): RegoValue | undefined {
  return value instanceof RegoObject ? value.entries.find(([key]) => key === name)?.[1] : undefined;
}

describe("crypto.x509.parse_rsa_private_key", () => {
  it.each([
    ["PKCS #1", String(rsa.export({ format: "pem", type: "pkcs1" })), rsa],
    ["PKCS #8", pkcs8(rsa), rsa],
    ["an EC key by itself", String(ec.export({ format: "pem", type: "sec1" })), ec],
    ["Ed25519", pkcs8(ed), ed],
  ])("gives the JSON Web Key of %s", async (_what, pem, key) => {
    const jwk = new RegoObject(Object.entries(key.export({ format: "jwk" })) as [string, string][]);
    expect(await call("crypto.x509.parse_rsa_private_key", pem)).toEqual(jwk);
    expect(await call("crypto.x509.parse_rsa_private_key", Buffer.from(pem).toString("base64"))).toEqual(jwk);
  });

  it("gives null for blocks without a private key", async () => {
    const pem = make.pem("PUBLIC KEY", make.spkiOf(ed));
    expect(await call("crypto.x509.parse_rsa_private_key", pem)).toBeNull();
  });

  it.each([
    ["nothing", ""],
    ["what is no base64", "?"],
    ["a curve that has no JSON Web Key", pkcs8(p224)],
    ["an encrypted key", make.pem("PRIVATE KEY", Buffer.from("3000", "hex"))],
    ["no string", null],
  ])("refuses %s", async (_what, text) => {
    await expect(call("crypto.x509.parse_rsa_private_key", text)).rejects.toThrow(BuiltinError);
  });
});

describe("crypto.parse_private_keys", () => {
  it("prints all keys, and passes other blocks over", async () => {
    const text = `${pkcs8(rsa)}${make.pem("CERTIFICATE", Buffer.alloc(3))}${pkcs8(ec)}${pkcs8(ed)}`;
    const keys = (await call("crypto.parse_private_keys", text)) as RegoValue[];
    expect(keys).toHaveLength(3);
    expect(fieldOf(keys[0] ?? null, "E")).toBe(65_537n);
    expect(fieldOf(keys[1] ?? null, "Curve")).toEqual(new RegoObject([]));
    expect(Buffer.from(keys[2] as string, "base64")).toHaveLength(64);
  });

  it.each<[string, RegoValue]>([
    ["", null],
    ["no keys", []],
    [pkcs8(ed).replace("END", "FIN"), []],
  ])("answers %j", async (text, answer) => {
    expect(await call("crypto.parse_private_keys", text)).toEqual(answer);
  });

  const edKey = (seed: number): Buffer =>
    make.sequence(derInteger(0n), make.sequence(make.oid("1.3.101.112")), make.octets(make.octets(Buffer.alloc(seed))));
  const ecKey = (version: bigint, scalar: Buffer): Buffer =>
    make.sequence(derInteger(version), make.octets(scalar), Buffer.from("a00a06082a8648ce3d030107", "hex"));

  it("takes an EC key with zeros before it", async () => {
    expect(
      await call(
        "crypto.parse_private_keys",
        make.pem("EC PRIVATE KEY", ecKey(1n, Buffer.concat([Buffer.alloc(5), Buffer.alloc(32, 1)]))),
      ),
    ).toHaveLength(1);
  });

  it.each([
    ["a seed that is too short", make.pem("PRIVATE KEY", edKey(31))],
    [
      "an unknown algorithm",
      make.pem("PRIVATE KEY", make.sequence(derInteger(0n), make.sequence(make.oid("1.2.3")), make.octets())),
    ],
    ["an EC key of version 2", make.pem("EC PRIVATE KEY", ecKey(2n, Buffer.alloc(32, 1)))],
    ["an EC key that is zero", make.pem("EC PRIVATE KEY", ecKey(1n, Buffer.alloc(32)))],
    ["an EC key beyond the order", make.pem("EC PRIVATE KEY", ecKey(1n, Buffer.alloc(32, 0xff)))],
    ["an EC key that is too long", make.pem("EC PRIVATE KEY", ecKey(1n, Buffer.alloc(33, 1)))],
    [
      "an EC key without a curve",
      make.pem("EC PRIVATE KEY", make.sequence(derInteger(1n), make.octets(Buffer.alloc(32, 1)))),
    ],
    ["a key under another's name", make.pem("RSA PRIVATE KEY", edKey(32))],
    ["one bad key after a good one", pkcs8(ed) + make.pem("PRIVATE KEY", edKey(31))],
  ])("refuses %s", async (_what, text) => {
    await expect(call("crypto.parse_private_keys", text)).rejects.toThrow(BuiltinError);
  });
});

describe("rsaPrivateKey", () => {
  const [p, q, e] = [2n ** 521n - 1n, 2n ** 607n - 1n, 65_537n];
  const n = p * q;
  const inverse = (value: bigint, modulus: bigint): bigint => {
    let [a, b, x, y] = [modulus, value % modulus, 0n, 1n];
    while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
    return ((x % modulus) + modulus) % modulus;
  };
  const d = inverse(e, (p - 1n) * (q - 1n));
  const crt = { dp: d % (p - 1n), dq: d % (q - 1n), qInverse: inverse(q, p) };

  it("takes parts that belong together, and works out what is missing", () => {
    expect(rsaPrivateKey({ n, e, d, primes: [p, q] }, crt).crt).toEqual(crt);
    expect(rsaPrivateKey({ n, e, d, primes: [p, q] }, {}).crt).toEqual(crt);
  });

  it.each([
    ["an even modulus", { n: n + 1n, e, d, primes: [p, q] }, crt],
    ["an even exponent", { n, e: e + 1n, d, primes: [p, q] }, crt],
    ["an exponent of one", { n, e: 1n, d, primes: [p, q] }, crt],
    ["an exponent of 32 bits", { n, e: 2n ** 31n + 1n, d, primes: [p, q] }, crt],
    ["a private exponent beyond the modulus", { n, e, d: d + n, primes: [p, q] }, crt],
    ["primes of another modulus", { n: n + 2n, e, d, primes: [p, q] }, crt],
    ["a wrong dP", { n, e, d, primes: [p, q] }, { ...crt, dp: crt.dp + 1n }],
    ["a wrong dQ", { n, e, d, primes: [p, q] }, { ...crt, dq: crt.dq + 1n }],
    ["a wrong qInv", { n, e, d, primes: [p, q] }, { ...crt, qInverse: crt.qInverse + 1n }],
    ["another private exponent", { n, e, d: d + 2n, primes: [p, q] }, crt],
    ["a small private exponent", { n, e: inverse(3n, (p - 1n) * (q - 1n)), d: 3n, primes: [p, q] }, {}],
  ])("refuses %s", (_what, parts, given) => {
    expect(() => rsaPrivateKey(parts, given)).toThrow(BuiltinError);
  });

  it("stops at keys that nothing signs with", () => {
    expect(() => rsaPrivateKey({ n: 2n ** 16_384n + 1n, e, d, primes: [p, q] }, {})).toThrow(RangeError);
  });
});

describe("crypto.x509.parse_keypair", () => {
  const certificate = make.makeCertificate({ subject: "ed", key: ed });

  it.each([
    ["PEM", make.pemChain(certificate), pkcs8(ed)],
    [
      "base64 of PEM",
      Buffer.from(make.pemChain(certificate)).toString("base64"),
      Buffer.from(pkcs8(ed)).toString("base64"),
    ],
    ["base64 of DER", certificate.toString("base64"), ed.export({ format: "der", type: "pkcs8" }).toString("base64")],
    [
      "PEM among other blocks",
      make.pem("X", certificate) + make.pemChain(certificate),
      make.pem("X", certificate) + pkcs8(ed),
    ],
  ])("reads %s", async (_what, certificateText, keyText) => {
    const pair = await call("crypto.x509.parse_keypair", certificateText, keyText);
    expect(fieldOf(pair, "Certificate")).toEqual([certificate.toString("base64")]);
    expect(fieldOf(pair, "OCSPStaple")).toBeNull();
    expect(fieldOf(fieldOf(pair, "Leaf") ?? null, "Version")).toBe(3n);
  });

  it.each([
    ["another key", make.pemChain(certificate), pkcs8(make.namedKey("other"))],
    ["a key of another kind", make.pemChain(certificate), pkcs8(ec)],
    ["no key", make.pemChain(certificate), make.pemChain(certificate)],
    ["no certificate", pkcs8(ed), pkcs8(ed)],
    ["a broken certificate", make.pem("CERTIFICATE", certificate.subarray(1)), pkcs8(ed)],
    ["a broken key", make.pemChain(certificate), make.pem("PRIVATE KEY", Buffer.alloc(3))],
    ["what is no base64", "?", pkcs8(ed)],
  ])("refuses %s", async (_what, certificateText, keyText) => {
    await expect(call("crypto.x509.parse_keypair", certificateText, keyText)).rejects.toThrow(BuiltinError);
  });

  it("refuses what are no strings", async () => {
    await expect(call("crypto.x509.parse_keypair", 1n, pkcs8(ed))).rejects.toThrow(BuiltinError);
    await expect(call("crypto.x509.parse_keypair", make.pemChain(certificate), 1n)).rejects.toThrow(BuiltinError);
  });

  it("takes the RSA key that belongs to its certificate alone", async () => {
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const text = make.pemChain(
      make.makeCertificate({ spki: createPublicKey(rsa).export({ format: "der", type: "spki" }) }),
    );
    expect(await call("crypto.x509.parse_keypair", text, pkcs8(rsa))).toBeInstanceOf(RegoObject);
    await expect(call("crypto.x509.parse_keypair", text, pkcs8(other))).rejects.toThrow(BuiltinError);
  });
});
