import { describe, expect, it } from "@jest/globals";

import { loadRules, opaEval } from "../support/policy.ts";

/** More rules than answers are kept, so that some share a place. */
const SHARED = 2_100;
const shared = Array.from({ length: SHARED }, (_, index) => `rule_${index} := input.base + ${index}`).join("\n\n");
const RULES = [
  "level := input.level",
  "shifted := level + 1",
  "named[name] := value if { some name, value in input.names; value > level }",
  "double(x) := (x + level) * 2",
  "@outside := [shifted, shifted, level]",
  "@nested := [shifted, inner, shifted]",
  'inner := [a, b, c] if { a := shifted with input.level as 10; b := inner_twice with input as {"level": 20}; c := shifted }',
  "inner_twice := [level, x, shifted] if { x := shifted with input.level as 30 }",
  "@looped := [[x, y, shifted] | some x in [1, 2, 3]; y := shifted with input.level as x]",
  "@undefined_inside := [shifted, [1 | some x in [1, 2]; 5 == shifted with input.level as x], shifted, level]",
  "@mocked := [double(1), x, double(1)] if { x := double(2) with input.level as 5 }",
  "from_data := data.limits.max + level",
  '@documents := [from_data, x, y, from_data] if { x := from_data with data.limits.max as 100; y := from_data with data.limits as {"max": 200} }',
  "@partial := [count(named), n, count(named)] if { n := count(named) with input.level as -1 }",
  "triple(x) := (x + shifted) * 3",
  "@replaced := [double(1), x, y, double(1), shifted] if { x := double(1) with double as triple; y := shifted with level as 40 }",
  "@negated if { not shifted == 3; shifted == 2; not shifted == 2 with input.level as 7 }",
].join("\n\n");
const DATA = { limits: { max: 7 } };

describe("kept answers", () => {
  const inputs = [
    { level: 1, names: { a: 0, b: 1, c: 2 } },
    { level: 2, names: {} },
    { level: 1, names: { z: 9 } },
  ];

  it.each(["outside", "nested", "looped", "undefined_inside", "mocked", "documents", "partial", "negated", "replaced"])(
    "of %s are OPA's, also within `with`, and from one decision to the next",
    async (rule) => {
      const instance = await loadRules(RULES, { data: DATA });
      for (const input of [...inputs, ...inputs]) {
        const [outcome] = instance.decideMany([{ input, entrypoint: `t/${rule}` }]);
        const expected = await opaEval(RULES, rule, input, DATA);
        const error = outcome?.error as { readonly code?: string } | undefined;
        expect(error === undefined ? outcome?.decision?.value : error.code).toEqual(expected ?? "DECISION_UNDEFINED");
      }
    },
  );

  it("are right for more rules than are kept, in every order", async () => {
    const sums = [0, 1023, 1024, 2047, 2048, 2099].map((index) => `rule_${index}`).join(", ");
    const rules = `${shared}\n\n@few := [${sums}, ${sums}]\n\n@all := sum([x | some x in [${Array.from({ length: SHARED }, (_, index) => `rule_${index}`).join(", ")}]])`;
    const instance = await loadRules(rules);
    for (const base of [0, 5, 0]) {
      const expected = [0, 1023, 1024, 2047, 2048, 2099].map((index) => index + base);
      expect(instance.decide({ base }, "t/few").value).toEqual([...expected, ...expected]);
      expect(instance.decide({ base }, "t/all").value).toBe((SHARED * (SHARED - 1)) / 2 + SHARED * base);
    }
  });

  it("are forgotten when a decision stopped in the middle, and when the data changes", async () => {
    const rules = [
      "size := input.size",
      "@made := count(numbers.range(1, size + data.limits.max)) + size",
      "@limit := data.limits.max",
    ].join("\n\n");
    const instance = await loadRules(rules, { data: DATA, limits: { maxMemoryBytes: 8 * 1024 * 1024 } });
    expect(instance.decide({ size: 3 }, "t/made").value).toBe(13);
    expect(() => instance.decide({ size: 5_000_000 }, "t/made")).toThrow("memory");
    expect(instance.decide({ size: 4 }, "t/made").value).toBe(15);
    instance.setData({ limits: { max: 1 } });
    expect(instance.decide({ size: 4 }, "t/made").value).toBe(9);
    expect(instance.decide({}, "t/limit").value).toBe(1);
    expect(() => instance.decide({}, "t/made")).toThrow("says nothing");
  });
});
