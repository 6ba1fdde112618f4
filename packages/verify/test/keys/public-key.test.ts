import { createHash, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { isSignedDigest } from "../../src/keys/prehashed.ts";
import { parsePublicKey } from "../../src/index.ts";
import { isSignedBy } from "../../src/keys/signature.ts";
import { codeOf } from "../support/expect.ts";

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const pairs: Readonly<Record<string, Pair>> = {
  "P-256": generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "P-384": generateKeyPairSync("ec", { namedCurve: "P-384" }),
  "P-521": generateKeyPairSync("ec", { namedCurve: "P-521" }),
  RSA: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  Ed25519: generateKeyPairSync("ed25519"),
};
const kinds = Object.entries(pairs);
const pemOf = (key: KeyObject): string => key.export({ format: "pem", type: "spki" }).toString();
const toPem = (der: Buffer): string =>
  `-----BEGIN PUBLIC KEY-----\n${der.toString("base64").replace(/.{64}(?=.)/g, "$&\n")}\n-----END PUBLIC KEY-----\n`;
const message = Buffer.from("a message");
const digest = createHash("sha256").update(message).digest();

describe("parsePublicKey", () => {
  it.each(kinds)("when the key is %s returns it with its hint", (kind, { publicKey }) => {
    const key = parsePublicKey(pemOf(publicKey));
    const hint = createHash("sha256")
      .update(publicKey.export({ format: "der", type: "spki" }))
      .digest("base64");
    expect([key.kind, key.hint]).toEqual([kind, hint]);
  });

  const curves = kinds.filter(([kind]) => kind.startsWith("P-"));
  const usual = kinds.filter(([kind]) => kind !== "RSA");

  it.each(usual)("when a %s key is read by its bytes returns the key that OpenSSL reads", (_, { publicKey }) => {
    const { key, spki } = parsePublicKey(pemOf(publicKey));
    expect(key.export({ format: "der", type: "spki" })).toEqual(spki);
    expect(key.equals(publicKey)).toBe(true);
  });

  it.each([
    ["compressed", 2, "3039301306072a8648ce3d020106082a8648ce3d030107032200", 32],
    ["hybrid", 6, "3059301306072a8648ce3d020106082a8648ce3d030107034200", 64],
  ])("when the point of a P-256 key is %s throws INPUT_INVALID: it would be a second key", (_, form, head, size) => {
    const spki = pairs["P-256"]?.publicKey.export({ format: "der", type: "spki" }) ?? Buffer.alloc(0);
    const sign = Buffer.from([form + ((spki.at(-1) ?? 0) & 1)]);
    const der = Buffer.concat([Buffer.from(head, "hex"), sign, spki.subarray(-64, -64 + size || undefined)]);
    expect(createPublicKey({ key: der, format: "der", type: "spki" }).asymmetricKeyType).toBe("ec");
    expect(codeOf(() => parsePublicKey(toPem(der)))).toBe("INPUT_INVALID");
  });

  it.each(curves)("when the point of a %s key is not on the curve throws INPUT_INVALID", (_, { publicKey }) => {
    const spki = publicKey.export({ format: "der", type: "spki" });
    const moved = Buffer.from(spki);
    moved[moved.length - 1] = (moved.at(-1) ?? 0) ^ 1;
    const beyond = Buffer.from(spki).fill(0xff, spki.length - 64);
    for (const der of [moved, beyond]) expect(codeOf(() => parsePublicKey(toPem(der)))).toBe("INPUT_INVALID");
  });

  it.each([
    ["shorter", -1],
    ["longer", 1],
  ])("when an Ed25519 key is a byte %s than it says throws INPUT_INVALID", (_, by) => {
    const spki = pairs["Ed25519"]?.publicKey.export({ format: "der", type: "spki" }) ?? Buffer.alloc(0);
    const der = Buffer.concat([spki, Buffer.alloc(1)]).subarray(0, spki.length + by);
    expect(codeOf(() => parsePublicKey(toPem(der)))).toBe("INPUT_INVALID");
  });

  const pem = pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey);
  it.each([
    ["is empty", ""],
    ["is no PEM", "junk"],
    ["is a private key", generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString()],
    ["is two keys", pem + pem],
    ["has text before it", `x\n${pem}`],
    ["ends in another label", pem.replace("END PUBLIC", "END OTHER")],
    ["has junk in its base64", pem.replace("MF", "M!")],
    ["is cut", pem.replace(/\n.{10}/, "\n")],
    ["is on another curve", pemOf(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey)],
    ["is RSA of 1024 bits", pemOf(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey)],
    ["is RSA-PSS", pemOf(generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey)],
    ["is Ed448", pemOf(generateKeyPairSync("ed448").publicKey)],
    ["is X25519", pemOf(generateKeyPairSync("x25519").publicKey)],
    ["is an RSA key in PKCS #1", pairs["RSA"]?.publicKey.export({ format: "pem", type: "pkcs1" }).toString() ?? ""],
  ])("when the text %s throws INPUT_INVALID", (_, text) => {
    expect(codeOf(() => parsePublicKey(text))).toBe("INPUT_INVALID");
  });
});

describe("isSignedBy", () => {
  it.each(kinds)("when a %s key signed the bytes returns true, for others false", (kind, { publicKey, privateKey }) => {
    const key = parsePublicKey(pemOf(publicKey));
    const signature = sign(kind === "Ed25519" ? null : "sha256", message, privateKey);
    expect(isSignedBy(key, message, signature, "sha256")).toBe(true);
    expect(isSignedBy(key, Buffer.from("another"), signature, "sha256")).toBe(false);
    expect(isSignedBy(key, message, Buffer.alloc(0), "sha256")).toBe(false);
  });
});

describe("isSignedDigest", () => {
  const prehashed = kinds.filter(([kind]) => kind !== "Ed25519");

  it.each(prehashed)("when a %s key signed bytes of this digest returns true", (_, { publicKey, privateKey }) => {
    const key = parsePublicKey(pemOf(publicKey));
    for (let round = 0; round < 8; round += 1) {
      expect(isSignedDigest(key, digest, sign("sha256", message, privateKey))).toBe(true);
    }
  });

  it.each(prehashed)("when a %s signature is over something else returns false", (_, { publicKey, privateKey }) => {
    const key = parsePublicKey(pemOf(publicKey));
    const signature = sign("sha256", message, privateKey);
    const other = createHash("sha256").update("other").digest();
    const flipped = Buffer.from(signature);
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
    const wrong = [flipped, signature.subarray(1), Buffer.concat([signature, Buffer.alloc(1)]), Buffer.alloc(0)];
    expect(isSignedDigest(key, other, signature)).toBe(false);
    expect(isSignedDigest(key, digest, sign("sha512", message, privateKey))).toBe(false);
    expect(wrong.map((bytes) => isSignedDigest(key, digest, bytes))).toEqual([false, false, false, false]);
    expect(isSignedDigest(key, digest, Buffer.alloc(signature.length, 0xff))).toBe(false);
  });

  it("when the key is Ed25519 throws INPUT_INVALID", () => {
    const key = parsePublicKey(pemOf(generateKeyPairSync("ed25519").publicKey));
    expect(codeOf(() => isSignedDigest(key, digest, Buffer.alloc(64)))).toBe("INPUT_INVALID");
  });
});
