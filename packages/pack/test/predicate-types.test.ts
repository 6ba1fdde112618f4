import { describe, expect, it } from "@jest/globals";
import { isPredicateType, PREDICATE_TYPES, toPredicateType } from "../src/predicate-types.ts";

describe("toPredicateType", () => {
  it.each([
    ["slsaprovenance", "https://slsa.dev/provenance/v0.2"],
    ["slsaprovenance02", "https://slsa.dev/provenance/v0.2"],
    ["slsaprovenance1", "https://slsa.dev/provenance/v1"],
    ["link", "https://in-toto.io/Link/v1"],
    ["spdx", "https://spdx.dev/Document"],
    ["spdxjson", "https://spdx.dev/Document"],
    ["cyclonedx", "https://cyclonedx.org/bom"],
    ["vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"],
    ["openvex", "https://openvex.dev/ns"],
    ["custom", "https://cosign.sigstore.dev/attestation/v1"],
    ["test-result", "https://in-toto.io/attestation/test-result/v0.1"],
    ["release", "https://in-toto.io/attestation/release/v0.1"],
    ["vsa", "https://slsa.dev/verification_summary/v1"],
    ["denylist", "urn:policy-pack:denylist:v1"],
    ["pause", "urn:policy-pack:pause:v1"],
  ])("when given the name %s returns %s", (name, type) => {
    expect(toPredicateType(name)).toBe(type);
  });

  it.each([...Object.values(PREDICATE_TYPES), "https://example.com/checked/v1?x=%20", "urn:a"])(
    "when given the URI %s returns it as it stands",
    (type) => {
      expect(isPredicateType(type)).toBe(true);
      expect(toPredicateType(type)).toBe(type);
    },
  );

  it.each([
    "",
    "provenance",
    "SLSAprovenance1",
    " vsa",
    "constructor",
    "__proto__",
    "https:",
    "//example.com/v1",
    "1urn:x",
    "https://example.com/a b",
    "https://example.com/v1\n",
    "https://example.com/é",
  ])("when given %j throws CONFIG_INVALID", (name) => {
    expect(isPredicateType(name)).toBe(false);
    expect(() => toPredicateType(name)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", exitCode: 2 }));
  });

  it("when given an endless URI throws CONFIG_INVALID", () => {
    expect(() => toPredicateType("urn:a".padEnd(501, "a"))).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
    expect(toPredicateType("urn:a".padEnd(500, "a"))).toHaveLength(500);
  });
});
