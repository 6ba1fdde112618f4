import { createPublicKey } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { cosignLimits, keyPairWarnings } from "../../src/keys/cosign-limits.ts";
import { keyFacts } from "../../src/keys/key-kind.ts";
import { generateKeyPair, KEY_FORMATS, KEY_PAIR_KINDS } from "../../src/keys/key-pair.ts";
import { openPrivateKey } from "../../src/keys/private-key.ts";

describe("generateKeyPair", () => {
  it.each(KEY_PAIR_KINDS.filter((kind) => kind !== "RSA-4096"))("makes a pair of the kind %s", async (kind) => {
    const { privateKey, publicKey } = await generateKeyPair({ kind, password: "x" });
    expect(privateKey).toContain("ENCRYPTED SIGSTORE");
    expect((await openPrivateKey(privateKey, { password: "x" })).publicKey).toBe(publicKey);
    expect(keyFacts(createPublicKey(publicKey)).name).toBe(kind);
  });

  it.each(KEY_FORMATS)("writes the private key as %s", async (format) => {
    const { privateKey, publicKey } = await generateKeyPair({ kind: "P-256", password: "x", format });
    expect((await openPrivateKey(privateKey, { password: "x" })).publicKey).toBe(publicKey);
    expect(privateKey.includes("ENCRYPTED")).toBe(format !== "pkcs8");
  });

  it("throws CONFIG_INVALID for encrypted PKCS #8 under an empty password", async () => {
    const making = generateKeyPair({ kind: "P-256", password: "", format: "encrypted-pkcs8" });
    await expect(making).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("cosignLimits", () => {
  it("names an Ed25519 message in a log, and nothing else", () => {
    expect(cosignLimits("Ed25519", "message", true)).toContain("Ed25519");
    expect(cosignLimits("Ed25519", "message", false)).toBeUndefined();
    expect(cosignLimits("Ed25519", "statement", true)).toBeUndefined();
    expect(cosignLimits("P-384", "message", true)).toBeUndefined();
  });
});

describe("keyPairWarnings", () => {
  it.each([
    ["P-256", 0],
    ["RSA-3072", 0],
    ["P-384", 2],
    ["P-521", 2],
    ["Ed25519", 2],
  ] as const)("has for %s %i sentences", (name, count) => {
    const kind = name === "RSA-3072" ? "RSA" : name;
    const warnings = keyPairWarnings({ kind, name });
    expect(warnings).toHaveLength(count);
    expect(warnings.every((warning) => warning.includes(name))).toBe(true);
  });
});
