import { describe, expect, it } from "@jest/globals";
import type { JsonValue } from "@policy-pack/pack";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { VERIFY_LIMITS } from "../../src/limits.ts";
import { constraint, unmetByPredicate } from "../../src/policy/constraints.ts";

const predicate = JSON.parse(
  `{"result": "PASSED", "count": 42, "share": 0.5, "negative": -3, "zero": -0, "large": 9007199254740992, "huge": 1e300,
    "yes": true, "no": false, "none": null, "empty": "", "tests": ["a", "b"], "nested": {"x": {"y": 1}}, "lines": "a\\nb"}`,
) as JsonValue;

function unmet(value: JsonValue): string | undefined {
  return unmetByPredicate(constraint(value), predicate);
}

describe("unmetByPredicate", () => {
  it.each<[JsonValue]>([
    [{ pointer: "/result", equals: "PASSED" }],
    [{ pointer: "/count", equals: 42 }],
    [{ pointer: "/zero", equals: 0 }],
    [{ pointer: "/yes", equals: true }],
    [{ pointer: "/no", equals: false }],
    [{ pointer: "/empty", equals: "" }],
    [{ pointer: "/tests", equals: ["a", "b"] }],
    [{ pointer: "/nested", equals: { x: { y: 1 } } }],
    [{ pointer: "/result", oneOf: ["WARNED", "PASSED"] }],
    [{ pointer: "/count", oneOf: [42] }],
    [{ pointer: "/result", pattern: "^PASS.*$" }],
    [{ pointer: "/empty", pattern: "^$" }],
    [{ pointer: "/count", minimum: 42 }],
    [{ pointer: "/count", minimum: -1 }],
    [{ pointer: "/count", maximum: 42 }],
    [{ pointer: "/share", minimum: 0.5 }],
    [{ pointer: "/negative", maximum: 0 }],
    [{ pointer: "/zero", minimum: 0 }],
    [{ pointer: "/zero", maximum: 0 }],
    [{ pointer: "/no", exists: true }],
    [{ pointer: "/empty", exists: true }],
    [{ pointer: "", exists: true }],
    [{ pointer: "/tests/2", exists: false }],
    [{ pointer: "/nothing/here", exists: false }],
    [{ pointer: "/result/here", exists: false }],
    [{ pointer: "/constructor", exists: false }],
  ])("when the constraint is %j returns undefined", (value) => {
    expect(unmet(value)).toBeUndefined();
  });

  it.each<[JsonValue]>([
    [{ pointer: "/result", equals: "passed" }],
    [{ pointer: "/result", equals: "PASSED " }],
    [{ pointer: "/count", equals: "42" }],
    [{ pointer: "/count", equals: 43 }],
    [{ pointer: "/yes", equals: 1 }],
    [{ pointer: "/no", equals: 0 }],
    [{ pointer: "/nothing", equals: "PASSED" }],
    [{ pointer: "/none", equals: "" }],
    [{ pointer: "/tests", equals: ["b", "a"] }],
    [{ pointer: "/nested", equals: { x: {} } }],
    [{ pointer: "/large", equals: Number.MAX_SAFE_INTEGER }],
    [{ pointer: "/result", oneOf: ["WARNED"] }],
    [{ pointer: "/none", oneOf: ["", 0, false] }],
    [{ pointer: "/nothing", oneOf: ["", 0, false] }],
    [{ pointer: "/result", pattern: "^PASS$" }],
    [{ pointer: "/result", pattern: "^.$" }],
    [{ pointer: "/lines", pattern: "^a$" }],
    [{ pointer: "/count", pattern: "^42$" }],
    [{ pointer: "/yes", pattern: "^true$" }],
    [{ pointer: "/none", pattern: "^.*$" }],
    [{ pointer: "/nothing", pattern: "^.*$" }],
    [{ pointer: "/tests", pattern: "^.*$" }],
    [{ pointer: "/count", minimum: 43 }],
    [{ pointer: "/count", minimum: 42.5 }],
    [{ pointer: "/count", maximum: 41 }],
    [{ pointer: "/large", minimum: 1 }],
    [{ pointer: "/huge", minimum: 1 }],
    [{ pointer: "/result", minimum: 0 }],
    [{ pointer: "/empty", minimum: 0 }],
    [{ pointer: "/empty", maximum: 0 }],
    [{ pointer: "/yes", minimum: 0 }],
    [{ pointer: "/none", minimum: 0 }],
    [{ pointer: "/none", maximum: 0 }],
    [{ pointer: "/nothing", minimum: 0 }],
    [{ pointer: "/nothing", maximum: 0 }],
    [{ pointer: "/tests", minimum: 0 }],
    [{ pointer: "/nothing", exists: true }],
    [{ pointer: "/none", exists: true }],
    [{ pointer: "/none", exists: false }],
    [{ pointer: "/no", exists: false }],
    [{ pointer: "", exists: false }],
    [{ pointer: "/tests/01", exists: true }],
    [{ pointer: "/tests/length", exists: true }],
    [{ pointer: "/constructor", exists: true }],
    [{ pointer: "/__proto__", exists: true }],
  ])("when the constraint is %j says what is wrong", (value) => {
    expect(unmet(value)).toMatch(/./);
  });

  it("says what stands there and what is demanded", () => {
    const said = ["/result", "/nothing", "/tests", "/nested", ""].map((pointer) => unmet({ pointer, equals: "other" }));
    expect(said[0]).toContain('"/result"');
    expect(said[0]).toContain('"PASSED"');
    expect(said[0]).toContain('{"equals":"other"}');
    expect(new Set(said.map((text) => text?.replace(/"\/[a-z]+"/, "it"))).size).toBe(5);
  });

  it("when what stands there is long shortens it", () => {
    const long = "a".repeat(100_000);
    const said = unmetByPredicate(constraint({ pointer: "/a", equals: long.slice(1) }), { a: long });
    expect(said?.length).toBeLessThan(400);
  });
});

