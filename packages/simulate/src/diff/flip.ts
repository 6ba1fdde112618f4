import { canonicalJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import type { CaseDecision } from "../decide/case-decision.ts";
import type { Side } from "../decide/reason.ts";
import type { FlipDirection } from "./decision-diff.ts";

/** What a flip is called, and why. */
export interface FlipName {
  readonly name: string;
  readonly direction: FlipDirection;
  readonly reason: string;
}

const PREFIX: Readonly<Record<FlipDirection, string>> = {
  DENY_TO_ALLOW: "deny-to-allow",
  ALLOW_TO_DENY: "allow-to-deny",
  VALUE: "value",
};

/** Whether two decisions say the same: the same value, however its members are ordered, or the same error. */
export function isSameDecision(left: CaseDecision, right: CaseDecision): boolean {
  if (left.error !== right.error || left.outcome !== right.outcome) return false;
  return isSameValue(left.value, right.value);
}

/** Whether two values are one JSON value. */
export function isSameValue(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  return JSON.stringify(left) === JSON.stringify(right) || canonicalJson(left) === canonicalJson(right);
}

/**
 * Which way a decision went. OTHER is not allowed: else a denial could become an ALLOW in two steps, of which neither
 * would be one from DENY to ALLOW.
 */
export function directionOf(before: Pick<Side, "outcome">, after: Pick<Side, "outcome">): FlipDirection {
  if (before.outcome !== "ALLOW" && after.outcome === "ALLOW") return "DENY_TO_ALLOW";
  return before.outcome === "ALLOW" && after.outcome !== "ALLOW" ? "ALLOW_TO_DENY" : "VALUE";
}

/** The group of a flip: entrypoint, direction and the reason that the denying side gives. */
export function nameFlip(entrypoint: string, before: Side, after: Side): FlipName {
  const direction = directionOf(before, after);
  const reason = reasonOf(direction, before, after);
  return { name: `${PREFIX[direction]}:${entrypoint}:${reason}`, direction, reason };
}

function reasonOf(direction: FlipDirection, before: Side, after: Side): string {
  if (direction === "DENY_TO_ALLOW") return denialOf(before, "entrypoint_new");
  if (direction === "ALLOW_TO_DENY") return denialOf(after, "entrypoint_gone");
  const change = `${before.word}->${after.word}`;
  const codes = after.codes === "" ? before.codes : after.codes;
  return codes === "" ? change : `${change}:${codes}`;
}

function denialOf({ error, codes }: Side, absent: string): string {
  if (error === "ENTRYPOINT_UNKNOWN") return absent;
  if (error !== undefined) return `error.${error}`;
  return codes === "" ? "unexplained" : codes;
}
