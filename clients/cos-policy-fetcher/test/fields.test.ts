import { describe, expect, it } from "@jest/globals";
import { digestOf, rawDigest } from "@policy-pack/pack";
import {
  checkContentEncoding,
  checkMediaType,
  checkReprDigest,
  contentLength,
  digestField,
  etagsDiffer,
  singleField,
} from "../src/fields.ts";

const WHERE = "http://127.0.0.1/pack";
const DIGEST = digestOf(Buffer.from("bytes"));
const BASE64 = Buffer.from(rawDigest(DIGEST)).toString("base64");
const ZEROS = Buffer.alloc(32).toString("base64");
const REJECTED = expect.objectContaining({ name: "TransportError", code: "FETCH_REJECTED", retryable: false });
const MISMATCH = expect.objectContaining({ name: "VerificationError", code: "DIGEST_MISMATCH" });

describe("singleField", () => {
  it("returns the value, or undefined", () => {
    expect(singleField({ etag: "a" }, "etag", WHERE)).toBe("a");
    expect(singleField({}, "etag", WHERE)).toBeUndefined();
  });

  it("throws on a repeated field", () => {
    expect(() => singleField({ etag: ["a", "a"] }, "etag", WHERE)).toThrow(REJECTED);
  });
});

describe("checkMediaType", () => {
  it.each([undefined, "", "a/b; c=d", "A/B", "a/b "])("throws on %p", (type) => {
    expect(() => {
      checkMediaType({ "content-type": type }, "a/b", WHERE);
    }).toThrow(REJECTED);
  });
});

describe("checkContentEncoding", () => {
  it.each(["gzip", "identity, gzip", "Identity", ""])("throws on %p", (encoding) => {
    expect(() => {
      checkContentEncoding({ "content-encoding": encoding }, WHERE);
    }).toThrow(REJECTED);
  });

  it("takes identity, and none", () => {
    checkContentEncoding({ "content-encoding": "identity" }, WHERE);
    checkContentEncoding({}, WHERE);
  });
});

describe("contentLength", () => {
  it("returns the number, zero too, or undefined", () => {
    expect(contentLength({ "content-length": "10" }, WHERE)).toBe(10);
    expect(contentLength({ "content-length": "0" }, WHERE)).toBe(0);
    expect(contentLength({}, WHERE)).toBeUndefined();
  });

  it.each(["", "-1", "+1", "01", "1.0", "0x10", "1e3", " 1", "99999999999999999"])("throws on %p", (value) => {
    expect(() => contentLength({ "content-length": value }, WHERE)).toThrow(REJECTED);
  });

  it("throws when chunks are announced as well", () => {
    expect(() => contentLength({ "content-length": "1", "transfer-encoding": "chunked" }, WHERE)).toThrow(REJECTED);
  });
});

describe("digestField", () => {
  it("returns the digest of the one form", () => {
    expect(digestField({ digest: DIGEST.replace("sha256:", "sha-256=") }, WHERE)).toBe(DIGEST);
  });

  it.each([
    undefined,
    "",
    "sha-256=",
    `SHA-256=${"0".repeat(64)}`,
    `sha-256=${"0".repeat(63)}`,
    `sha-256=${"G".repeat(64)}`,
  ])("throws on %p", (digest) => {
    expect(() => digestField({ digest }, WHERE)).toThrow(REJECTED);
  });
});

describe("checkReprDigest", () => {
  const check = (value: string | string[] | undefined) => (): void => {
    checkReprDigest({ "repr-digest": value }, DIGEST, WHERE);
  };

  it.each([undefined, `sha-256=:${BASE64}:`, "sha-512=:AAAA:", `sha-512=:AAAA: ,\tsha-256=:${BASE64}:`])(
    "takes %p",
    (value) => {
      expect(check(value)).not.toThrow();
    },
  );

  it("takes several fields as one list", () => {
    expect(check(["sha-512=:AAAA:", `sha-256=:${BASE64}:`])).not.toThrow();
  });

  it.each([
    "",
    ",",
    "sha-256",
    `sha-256=${BASE64}`,
    `sha-256=:${BASE64.slice(0, -1)}:`,
    `sha-256=:${BASE64}:;q=1`,
    "sha-256=:AAB=:",
    `sha-256=:${BASE64}:,`,
  ])("throws on the malformed %p", (value) => {
    expect(check(value)).toThrow(REJECTED);
  });

  it.each([`sha-256=:${ZEROS}:`, "sha-256=::", `sha-256=:${BASE64}:, sha-256=:${ZEROS}:`])(
    "throws on another digest in %p",
    (value) => {
      expect(check(value)).toThrow(MISMATCH);
    },
  );
});

describe("etagsDiffer", () => {
  it.each([
    ['"a"', '"a"', false],
    ['W/"a"', '"a"', false],
    ['"a"', '"b"', true],
    ['W/"a"', 'W/"b"', true],
    [undefined, '"a"', false],
    ['"a"', undefined, false],
  ])("compares %p with %p weakly", (first, second, differ) => {
    expect(etagsDiffer(first, second)).toBe(differ);
  });
});
