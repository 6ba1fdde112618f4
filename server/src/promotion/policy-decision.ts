import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { toPlainJson } from "@policy-pack/evaluate";
import type { PolicyInstance } from "@policy-pack/evaluate";
import { memberOf } from "./pack-config.ts";
import { oneLine, toFailure } from "./reason.ts";
import type { Reason } from "./reason.ts";

export const PROMOTION_PACKAGE = "cos/promotion";

/** What promotions need of a policy. */
export type Decider = Pick<PolicyInstance, "decide">;

/** More would help nobody who reads them. */
const MAX_REASONS = 100;

/**
 * Asks the pack whether the release may be promoted. An empty answer alone is a yes: `ok` is exactly true and `reasons`
 * is exactly an empty list. Whatever else the pack answers, or fails to, is a reason.
 */
export function askPolicy(instance: Decider, input: JsonObject): readonly Reason[] {
  const ok = ask(instance, input, "ok");
  const told = ask(instance, input, "reasons");
  const failures = [ok, told].flatMap(({ failure }) => failure ?? []);
  if (failures.length > 0) return failures;
  const reasons = readReasons(told.value);
  if (reasons === undefined) return [undecided("cos/promotion/reasons is no list of {code, message}")];
  if (reasons.length > 0) return reasons;
  if (ok.value === true) return [];
  if (ok.value === false) return [{ kind: "policy", code: "policy_denied", message: "the policy gives no reason" }];
  return [undecided("cos/promotion/ok is neither true nor false")];
}

interface Answer {
  readonly value?: JsonValue;
  readonly failure?: Reason;
}

function ask(instance: Decider, input: JsonObject, rule: string): Answer {
  try {
    return { value: toPlainJson(instance.decide(input, `${PROMOTION_PACKAGE}/${rule}`).value) };
  } catch (thrown) {
    return { failure: toFailure(thrown) };
  }
}

function readReasons(value: JsonValue | undefined): readonly Reason[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const reasons = value.slice(0, MAX_REASONS).map((item: JsonValue) => readReason(item));
  return reasons.includes(undefined) ? undefined : reasons.filter((reason) => reason !== undefined);
}

function readReason(value: JsonValue): Reason | undefined {
  if (!isJsonObject(value)) return undefined;
  const [code, message] = [memberOf(value, "code"), memberOf(value, "message")];
  if (typeof code !== "string" || typeof message !== "string" || code === "") return undefined;
  return { kind: "policy", code: oneLine(code), message: oneLine(message) };
}

function undecided(message: string): Reason {
  return { kind: "failed", code: "DECISION_UNDEFINED", message };
}
