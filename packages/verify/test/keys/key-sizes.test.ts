import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { parsePublicKey } from "../../src/index.ts";
import { checkKeyDetails, toDescribedKey } from "../../src/keys/key-details.ts";
import { isSignedDigest } from "../../src/keys/prehashed.ts";
import { toPublicKey } from "../../src/keys/public-key.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { causeOf, codeOf } from "../support/expect.ts";
import { spkiOf } from "../support/certificates.ts";
import { keys, pem } from "../support/world.ts";

/** An RSA key of so many bits that no one holds: its modulus is all ones. */
function rsaOf(bits: number): Buffer {
  const modulus = Buffer.alloc(bits / 8, 0xff).toString("base64url");
  return createPublicKey({ key: { kty: "RSA", n: modulus, e: "AQAB" }, format: "jwk" }).export({
    format: "der",
    type: "spki",
  });
}

describe("parsePublicKey", () => {
  it.each([2048, 8192])("when it is RSA of %d bits returns it", (bits) => {
    expect(parsePublicKey(pem("PUBLIC KEY", rsaOf(bits))).kind).toBe("RSA");
  });

  it.each([2040, 8200])("when it is RSA of %d bits throws INPUT_INVALID", (bits) => {
    expect(codeOf(() => parsePublicKey(pem("PUBLIC KEY", rsaOf(bits))))).toBe("INPUT_INVALID");
  });

  it("when a public key calls itself something else throws INPUT_INVALID", () => {
    const text = pem("CERTIFICATE", spkiOf(keys.signer));
    expect(codeOf(() => parsePublicKey(text))).toBe("INPUT_INVALID");
    expect(causeOf(() => parsePublicKey(text))).toBeInstanceOf(MalformedError);
  });
});

describe("toDescribedKey", () => {
  it("when an RSA key is longer than it says throws", () => {
    expect(() => toDescribedKey(rsaOf(3072), "PKIX_RSA_PKCS1V15_3072_SHA256")).not.toThrow();
    expect(() => toDescribedKey(rsaOf(4096), "PKIX_RSA_PKCS1V15_3072_SHA256")).toThrow(MalformedError);
  });
});

describe("checkKeyDetails", () => {
  it("when an RSA key of any length calls itself RSA accepts it", () => {
    const key = toPublicKey(
      generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "der", type: "spki" }),
    );
    expect(() => {
      checkKeyDetails(key, "PKIX_RSA_PKCS1V5");
    }).not.toThrow();
    expect(() => {
      checkKeyDetails(key, "PKIX_ED25519");
    }).toThrow(MalformedError);
  });
});

/** A key and a signature of its whose first byte is 0, so that the number is the same without it. */
const KEY =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwWT0Tl+d1WibnXqKFAvZNCVeyvm00vA8SJRKTxX2fLruWpAn7z2ByZRLX2v7NLNFg8Gq" +
  "O+PqGlVO/bPf5vKEcfUQ0luvs4b5PVZrGPVBTM4CLe91aH59RZvItrPyIzqhWYpSe8PTaX5bGmIZnGR7rS0O2QqzNRQwY9b2btKrULn7X2iumsiQ" +
  "mPlEejlefD4+jfrxlBDDIDIX7ExTgXXG/VbIHbsWXaBNyCvQAkA5mR+JlH26qrHneZx1qO4dN//kSqIZkWL4QeNYwFnV9ulD+xEM+GLxPvX5Jr4K" +
  "yZ4HArkNP8BcNkUI/GKO42QxZdJMRLPiIhgEJzRa5/wkw+s0gwIDAQAB";
const SIGNATURE =
  "AHBeuFrF/zA2xyKk80mwBGTmPzOLpjSLkh0/yW8j4NMybOnERpowBATGks7mkfa4D6o6+dtYy4t6RFn+IqffpFiSS1HA9einVGHyqxI+31essmRg" +
  "ykHkeYVLES60LE4N3Am88vPOpGfAFcN0nLjgaimS45wp7wP+dG1BhSL3gJ84b6f5a+sIbvS5acOxvWI4176xNyzhz5hobZotEJrVreE9EXxwAfDt" +
  "FiTuY7e0UskbgQm1nBWb5Bl+4AzyRCvGWnGosXZRq9Qd76oHxstyK/8Y26FcjKvPTHlqgqzkSr12ewxcmUtRhiQ7IheUKBSsTo/l/2ccuuV62ZZb" +
  "IZznow==";

describe("isSignedDigest", () => {
  it("when an RSA signature lacks the zero that it begins with returns false", () => {
    const key = toPublicKey(Buffer.from(KEY, "base64"));
    const signature = Buffer.from(SIGNATURE, "base64");
    const digest = createHash("sha256").update("message 76").digest();
    expect([signature[0], signature.length]).toEqual([0, 256]);
    expect(isSignedDigest(key, digest, signature)).toBe(true);
    expect(isSignedDigest(key, digest, signature.subarray(1))).toBe(false);
    expect(isSignedDigest(key, digest, Buffer.concat([Buffer.alloc(1), signature]))).toBe(false);
  });
});
