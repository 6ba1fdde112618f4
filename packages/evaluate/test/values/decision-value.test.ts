import { beforeAll, describe, expect, it } from "@jest/globals";

import { jsonText, toPlainJson } from "../../src/index.ts";
import type { PolicyInstance } from "../../src/index.ts";
import { loadRules, opaEvalText } from "../support/policy.ts";

const RULES = `
@texts := {"a<b>&": "x<y>&\\u2028\\u2029\\u007f\\u0001/\\"\\\\\\b\\f\\n\\r\\té😀", "": ["", {}]}
@numbers := [1, 1.0, 1.50, 1e3, 1E3, 1e400, 12345678901234567890, 9223372036854775807, -9223372036854775808]
@keys := {1: "one", [1, "a<"]: 2, {1, 2}: 3, true: 4, {"q": 1}: 5, "é": 6, "😀": 7, "\\uffff": 8, 1.5: 9, null: 10}
@twice := {1: "number", "1": "string"}
@sets := {"empty": set(), "mixed": {3, "b", null, true, [1], {"k": {2, 1}}}}
@nested := [[[{"a": [null, false]}]], {}]
@echo := input
@big := 18446744073709551616
`;

let instance: PolicyInstance;
beforeAll(async () => {
  instance = await loadRules(RULES);
});

describe("encodeDecisionText", () => {
  it.each(["texts", "numbers", "keys", "twice", "sets", "nested"])("prints %s as opa eval does", async (rule) => {
    expect(instance.decideText(null, `t/${rule}`)).toBe(await opaEvalText(RULES, rule));
  });
});

describe("decideText", () => {
  it("prints ready JSON as opa eval does, every number as it was written", async () => {
    const input = '{"z":[1.0,1e2,0.10,184467440737095516160,1E-7,"\\ud800A\\u0000"],"a":{"b":1,"b":2}}';
    expect(instance.decideText(jsonText(input), "t/echo")).toBe(await opaEvalText(RULES, "echo", input));
  });
});

describe("toDecisionValue", () => {
  it("returns what the text says, integers as bigints only where a double would change them", () => {
    expect(instance.decide(null, "t/keys").value).toEqual(JSON.parse(instance.decideText(null, "t/keys")));
    expect(instance.decide(null, "t/twice").value).toEqual({ 1: "string" });
    expect(instance.decide(null, "t/big").value).toBe(2 ** 64);
  });
});

describe("toPlainJson", () => {
  it("returns what is JSON already", () => {
    const value = { a: [1, "x", null, { b: true }] };
    expect(toPlainJson(value)).toBe(value);
  });

  it.each([[1n], [[1n]], [{ a: { b: [0, 2n] } }]])("throws EVALUATION_FAILED for a bigint within", (value) => {
    expect(() => toPlainJson(value)).toThrow(expect.objectContaining({ code: "EVALUATION_FAILED" }));
  });
});
