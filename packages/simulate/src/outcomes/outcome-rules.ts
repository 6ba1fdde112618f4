import { parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { readArray, readMap, readObject, readOneOf, refuse } from "../fields.ts";
import { SIMULATE_LIMITS } from "../limits.ts";
import type { OutcomeRule, OutcomeRules } from "./outcome.ts";

const NAMED = ["plain", "inverted", "explains"] as const;

/**
 * Reads `cases/outcomes.json`: `{"outcomes": {"cos/budget/decision": {"allow": ["allow", "warn"], "deny": ["halt"]}}}`,
 * where a rule is also one of the texts plain, inverted and explains. That the pack has the entrypoints is not checked.
 * @throws FormatError BASELINE_INVALID | LIMIT_EXCEEDED
 */
export function parseOutcomeRules(source: string | Uint8Array): OutcomeRules {
  const what = "outcomes.json";
  const value = parseJson(source, { maxBytes: SIMULATE_LIMITS.maxNoteBytes, code: "BASELINE_INVALID", what });
  const { outcomes } = readObject(value, ["outcomes"], what);
  const rules = Object.entries(readMap(outcomes, "outcomes")).map(([entrypoint, rule]) => {
    return [entrypoint, readRule(rule, `outcomes[${JSON.stringify(entrypoint.slice(0, 100))}]`)] as const;
  });
  return { entrypoints: new Map(rules) };
}

function readRule(value: JsonValue, at: string): OutcomeRule {
  if (typeof value === "string") return readOneOf(value, NAMED, at);
  const { allow, deny } = readObject(value, ["allow", "deny"], at);
  const rule = { allow: readArray(allow, `${at}.allow`), deny: readArray(deny, `${at}.deny`) };
  const texts = [...rule.allow, ...rule.deny].map((item) => JSON.stringify(item));
  return new Set(texts).size === texts.length ? rule : refuse(at, "without the same value twice");
}
