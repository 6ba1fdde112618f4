import { canonicalJson, isJsonObject } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";

/** What a decision means for whoever asked. A warning is an ALLOW: the action goes on. */
export type Outcome = "ALLOW" | "DENY" | "OTHER";

/**
 * How an entrypoint's values are read. `plain`: true or "allow" lets it happen. `inverted`: true, or a list that is not
 * empty, forbids it. `explains`: it says why and decides nothing. Else the values that allow and those that deny; any
 * other value is OTHER.
 */
export type OutcomeRule =
  "plain" | "inverted" | "explains" | { readonly allow: readonly JsonValue[]; readonly deny: readonly JsonValue[] };

/** What a pack says of its own entrypoints in `cases/outcomes.json`; the convention holds for all others. */
export interface OutcomeRules {
  readonly entrypoints: ReadonlyMap<string, OutcomeRule>;
}

/** No exceptions from the convention. */
export const DEFAULT_OUTCOME_RULES: OutcomeRules = Object.freeze({ entrypoints: new Map<string, OutcomeRule>() });

const INVERTED =
  /^(?:require[sd]?|den(?:y|ied|ials?)|violations?|block(?:s|ed)?|forbid(?:s|den)?|reject(?:s|ed)?)(?:_|$)/;
const ALLOWING: readonly JsonValue[] = [true, "allow", "allowed", "permit", "warn"];
const DENYING: readonly JsonValue[] = [false, "deny", "denied", "halt", "block", "reject"];

/** The rule for an entrypoint: the pack's own, else by the name of its rule. */
export function outcomeRuleOf(entrypoint: string, rules: OutcomeRules): OutcomeRule {
  const own = rules.entrypoints.get(entrypoint);
  if (own !== undefined) return own;
  const name = entrypoint.slice(entrypoint.lastIndexOf("/") + 1);
  if (name === "reasons") return "explains";
  return INVERTED.test(name) ? "inverted" : "plain";
}

/**
 * What the value means at this entrypoint. Without a value it is DENY, whatever the rule: an undecided question is never
 * an ALLOW. A value that the rule does not know is OTHER.
 */
export function outcomeOf(entrypoint: string, value: JsonValue | undefined, rules: OutcomeRules): Outcome {
  return readOutcome(outcomeRuleOf(entrypoint, rules), value);
}

/** As `outcomeOf`, where the rule is known. */
export function readOutcome(rule: OutcomeRule, value: JsonValue | undefined): Outcome {
  if (value === undefined) return "DENY";
  if (rule === "explains") return "OTHER";
  if (rule === "plain") return plainOutcome(value);
  if (rule === "inverted") return invertedOutcome(value);
  const text = canonicalJson(value);
  if (rule.deny.some((denying) => canonicalJson(denying) === text)) return "DENY";
  return rule.allow.some((allowing) => canonicalJson(allowing) === text) ? "ALLOW" : "OTHER";
}

function plainOutcome(value: JsonValue): Outcome {
  if (ALLOWING.includes(value)) return "ALLOW";
  if (DENYING.includes(value)) return "DENY";
  if (!isJsonObject(value)) return "OTHER";
  const said = Object.hasOwn(value, "allow") ? value["allow"] : value["allowed"];
  return typeof said === "boolean" ? plainOutcome(said) : "OTHER";
}

function invertedOutcome(value: JsonValue): Outcome {
  if (typeof value === "boolean") return value ? "DENY" : "ALLOW";
  if (typeof value !== "object" || value === null) return "OTHER";
  return Object.keys(value).length === 0 ? "ALLOW" : "DENY";
}
