import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { generateKeyPair } from "../../src/keys/key-pair.ts";
import { openPrivateKey } from "../../src/keys/private-key.ts";
import { toPem } from "../../src/keys/pem.ts";

interface Sealed {
  kdf: { name: string; params: Record<string, unknown>; salt: string };
  cipher: { name: string; nonce: string };
  ciphertext: string;
}

const LABEL = "ENCRYPTED SIGSTORE PRIVATE KEY";
let pem = "";
let publicKey = "";

const sealedOf = (text: string) => JSON.parse(Buffer.from(text.replace(/-.*-/g, ""), "base64").toString()) as Sealed;
const bent = (change: (sealed: Sealed) => unknown) => {
  const sealed = sealedOf(pem);
  const changed = change(sealed);
  return toPem(LABEL, Buffer.from(JSON.stringify(changed ?? sealed)));
};

beforeAll(async () => {
  ({ privateKey: pem, publicKey } = await generateKeyPair({ kind: "P-256", password: "correct" }));
});

describe("decryptCosignKey", () => {
  it.each([LABEL, "ENCRYPTED COSIGN PRIVATE KEY"])("opens %s with its password", async (label) => {
    const signer = await openPrivateKey(pem.replaceAll(LABEL, label), { password: Buffer.from("correct") });
    expect(signer.publicKey).toBe(publicKey);
  });

  it("opens a key whose password is empty", async () => {
    const pair = await generateKeyPair({ kind: "P-256", password: "" });
    expect((await openPrivateKey(pair.privateKey, { password: "" })).publicKey).toBe(pair.publicKey);
  });

  it.each([
    ["a wrong password", () => pem, "wrong"],
    ["no password", () => pem, undefined],
    ["a ciphertext with another bit", () => bent((it) => void (it.ciphertext = flipped(it.ciphertext))), "correct"],
    ["another salt", () => bent((it) => void (it.kdf.salt = flipped(it.kdf.salt))), "correct"],
    ["a ciphertext that is cut off", () => bent((it) => void (it.ciphertext = "AAAA")), "correct"],
    ["no ciphertext", () => bent(({ kdf, cipher }) => ({ kdf, cipher })), "correct"],
    ["an unknown field", () => bent((it) => ({ ...it, more: 1 })), "correct"],
    ["another kdf", () => bent((it) => void (it.kdf.name = "argon2")), "correct"],
    ["another cipher", () => bent((it) => void (it.cipher.name = "none")), "correct"],
    ["a nonce that is cut off", () => bent((it) => void (it.cipher.nonce = "AAAA")), "correct"],
    ["no scrypt parameters", () => bent((it) => void (it.kdf.params = {})), "correct"],
    ["scrypt's N cut off", () => bent((it) => Reflect.deleteProperty(it.kdf.params, "N") && it), "correct"],
    ["an N that is no power of two", () => bent((it) => void (it.kdf.params["N"] = 65_535)), "correct"],
    ["an N of one", () => bent((it) => void (it.kdf.params["N"] = 1)), "correct"],
    ["an N that takes 2 GiB", () => bent((it) => void (it.kdf.params["N"] = 2 ** 21)), "correct"],
    ["an N beyond all memory", () => bent((it) => void (it.kdf.params["N"] = 2 ** 50)), "correct"],
    ["an r that takes 2 GiB", () => bent((it) => void (it.kdf.params["r"] = 256)), "correct"],
    ["an N too large for its r", () => bent((it) => void Object.assign(it.kdf.params, { N: 65_536, r: 1 })), "correct"],
    [
      "an r that takes a third too much",
      () => bent((it) => void Object.assign(it.kdf.params, { N: 2, r: 2 ** 20 })),
      "correct",
    ],
    ["an r of zero", () => bent((it) => void (it.kdf.params["r"] = 0)), "correct"],
    ["a p that takes minutes", () => bent((it) => void (it.kdf.params["p"] = 1000)), "correct"],
    ["a p of zero", () => bent((it) => void (it.kdf.params["p"] = 0)), "correct"],
    ["an N that is text", () => bent((it) => void (it.kdf.params["N"] = "65536")), "correct"],
    ["a salt that is no base64", () => bent((it) => void (it.kdf.salt = "!")), "correct"],
    ["no JSON", () => toPem(LABEL, Buffer.from("secret")), "correct"],
    ["a list", () => toPem(LABEL, Buffer.from("[]")), "correct"],
  ])("throws KEY_INVALID for %s", async (_name, make, password) => {
    const opening = openPrivateKey(make(), password === undefined ? {} : { password });
    await expect(opening).rejects.toMatchObject({ code: "KEY_INVALID" });
    await expect(opening).rejects.toMatchObject({ message: expect.not.stringContaining("correct") });
  });

  it("throws KEY_INVALID for a sealed text that is no key", async () => {
    const { encryptCosignKey } = await import("../../src/keys/cosign-key.ts");
    const text = await encryptCosignKey(Buffer.from("no key"), Buffer.from("correct"));
    await expect(openPrivateKey(text, { password: "correct" })).rejects.toMatchObject({ code: "KEY_INVALID" });
  });
});

describe("encryptCosignKey", () => {
  it("writes cosign's parameters, and another salt and nonce each time", async () => {
    const { encryptCosignKey } = await import("../../src/keys/cosign-key.ts");
    const der = generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" });
    const [one, two] = await Promise.all([1, 2].map(() => encryptCosignKey(der, Buffer.from("x"))));
    const [first, second] = [sealedOf(one ?? ""), sealedOf(two ?? "")];
    expect(first.kdf).toMatchObject({ name: "scrypt", params: { N: 65_536, r: 8, p: 1 } });
    expect(Buffer.from(first.kdf.salt, "base64")).toHaveLength(32);
    expect(Buffer.from(first.cipher.nonce, "base64")).toHaveLength(24);
    expect([first.kdf.salt, first.cipher.nonce]).not.toEqual([second.kdf.salt, second.cipher.nonce]);
  });
});

function flipped(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString("base64");
}
