import { describe, expect, it } from "@jest/globals";
import { PREDICATE_TYPES } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import type { Statement } from "../../src/index.ts";
import { text } from "../../src/encoding/fields.ts";
import type { Field } from "../../src/encoding/fields.ts";
import { malformed, MalformedError } from "../../src/encoding/malformed.ts";
import { VERIFY_LIMITS } from "../../src/limits.ts";
import { attestationRule, unmetConstraint } from "../../src/policy/attestation-rules.ts";
import type { SignerRule } from "../../src/policy/signer-rule.ts";

/** Stands for the reader of signers, which has its own tests. */
const signerRule: Field<SignerRule> = (value) => {
  const publicKey = text(value);
  return publicKey === "key" ? { publicKey } : malformed("is no signer");
};
const rule = attestationRule(signerRule);
const predicateType = PREDICATE_TYPES.testResult;
const passed = { pointer: "/result", equals: "PASSED" };
const builder = { builderId: "https://example.com/builder" };

describe("attestationRule", () => {
  it("when the rule is good returns it", () => {
    const value = { predicateType, signers: ["key"], threshold: 1, constraints: [passed] };
    expect(rule(value)).toStrictEqual({ ...value, signers: [{ publicKey: "key" }] });
    expect(rule({ predicateType })).toStrictEqual({ predicateType });
    const provenance = { predicateType: PREDICATE_TYPES.slsaProvenance, provenance: builder };
    expect(rule(provenance)).toStrictEqual(provenance);
  });

  it.each<[string, JsonValue]>([
    ["is null", null],
    ["is a predicate type alone", predicateType],
    ["is empty", {}],
    ["has a predicate type of null", { predicateType: null }],
    ["has a short name for a type", { predicateType: "test-result" }],
    ["has an empty type", { predicateType: "" }],
    ["has an unknown field", { predicateType, optional: true }],
    ["has no signers in its list", { predicateType, signers: [] }],
    ["has signers of null", { predicateType, signers: null }],
    ["has a signer that is none", { predicateType, signers: ["key", "other"] }],
    ["has a threshold of 0", { predicateType, threshold: 0 }],
    ["has a broken threshold", { predicateType, threshold: 1.5 }],
    ["has a threshold as text", { predicateType, threshold: "1" }],
    ["has no constraints in its list", { predicateType, constraints: [] }],
    ["has constraints that are no list", { predicateType, constraints: passed }],
    ["has a constraint that is none", { predicateType, constraints: [{ pointer: "/result" }] }],
    [
      "has constraints that exclude each other",
      { predicateType, constraints: [passed, { ...passed, equals: "FAILED" }] },
    ],
    ["has a provenance requirement for another type", { predicateType, provenance: builder }],
    [
      "has a provenance requirement for an older type",
      { predicateType: "https://slsa.dev/provenance/v0.2", provenance: builder },
    ],
    ["has an empty provenance requirement", { predicateType: PREDICATE_TYPES.slsaProvenance, provenance: {} }],
  ])("when it %s throws MalformedError", (_, value) => {
    expect(() => rule(value)).toThrow(MalformedError);
  });

  it.each([
    ["signers", VERIFY_LIMITS.maxSignerRules, "key"],
    ["constraints", VERIFY_LIMITS.maxConstraints, passed],
  ])("when it has more %s than the cap throws LIMIT_EXCEEDED", (name, most, item) => {
    const items = Array<JsonValue>(most).fill(item);
    expect(() => rule({ predicateType, [name]: items })).not.toThrow();
    expect(() => rule({ predicateType, [name]: [...items, item] })).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });
});

describe("unmetConstraint", () => {
  function statement(predicate: JsonObject, type: string = predicateType): Statement {
    return { type: "https://in-toto.io/Statement/v1", subjects: [], predicateType: type, predicate };
  }

  it("when all constraints are met returns undefined", () => {
    const wanted = rule({ predicateType, constraints: [passed, { pointer: "/failed", maximum: 0 }] });
    expect(unmetConstraint(wanted, statement({ result: "PASSED", failed: 0 }))).toBeUndefined();
  });

  it("when nothing is demanded of the predicate returns undefined", () => {
    expect(unmetConstraint(rule({ predicateType }), statement({}))).toBeUndefined();
  });

  it.each<[string, JsonObject]>([
    ["the first", { result: "FAILED", failed: 0 }],
    ["the last", { result: "PASSED", failed: 1 }],
  ])("when %s constraint is not met says which", (_, predicate) => {
    const wanted = rule({ predicateType, constraints: [passed, { pointer: "/failed", maximum: 0 }] });
    expect(unmetConstraint(wanted, statement(predicate))).toMatch(/\/result|\/failed/);
  });

  it.each([`${predicateType}/`, predicateType.slice(0, -1), predicateType.toUpperCase(), PREDICATE_TYPES.release])(
    "when the predicate type is %s says so",
    (type) => {
      expect(unmetConstraint(rule({ predicateType }), statement({}, type))).toMatch(/predicate type/);
    },
  );

  it("when the constraints are met and the provenance is not says what is wrong", () => {
    const slsa = PREDICATE_TYPES.slsaProvenance;
    const wanted = rule({
      predicateType: slsa,
      constraints: [{ pointer: "/runDetails", exists: true }],
      provenance: builder,
    });
    expect(
      unmetConstraint(wanted, statement({ runDetails: { builder: { id: "https://other.example.com" } } }, slsa)),
    ).toMatch(/other/);
    expect(
      unmetConstraint(wanted, statement({ runDetails: { builder: { id: builder.builderId } } }, slsa)),
    ).toBeUndefined();
  });
});
