import { describe, expect, it } from "@jest/globals";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { DOMAINS, ecdsaOver } from "../../src/keys/curves.ts";

const standard = { "P-256": p256, "P-384": p384, "P-521": p521 };

describe("DOMAINS", () => {
  it.each(["P-256", "P-384", "P-521"] as const)("has the parameters of %s as NIST gives them", (curve) => {
    expect(DOMAINS[curve]()).toEqual(standard[curve].Point.CURVE());
  });
});

describe("ecdsaOver", () => {
  it("when the curve was made before returns the same", () => {
    expect(ecdsaOver("P-256")).toBe(ecdsaOver("P-256"));
    expect(ecdsaOver("P-384")).not.toBe(ecdsaOver("P-256"));
  });
});