describe("constraint", () => {
  it.each<[string, JsonValue]>([
    ["null", null],
    ["a list", []],
    ["empty", {}],
    ["without an operator", { pointer: "/a" }],
    ["without a pointer", { equals: 1 }],
    ["with a pointer of null", { pointer: null, equals: 1 }],
    ["with a pointer that is none", { pointer: "a", equals: 1 }],
    ["with a pointer that is a list", { pointer: ["a"], equals: 1 }],
    ["with two operators", { pointer: "/a", minimum: 1, maximum: 2 }],
    ["with an operator that says nothing", { pointer: "/a", exists: true, equals: null }],
    ["with an unknown operator", { pointer: "/a", contains: 1 }],
    ["with an unknown operator beside a known one", { pointer: "/a", equals: 1, not: true }],
    ["with an operator of every object", JSON.parse('{"pointer": "/a", "__proto__": 1}') as JsonValue],
    ["equal to null", { pointer: "/a", equals: null }],
    ["equal to null inside", { pointer: "/a", equals: { b: [null] } }],
    ["equal to a large number", { pointer: "/a", equals: 2 ** 53 }],
    ["equal to a large number inside", { pointer: "/a", equals: [{ b: 2 ** 53 }] }],
    ["one of nothing", { pointer: "/a", oneOf: [] }],
    ["one of null", { pointer: "/a", oneOf: ["b", null] }],
    ["one of a text", { pointer: "/a", oneOf: "b" }],
    ["one of a large number", { pointer: "/a", oneOf: [1, -(2 ** 53)] }],
    ["with a pattern that is not anchored", { pointer: "/a", pattern: "a" }],
    ["with a pattern that is a list", { pointer: "/a", pattern: ["^a$"] }],
    ["with a minimum as text", { pointer: "/a", minimum: "1" }],
    ["with a large minimum", { pointer: "/a", minimum: 2 ** 53 }],
    ["with a maximum as text", { pointer: "/a", maximum: "1" }],
    ["with a large maximum", { pointer: "/a", maximum: 1e300 }],
    ["with existence as text", { pointer: "/a", exists: "false" }],
    ["with existence as a number", { pointer: "/a", exists: 0 }],
  ])("when it is %s throws MalformedError", (_, value) => {
    expect(() => constraint(value)).toThrow(MalformedError);
  });

  it("when it lists more values than the cap throws LIMIT_EXCEEDED", () => {
    const values = Array.from({ length: VERIFY_LIMITS.maxConstraintValues + 1 }, (_, index) => index);
    expect(() => constraint({ pointer: "/a", oneOf: values.slice(1) })).not.toThrow();
    expect(() => constraint({ pointer: "/a", oneOf: values })).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });
});
