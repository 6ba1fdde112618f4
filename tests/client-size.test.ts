import { resolve } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { closureOf, totalBytes } from "./support/closure.ts";

const ROOT = resolve(import.meta.dirname, "..");
const MB = 1e6;

/** All that a service gets with the client library. Signing, key services and TUF have no place among them. */
const CLIENT_PACKAGES = [
  "@noble/curves",
  "@noble/hashes",
  "@policy-pack/evaluate",
  "@policy-pack/pack",
  "@policy-pack/verify",
  "cos-policy-fetcher",
  "fflate",
  "re2js",
  "undici",
];

/**
 * undici is 2.2 MB of it, the noble packages 2.3, re2js 0.9 and fflate 0.8; our own are 2.0, more than half of that OPA's
 * builtins, which are read only where a policy calls them. The cap leaves these room to grow by a tenth, and none for
 * another library of their size.
 */
const MAX_CLIENT_BYTES = 9 * MB;

describe("what is installed with the client library", () => {
  it.each([
    ["cos-policy-fetcher", CLIENT_PACKAGES],
    ["@policy-pack/companyos", ["@policy-pack/companyos", ...CLIENT_PACKAGES]],
  ])("%s brings these packages and no others", (name, expected) => {
    expect(
      closureOf(name, ROOT)
        .map((each) => each.name)
        .sort(),
    ).toEqual([...expected].sort());
  });

  it("stays below its cap", () => {
    expect(totalBytes(closureOf("@policy-pack/companyos", ROOT))).toBeLessThan(MAX_CLIENT_BYTES);
  });
});
