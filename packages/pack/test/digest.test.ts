import { describe, expect, it } from "@jest/globals";
import { checkDigest, digestFromHex, digestOf, parseDigest } from "../src/digest.ts";

const EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

describe("digestOf", () => {
  it("when given no bytes returns FIPS 180-4's value", () => {
    expect(digestOf(new Uint8Array())).toBe(EMPTY);
  });
});

describe("parseDigest", () => {
  it("when given the one form returns it", () => {
    expect(parseDigest(EMPTY)).toBe(EMPTY);
  });

  it.each(["", "sha256:", EMPTY.toUpperCase(), ` ${EMPTY}`, `${EMPTY}\n`, EMPTY.slice(0, -1), EMPTY.slice(7)])(
    "when given %j throws INPUT_INVALID",
    (text) => {
      expect(() => parseDigest(text)).toThrow(expect.objectContaining({ code: "INPUT_INVALID", exitCode: 3 }));
    },
  );
});

describe("digestFromHex", () => {
  it.each(["", EMPTY, EMPTY.slice(7).toUpperCase()])("when given %j throws INPUT_INVALID", (hex) => {
    expect(() => digestFromHex(hex)).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });
});

describe("checkDigest", () => {
  it("when the bytes have the digest returns", () => {
    checkDigest(new Uint8Array(), parseDigest(EMPTY));
  });

  it("when the bytes differ throws DIGEST_MISMATCH", () => {
    expect(() => {
      checkDigest(new Uint8Array([1]), parseDigest(EMPTY));
    }).toThrow(expect.objectContaining({ code: "DIGEST_MISMATCH", exitCode: 4, httpStatus: 422, retryable: false }));
  });
});
