import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { checkPbes2 } from "../../src/keys/pbes2.ts";
import { SIGN_LIMITS } from "../../src/limits.ts";
import { element, encryptedKey, integer, scryptKey, sequence } from "./support.ts";

describe("checkPbes2", () => {
  it("takes what OpenSSL writes, and as many rounds as the cap", () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const pem = privateKey.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "x" }).toString();
    expect(() => {
      checkPbes2(Buffer.from(pem.replace(/-.*-/g, ""), "base64"));
      checkPbes2(encryptedKey(SIGN_LIMITS.maxKeyIterations));
      checkPbes2(scryptKey(16_384, 8, 1));
    }).not.toThrow();
  });

  const deep = Array.from({ length: 20 }).reduce((inner: Buffer) => sequence(inner), integer(1));
  it.each([
    ["more rounds than the cap", encryptedKey(SIGN_LIMITS.maxKeyIterations + 1)],
    ["scrypt with a p that takes hours", scryptKey(16_384, 8, 1_000_000)],
    ["rounds beyond any number", sequence(sequence(element(0x02, Buffer.alloc(200, 0x7f))))],
    ["nothing", Buffer.alloc(0)],
    ["a tag alone", Buffer.from([0x30])],
    ["a length beyond the end", Buffer.from([0x30, 5, 1])],
    ["a length of lengths beyond the end", Buffer.from([0x30, 0x84, 1])],
    ["a length of five bytes", Buffer.from([0x30, 0x85, 0, 0, 0, 0, 0])],
    ["an open length", Buffer.from([0x30, 0x80, 0, 0])],
    ["sequences without end", sequence(deep)],
  ])("throws KEY_INVALID for %s", (_name, der) => {
    expect(() => {
      checkPbes2(der);
    }).toThrow(expect.objectContaining({ code: "KEY_INVALID" }));
  });
});
