import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { verifySignature } from "../../src/bundle/bundle-signature.ts";
import type { SignedContent } from "../../src/bundle/signed-content.ts";
import { toPublicKey } from "../../src/keys/public-key.ts";
import { VERIFY_LIMITS } from "../../src/index.ts";
import { codeOf } from "../support/expect.ts";

const large = Buffer.alloc(VERIFY_LIMITS.maxRehashedBytes + 1, 7);
const digestOfLarge = createHash("sha256").update(large).digest();
const content = (bytes: Uint8Array, signature: Buffer): SignedContent => ({
  kind: "message",
  bytes,
  hash: "sha256",
  digest: digestOfLarge,
  signature,
  payload: undefined,
  payloadDigest: undefined,
  statement: undefined,
});
const toKey = (publicKey: KeyObject): ReturnType<typeof toPublicKey> =>
  toPublicKey(publicKey.export({ format: "der", type: "spki" }));

describe("verifySignature, of an artifact that is large", () => {
  it.each([
    ["P-256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
    ["RSA", generateKeyPairSync("rsa", { modulusLength: 2048 })],
  ])("when the key is %s checks the digest and hashes nothing again", (_, { privateKey, publicKey }) => {
    const key = toKey(publicKey);
    const signature = sign("sha256", large, privateKey);
    const zeros = Buffer.alloc(large.length);
    expect(() => {
      verifySignature(content(zeros, signature), key);
    }).not.toThrow();
    const wrong = sign("sha256", zeros, privateKey);
    expect(
      codeOf(() => {
        verifySignature(content(zeros, wrong), key);
      }),
    ).toBe("SIGNATURE_INVALID");
  });

  it("when the key is Ed25519 checks the bytes", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const key = toKey(publicKey);
    expect(() => {
      verifySignature(content(large, sign(null, large, privateKey)), key);
    }).not.toThrow();
    const signature = sign(null, digestOfLarge, privateKey);
    expect(
      codeOf(() => {
        verifySignature(content(large, signature), key);
      }),
    ).toBe("SIGNATURE_INVALID");
  });
});

describe("verifySignature, of an artifact that is small", () => {
  it("when the bytes are others than the digest's checks the bytes", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const bytes = Buffer.from("small");
    const signature = sign("sha256", bytes, privateKey);
    expect(() => {
      verifySignature(content(bytes, signature), toKey(publicKey));
    }).not.toThrow();
  });
});

describe("verifySignature, of a message", () => {
  const HASHES = ["sha256", "sha384", "sha512"] as const;
  const KEYS = [
    ["P-256", generateKeyPairSync("ec", { namedCurve: "P-256" }), ["sha256"]],
    ["P-384", generateKeyPairSync("ec", { namedCurve: "P-384" }), ["sha256", "sha384"]],
    ["P-521", generateKeyPairSync("ec", { namedCurve: "P-521" }), ["sha256", "sha512"]],
    ["RSA", generateKeyPairSync("rsa", { modulusLength: 2048 }), ["sha256"]],
  ] as const;
  const CASES = KEYS.flatMap(([kind, pair, accepted]) =>
    HASHES.map((hash) => [kind, hash, pair, accepted.some((one) => one === hash)] as const),
  );
  const small = Buffer.from("small");
  const through = (hash: (typeof HASHES)[number], bytes: Buffer, signature: Buffer): SignedContent => ({
    ...content(bytes, signature),
    hash,
    digest: createHash(hash).update(bytes).digest(),
  });

  it.each(CASES)("by %s through %s judges small and large ones alike", (_, hash, { privateKey, publicKey }, isGood) => {
    for (const bytes of [small, large]) {
      const signed = through(hash, bytes, sign(hash, bytes, privateKey));
      const verify = (): void => {
        verifySignature(signed, toKey(publicKey));
      };
      if (isGood) expect(verify).not.toThrow();
      else expect(codeOf(verify)).toBe("SIGNATURE_INVALID");
    }
  });

  it.each(CASES)("by %s when %s is named and another was signed throws", (_, hash, { privateKey, publicKey }) => {
    for (const bytes of [small, large]) {
      for (const other of HASHES.filter((one) => one !== hash)) {
        const signed = through(hash, bytes, sign(other, bytes, privateKey));
        expect(
          codeOf(() => {
            verifySignature(signed, toKey(publicKey));
          }),
        ).toBe("SIGNATURE_INVALID");
      }
    }
  });

  it.each(["sha384", "sha512"] as const)("by Ed25519 through %s throws, though the bytes are signed", (hash) => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const signed = through(hash, small, sign(null, small, privateKey));
    expect(
      codeOf(() => {
        verifySignature(signed, toKey(publicKey));
      }),
    ).toBe("SIGNATURE_INVALID");
  });
});
