import { createHash, generateKeyPairSync, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { generateKeyPair } from "../../src/keys/key-pair.ts";
import { isEncryptedKey, keyHint, openPrivateKey } from "../../src/keys/private-key.ts";
import { toPem } from "../../src/keys/pem.ts";
import { SIGN_LIMITS } from "../../src/limits.ts";
import { toMessage } from "../../src/message.ts";
import { encryptedKey } from "./support.ts";

const bytes = Buffer.from("what is signed");
const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
const p256 = ec("P-256");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ed25519 = generateKeyPairSync("ed25519");

const clear = (key: KeyObject, type: "pkcs8" | "sec1" | "pkcs1" = "pkcs8") =>
  key.export({ format: "pem", type } as { format: "pem"; type: "pkcs8" }).toString();
const locked = (key: KeyObject, passphrase = "correct") =>
  key.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase }).toString();
const label = (pem: string, from: string, to: string) => pem.replaceAll(from, to);

describe("openPrivateKey", () => {
  it.each([
    ["P-256 in PKCS #8", p256, clear(p256.privateKey)],
    ["P-256 in SEC 1", p256, clear(p256.privateKey, "sec1")],
    ["RSA in PKCS #1", rsa, clear(rsa.privateKey, "pkcs1")],
    ["RSA in PKCS #8", rsa, clear(rsa.privateKey)],
    ["Ed25519", ed25519, clear(ed25519.privateKey)],
    ["encrypted PKCS #8", p256, locked(p256.privateKey)],
    [
      "a curve before the key, as openssl ecparam writes it",
      p256,
      `${toPem("EC PARAMETERS", Buffer.from("06082a8648ce3d030107", "hex"))}${clear(p256.privateKey, "sec1")}`,
    ],
    ["Windows line ends and space around it", p256, `\r\n${clear(p256.privateKey).replaceAll("\n", "\r\n")} `],
  ])("returns a signer for %s", async (_name, { publicKey }, pem) => {
    const signer = await openPrivateKey(pem, { password: "correct" });
    const { signature, key } = await signer.sign(toMessage(bytes));
    const spki = publicKey.export({ format: "der", type: "spki" });
    expect(verify(publicKey === ed25519.publicKey ? null : "sha256", bytes, publicKey, signature)).toBe(true);
    expect(key).toEqual({ kind: "publicKey", spki, hint: createHash("sha256").update(spki).digest("base64") });
    expect(signer.publicKey).toBe(publicKey.export({ format: "pem", type: "spki" }));
  });

  it.each(["P-384", "P-521"])("signs SHA-256 with %s, as cosign verifies it", async (curve) => {
    const { privateKey, publicKey } = ec(curve);
    const { signature } = await (await openPrivateKey(clear(privateKey))).sign(toMessage(bytes));
    expect(verify("sha256", bytes, publicKey, signature)).toBe(true);
  });

  const other = clear(ec("P-256").privateKey, "sec1");
  it.each([
    ["a public key", p256.publicKey.export({ format: "pem", type: "spki" }).toString()],
    ["an RSA public key", rsa.publicKey.export({ format: "pem", type: "pkcs1" }).toString()],
    ["a certificate's label", label(clear(p256.privateKey), "PRIVATE KEY", "CERTIFICATE")],
    ["OpenSSH's format", label(clear(p256.privateKey), "PRIVATE KEY", "OPENSSH PRIVATE KEY")],
    ["no PEM", "secret"],
    ["nothing", ""],
    ["two keys", clear(p256.privateKey) + clear(p256.privateKey)],
    ["text after the key", `${clear(p256.privateKey)}secret`],
    ["another end than begin", clear(p256.privateKey).replace("END PRIVATE", "END EC PRIVATE")],
    ["what is no base64", clear(p256.privateKey).replace("\nM", "\n!")],
    ["OpenSSL's old encryption", other.replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\n")],
    ["half a key", toPem("PRIVATE KEY", p256.privateKey.export({ format: "der", type: "pkcs8" }).subarray(0, 40))],
    ["a curve that is not signed with", clear(ec("secp256k1").privateKey)],
    ["a short RSA key", clear(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey)],
    ["an RSA-PSS key", clear(generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).privateKey)],
    ["an X25519 key", clear(generateKeyPairSync("x25519").privateKey)],
    ["more than a key can be", clear(p256.privateKey).padEnd(SIGN_LIMITS.maxKeyBytes + 1)],
  ])("throws KEY_INVALID for %s, without repeating it", async (_name, pem) => {
    const opening = openPrivateKey(pem, { password: "correct" });
    await expect(opening).rejects.toMatchObject({ code: "KEY_INVALID" });
    await expect(opening).rejects.not.toHaveProperty("cause");
    await expect(opening).rejects.toMatchObject({ message: expect.not.stringContaining("secret") });
  });

  it("throws KEY_INVALID for a private key that names another's public key", async () => {
    const der = Buffer.from(p256.privateKey.export({ format: "der", type: "pkcs8" }));
    const point = ec("P-256").publicKey.export({ format: "der", type: "spki" }).subarray(-65);
    point.copy(der, der.length - 65);
    await expect(openPrivateKey(toPem("PRIVATE KEY", der))).rejects.toMatchObject({ code: "KEY_INVALID" });
  });

  it.each([["a wrong", "wrong"] as const, ["an empty", ""] as const, ["no", undefined] as const])(
    "throws KEY_INVALID for encrypted PKCS #8 with %s password",
    async (_name, password) => {
      const opening = openPrivateKey(locked(p256.privateKey), password === undefined ? {} : { password });
      await expect(opening).rejects.toMatchObject({ code: "KEY_INVALID", retryable: false });
      await expect(opening).rejects.not.toHaveProperty("cause");
    },
  );

  it("throws KEY_INVALID for encrypted PKCS #8 whose rounds would hold the process, before it computes any", async () => {
    const pem = toPem("ENCRYPTED PRIVATE KEY", encryptedKey(SIGN_LIMITS.maxKeyIterations + 1));
    await expect(openPrivateKey(pem, { password: "correct" })).rejects.toMatchObject({
      code: "KEY_INVALID",
      message: expect.stringContaining(String(SIGN_LIMITS.maxKeyIterations)),
    });
  });
});

describe("isEncryptedKey", () => {
  it("says whether opening takes a password", async () => {
    const { privateKey } = await generateKeyPair({ kind: "P-256", password: "x" });
    expect(isEncryptedKey(privateKey)).toBe(true);
    expect(isEncryptedKey(label(privateKey, "SIGSTORE", "COSIGN"))).toBe(true);
    expect(isEncryptedKey(locked(p256.privateKey))).toBe(true);
    expect(isEncryptedKey(clear(p256.privateKey))).toBe(false);
  });
});

describe("keyHint", () => {
  it("is the base64 of the SHA-256", () => {
    expect(keyHint(Buffer.from("spki"))).toBe(createHash("sha256").update("spki").digest("base64"));
  });
});
