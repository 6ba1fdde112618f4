import { describe, expect, it } from "@jest/globals";
import type { JsonValue } from "@policy-pack/pack";
import { DEFAULT_OUTCOME_RULES, outcomeOf, outcomeRuleOf } from "../../src/outcomes/outcome.ts";
import { parseOutcomeRules } from "../../src/outcomes/outcome-rules.ts";

describe("outcomeOf", () => {
  it.each<readonly [string, JsonValue | undefined, string]>([
    ["a/allow", true, "ALLOW"],
    ["a/allow", false, "DENY"],
    ["a/allow", undefined, "DENY"],
    ["a/allow", null, "OTHER"],
    ["a/allow", 1, "OTHER"],
    ["a/allow", "true", "OTHER"],
    ["a/allow", [], "OTHER"],
    ["a/decision", "allow", "ALLOW"],
    ["a/decision", "warn", "ALLOW"],
    ["a/decision", "halt", "DENY"],
    ["a/decision", "perhaps", "OTHER"],
    ["a/decision", { allow: true }, "ALLOW"],
    ["a/decision", { allowed: false, allow: false }, "DENY"],
    ["a/decision", { allow: "yes" }, "OTHER"],
    ["a/decision", { other: true }, "OTHER"],
    ["a/require_human", true, "DENY"],
    ["a/require_human", false, "ALLOW"],
    ["a/require_human", undefined, "DENY"],
    ["a/deny", [], "ALLOW"],
    ["a/deny", ["no"], "DENY"],
    ["a/violation", { id: "x" }, "DENY"],
    ["a/violations", {}, "ALLOW"],
    ["a/deny", "no", "OTHER"],
    ["a/denylist", true, "ALLOW"],
    ["a/reasons", [], "OTHER"],
    ["a/reasons", undefined, "DENY"],
  ])("reads %s with %j as %s", (entrypoint, value, outcome) => {
    expect(outcomeOf(entrypoint, value, DEFAULT_OUTCOME_RULES)).toBe(outcome);
  });
});

describe("parseOutcomeRules", () => {
  it("puts a pack's own rules before the convention", () => {
    const rules = parseOutcomeRules(
      '{"outcomes": {"a/tier": {"allow": ["gold", {"x": 1, "y": 2}], "deny": [0]}, "a/deny": "plain", "a/why": "explains"}}',
    );
    expect(outcomeOf("a/tier", "gold", rules)).toBe("ALLOW");
    expect(outcomeOf("a/tier", { y: 2, x: 1 }, rules)).toBe("ALLOW");
    expect(outcomeOf("a/tier", 0, rules)).toBe("DENY");
    expect(outcomeOf("a/tier", "silver", rules)).toBe("OTHER");
    expect(outcomeOf("a/tier", undefined, rules)).toBe("DENY");
    expect(outcomeOf("a/deny", true, rules)).toBe("ALLOW");
    expect(outcomeRuleOf("a/why", rules)).toBe("explains");
    expect(outcomeOf("b/deny", true, rules)).toBe("DENY");
  });

  it.each([
    "[]",
    "{}",
    '{"outcomes": {}, "more": 1}',
    '{"outcomes": {"a/b": "other"}}',
    '{"outcomes": {"a/b": {"allow": []}}}',
    '{"outcomes": {"a/b": {"allow": [1], "deny": [1]}}}',
    '{"outcomes": {"a/b": {"allow": [], "deny": [], "else": []}}}',
    '{"outcomes": {"a/b": "plain", "a/b": "inverted"}}',
  ])("refuses %s", (source) => {
    expect(() => parseOutcomeRules(source)).toThrow(expect.objectContaining({ code: "BASELINE_INVALID" }));
  });
});
