import { describe, expect, it } from "@jest/globals";
import { generateKeyPair } from "../../src/keys/key-pair.ts";
import type { KeyFacts } from "../../src/keys/key-kind.ts";
import { openPrivateKey } from "../../src/keys/private-key.ts";
import { checkLoggable, keyDetailsOf, logLimit } from "../../src/services/log-keys.ts";
import { rekorWitness } from "../../src/services/rekor.ts";
import { signBlob, signStatement } from "../../src/sign.ts";

const P256: KeyFacts = { kind: "P-256", name: "P-256" };
const P384: KeyFacts = { kind: "P-384", name: "P-384" };
const ED25519: KeyFacts = { kind: "Ed25519", name: "Ed25519" };
const rsa = (bits: number): KeyFacts => ({ kind: "RSA", name: `RSA-${bits}` });

describe("keyDetailsOf", () => {
  it("names the key and its hash as Sigstore's registry does", () => {
    expect([P256, rsa(2048), rsa(3072), rsa(4096), rsa(8192), P384, ED25519].map(keyDetailsOf)).toEqual([
      "PKIX_ECDSA_P256_SHA_256",
      "PKIX_RSA_PKCS1V15_2048_SHA256",
      "PKIX_RSA_PKCS1V15_3072_SHA256",
      "PKIX_RSA_PKCS1V15_4096_SHA256",
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("logLimit", () => {
  it.each([P256, rsa(2048), rsa(4096)])("is none for $name", (key) => {
    expect(logLimit(key, "message", 1)).toBeUndefined();
    expect(logLimit(key, "message", 2)).toBeUndefined();
    expect(logLimit(key, "statement", 2)).toBeUndefined();
  });

  it.each([P384, rsa(2560), ED25519])("names $name, whose statements only a v1 log takes", (key) => {
    expect(logLimit(key, "message", 1)).toContain(key.name);
    expect(logLimit(key, "message", 2)).toContain(key.name);
    expect(logLimit(key, "statement", 2)).toContain(key.name);
    expect(logLimit(key, "statement", 1)).toBeUndefined();
    expect(() => {
      checkLoggable(key, "message", 1);
    }).toThrow(expect.objectContaining({ code: "KEY_INVALID" }));
  });
});

describe("signBlob and signStatement, with a log that does not take the key", () => {
  it.each([
    ["a message", signBlob, 1],
    ["a statement", signStatement, 2],
  ] as const)("throw KEY_INVALID for %s before anyone is asked", async (_name, signIt, version) => {
    const { privateKey } = await generateKeyPair({ kind: "P-384", password: "", format: "pkcs8" });
    const signer = { ...(await openPrivateKey(privateKey)), sign: () => Promise.reject(new Error("was asked")) };
    const witness = rekorWitness("http://127.0.0.1:9", version, { timeoutMs: 1, retries: 0 });
    await expect(signIt(Buffer.from("{}"), { signer, witnesses: [witness] })).rejects.toMatchObject({
      code: "KEY_INVALID",
    });
  });
});
