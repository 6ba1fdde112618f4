import { describe, expect, it } from "@jest/globals";
import { digestOf, PREDICATE_TYPES } from "@policy-pack/pack";
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
const decisionDiff = { maxFlips: 3 };
const artifact = digestOf(Buffer.from("new"));
const builder = { builderId: "https://example.com/builder" };

describe("attestationRule", () => {
  it("when the rule is good returns it", () => {
    const value = { predicateType, signers: ["key"], threshold: 1, constraints: [passed] };
    expect(rule(value)).toStrictEqual({ ...value, signers: [{ publicKey: "key" }] });
    expect(rule({ predicateType })).toStrictEqual({ predicateType });
    const provenance = { predicateType: PREDICATE_TYPES.slsaProvenance, provenance: builder };
    expect(rule(provenance)).toStrictEqual(provenance);
    const diff = { predicateType: PREDICATE_TYPES.decisionDiff, decisionDiff };
    expect(rule(diff)).toStrictEqual(diff);
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
    ["has a decision diff requirement for another type", { predicateType, decisionDiff }],
    [
      "has a decision diff requirement that is none",
      { predicateType: PREDICATE_TYPES.decisionDiff, decisionDiff: { maxFlips: -1 } },
    ],
    ["has a decision diff requirement of null", { predicateType: PREDICATE_TYPES.decisionDiff, decisionDiff: null }],
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
    expect(unmetConstraint(wanted, statement({ result: "PASSED", failed: 0 }), artifact)).toBeUndefined();
  });

  it("when nothing is demanded of the predicate returns undefined", () => {
    expect(unmetConstraint(rule({ predicateType }), statement({}), artifact)).toBeUndefined();
  });

  it.each<[string, JsonObject]>([
    ["the first", { result: "FAILED", failed: 0 }],
    ["the last", { result: "PASSED", failed: 1 }],
  ])("when %s constraint is not met says which", (_, predicate) => {
    const wanted = rule({ predicateType, constraints: [passed, { pointer: "/failed", maximum: 0 }] });
    expect(unmetConstraint(wanted, statement(predicate), artifact)).toMatch(/\/result|\/failed/);
  });

  it.each([`${predicateType}/`, predicateType.slice(0, -1), predicateType.toUpperCase(), PREDICATE_TYPES.release])(
    "when the predicate type is %s says so",
    (type) => {
      expect(unmetConstraint(rule({ predicateType }), statement({}, type), artifact)).toMatch(/predicate type/);
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
      unmetConstraint(
        wanted,
        statement({ runDetails: { builder: { id: "https://other.example.com" } } }, slsa),
        artifact,
      ),
    ).toMatch(/other/);
    expect(
      unmetConstraint(wanted, statement({ runDetails: { builder: { id: builder.builderId } } }, slsa), artifact),
    ).toBeUndefined();
  });

  describe("when a decision diff is demanded", () => {
    const type = PREDICATE_TYPES.decisionDiff;
    const old = { digest: digestOf(Buffer.from("old")) };
    const flips = { denyToAllow: 0, allowToDeny: 4, other: 0 };
    const groups = [{ name: "stricter", direction: "ALLOW_TO_DENY", count: 4 }];
    const predicate = { old, new: { digest: artifact }, compared: 10, flips, groups };

    it("and it says nothing more of it returns undefined for the new pack alone", () => {
      const wanted = rule({ predicateType: type });
      expect(unmetConstraint(wanted, statement(predicate, type), artifact)).toBeUndefined();
      expect(unmetConstraint(wanted, statement(predicate, type), old.digest)).toMatch(/change to/);
    });

    it("and its requirement is not met says what is wrong", () => {
      const wanted = rule({ predicateType: type, decisionDiff });
      expect(unmetConstraint(wanted, statement(predicate, type), artifact)).toMatch(/4 decisions/);
      const enough = rule({ predicateType: type, decisionDiff: { maxFlips: 4 } });
      expect(unmetConstraint(enough, statement(predicate, type), artifact)).toBeUndefined();
    });

    it("and a constraint is not met says which", () => {
      const wanted = rule({ predicateType: type, constraints: [{ pointer: "/seed", equals: 42 }], decisionDiff: {} });
      expect(unmetConstraint(wanted, statement(predicate, type), artifact)).toMatch(/seed/);
      expect(unmetConstraint(wanted, statement({ ...predicate, seed: 42 }, type), artifact)).toBeUndefined();
    });
  });
});
