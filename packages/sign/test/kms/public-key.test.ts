import { generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { isSignatureOf, readPublicKey } from "../../src/kms/public-key.ts";
import { crc32c } from "../../src/kms/crc32c.ts";
import { toDerSignature } from "../../src/kms/ecdsa.ts";
import { toMessage } from "../../src/message.ts";
import { checksum } from "./support/google.ts";
import { ecKey, pemOf, rsaKey, signDigest, spkiOf } from "./support/keys.ts";

const DATA = Buffer.from("the artifact\n");
const { digest } = toMessage(DATA);
const read = (key: KeyObject) => readPublicKey({ spki: spkiOf(key) }, "the key");

describe("readPublicKey", () => {
  it.each([
    ["P-256", () => ecKey("P-256").publicKey],
    ["P-384", () => ecKey("P-384").publicKey],
    ["P-521", () => ecKey("P-521").publicKey],
    ["RSA", () => rsaKey(2048).publicKey],
  ])("reads a %s key in each form", (kind, make) => {
    const key = make();
    expect(read(key).kind).toBe(kind);
    expect(readPublicKey({ pem: pemOf(key) }, "it").kind).toBe(kind);
    expect(readPublicKey({ jwk: key.export({ format: "jwk" }) }, "it").kind).toBe(kind);
  });

  it.each<[string, () => KeyObject]>([
    ["Ed25519", () => generateKeyPairSync("ed25519").publicKey],
    ["RSA with 1024 bits", () => rsaKey(1024).publicKey],
    ["RSA-PSS", () => generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey],
    ["secp256k1", () => ecKey("secp256k1").publicKey],
    ["X25519", () => generateKeyPairSync("x25519").publicKey],
  ])("refuses %s", (_, make) => {
    expect(() => read(make())).toThrow(expect.objectContaining({ code: "KEY_INVALID" }));
  });

  it.each([
    ["a private key", () => ecKey().privateKey.export({ format: "pem", type: "pkcs8" }).toString()],
    ["two keys", () => pemOf(ecKey().publicKey) + pemOf(ecKey().publicKey)],
    ["text around the key", () => `hello\n${pemOf(ecKey().publicKey)}`],
    ["nothing", () => ""],
  ])("refuses %s for a PEM public key", (_, make) => {
    expect(() => readPublicKey({ pem: make() }, "it")).toThrow(expect.objectContaining({ code: "KEY_INVALID" }));
  });
});

describe("isSignatureOf", () => {
  it.each([
    ["P-256", () => ecKey("P-256")],
    ["P-384", () => ecKey("P-384")],
    ["P-521", () => ecKey("P-521")],
    ["RSA", () => rsaKey(2048)],
  ])("agrees with Node about %s", async (_, make) => {
    const { privateKey, publicKey } = make();
    const signature = sign("sha256", DATA, privateKey);
    const key = read(publicKey);
    expect(await isSignatureOf(digest, signature, key)).toBe(true);
    expect(await isSignatureOf(digest, signDigest(digest, privateKey), key)).toBe(true);
    expect(await isSignatureOf(digest, signature, read(make().publicKey))).toBe(false);
    expect(await isSignatureOf(toMessage(Buffer.from("x")).digest, signature, key)).toBe(false);
    expect(await isSignatureOf(digest, signature.subarray(1), key)).toBe(false);
    expect(await isSignatureOf(digest, Buffer.concat([signature, Buffer.alloc(1)]), key)).toBe(false);
    expect(await isSignatureOf(digest, new Uint8Array(), key)).toBe(false);
    const flipped = Buffer.from(signature);
    flipped.writeUInt8(flipped.readUInt8(flipped.length - 1) ^ 1, flipped.length - 1);
    expect(await isSignatureOf(digest, flipped, key)).toBe(false);
  });

  it("refuses an RSA signature whose leading zero is left out", async () => {
    const { privateKey, publicKey } = rsaKey();
    for (let number = 0; ; number += 1) {
      const message = toMessage(Buffer.from(String(number)));
      const signature = signDigest(message.digest, privateKey);
      if (signature[0] !== 0) continue;
      expect(await isSignatureOf(message.digest, signature, read(publicKey))).toBe(true);
      expect(await isSignatureOf(message.digest, signature.subarray(1), read(publicKey))).toBe(false);
      return;
    }
  });

  it("refuses RSA with SHA-512 and RSA-PSS", async () => {
    const { privateKey, publicKey } = rsaKey();
    const pss = sign("sha256", DATA, { key: privateKey, padding: 6, saltLength: 32 });
    expect(await isSignatureOf(digest, sign("sha512", DATA, privateKey), read(publicKey))).toBe(false);
    expect(await isSignatureOf(digest, pss, read(publicKey))).toBe(false);
  });
});

describe("toDerSignature", () => {
  it.each([
    ["0000000000000001", "ff00000000000000", "300e020101020900ff00000000000000"],
    ["0000000000000000", "0000000000000080", "300702010002020080"],
    ["7f00000000000000", "0080000000000000", "301402087f0000000000000002080080000000000000"],
  ])("writes %s and %s in the fewest bytes", (r, s, der) => {
    expect(Buffer.from(toDerSignature(Buffer.from(r + s, "hex"), 8) ?? []).toString("hex")).toBe(der);
  });

  it("refuses another length", () => {
    expect(toDerSignature(new Uint8Array(63), 32)).toBeUndefined();
  });
});

describe("crc32c", () => {
  it("gives the checksums of the standard", () => {
    expect(crc32c(Buffer.from("123456789"))).toBe(String(0xe3069283));
    expect(crc32c(new Uint8Array(32))).toBe(String(0x8a9136aa));
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(String(0x62a8ab43));
    expect(checksum(Buffer.from("123456789"))).toBe(crc32c(Buffer.from("123456789")));
  });
});
