import { isJsonObject } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import type { BudgetVerdict } from "../budget/budget.ts";
import type { CaseDecision } from "../decide/case-decision.ts";
import type {
  DecisionDiff,
  EntrypointDiff,
  FailedCase,
  FlipDirection,
  FlipGroup,
  PackName,
} from "../diff/decision-diff.ts";
import { totalFlips } from "../diff/tally.ts";
import { cut, lineOfJson, visible } from "./visible.ts";

/** What the three reports say in the same words. None of it is escaped for a medium; `visible` is applied to it. */

const NUMBERS = new Intl.NumberFormat("en-US");
const MAX_VALUE = 300;
const MAX_MESSAGE = 500;
const MAX_REASONS = 20;

export function number(value: number): string {
  return NUMBERS.format(value);
}

/** `1 group`, `2,000 groups`. */
export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** A share that is told as 0 % or 100 % only when it is. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return "none";
  if (part === 0 || part === whole) return part === 0 ? "0 %" : "100 %";
  const rounded = ((100 * part) / whole).toFixed(2);
  if (rounded === "0.00") return "< 0.01 %";
  return rounded === "100.00" ? "> 99.99 %" : `${rounded} %`;
}

/** One direction of flips with its groups. */
export interface Section {
  readonly direction: FlipDirection;
  readonly title: string;
  readonly meaning: string;
  readonly flips: number;
  readonly groups: readonly FlipGroup[];
}

/** The three directions, the dangerous one first, empty ones too. */
export function sectionsOf(diff: DecisionDiff): readonly [Section, Section, Section] {
  const groupsOf = (direction: FlipDirection): readonly FlipGroup[] =>
    diff.groups.filter((group) => group.direction === direction);
  return [
    {
      direction: "DENY_TO_ALLOW",
      title: "DENY to ALLOW",
      meaning: "refused before, and let through now",
      flips: diff.flips.denyToAllow,
      groups: groupsOf("DENY_TO_ALLOW"),
    },
    {
      direction: "ALLOW_TO_DENY",
      title: "ALLOW to DENY",
      meaning: "let through before, and refused now",
      flips: diff.flips.allowToDeny,
      groups: groupsOf("ALLOW_TO_DENY"),
    },
    {
      direction: "VALUE",
      title: "Other changes of value",
      meaning: "answered otherwise, which neither opens nor closes",
      flips: diff.flips.other,
      groups: groupsOf("VALUE"),
    },
  ];
}

/** `12 decisions in 2 groups`, or `none`. */
export function sizeOf({ flips, groups }: Pick<Section, "flips" | "groups">): string {
  return flips === 0 && groups.length === 0
    ? "none"
    : `${count(flips, "decision")} in ${count(groups.length, "group")}`;
}

/** Whether a migration note names the group; nothing where no budget was asked about. */
export function markOf({ name, direction }: FlipGroup, verdict: BudgetVerdict | undefined): string {
  if (verdict === undefined) return "";
  if (verdict.named.includes(name)) return "named";
  return direction === "DENY_TO_ALLOW" ? "NOT NAMED" : "not named";
}

export function titleOf({ old, new: next }: DecisionDiff): string {
  return `Decision diff of ${nameOf(old)} and ${nameOf(next)}`;
}

export function nameOf({ packId, revision }: PackName): string {
  return `${visible(cut(packId, 100))} revision ${visible(cut(revision, 40))}`;
}

/** What was decided, and how to do it again. */
export function madeFrom({ inputs, compared, generator, seed, iterations }: DecisionDiff): string {
  const random =
    seed === null || iterations === null
      ? ""
      : ` (generator ${visible(cut(generator, 60))}, seed ${number(seed).replaceAll(",", "")}, ${count(iterations, "iteration")} a package)`;
  const kinds = `${count(inputs.case, "recorded case")}, ${count(inputs.log, "logged input")} and ${count(inputs.random, "random input")}`;
  return `${count(compared, "pair")} of decisions compared on ${kinds}${random}.`;
}

/** The whole outcome in one sentence. */
export function headline({ flips, compared }: DecisionDiff): string {
  const total = totalFlips(flips);
  if (compared === 0) return "Nothing was compared: this says nothing about the change.";
  if (total === 0) return "No decision changes.";
  if (flips.denyToAllow === 0)
    return `${count(total, "decision")} of ${number(compared)} ${changing(total)}, none from DENY to ALLOW.`;
  return `${count(flips.denyToAllow, "decision")} ${changing(flips.denyToAllow)} from DENY to ALLOW (${number(total)} of ${number(compared)} ${changing(total)} in all).`;
}

function changing(decisions: number): string {
  return decisions === 1 ? "changes" : "change";
}

export function budgetLine({ ok, flips, maxFlips, unnamed }: BudgetVerdict): string {
  const used = `${count(flips, "flip")} of at most ${number(maxFlips)}`;
  const open =
    unnamed.length === 0
      ? "no group from DENY to ALLOW is without a migration note"
      : `${count(unnamed.length, "group")} from DENY to ALLOW that no migration note names`;
  return `Budget ${ok ? "met" : "EXCEEDED"}: ${used}; ${open}.`;
}

/** `DENY false`, `ALLOW "warn"`, `DENY without a decision (EVALUATION_FAILED)`; of another outcome the value alone. */
export function decisionText({ outcome, value, error }: CaseDecision): string {
  if (value === undefined) return `${outcome} without a decision (${visible(error ?? "DECISION_UNDEFINED")})`;
  const text = cut(lineOfJson(value), MAX_VALUE);
  return outcome === "OTHER" ? text : `${outcome} ${text}`;
}

/** What a recorded case expected and what it is, as `expected true, is DENY false`. */
export function failedCaseText({ expected, actual }: FailedCase): string {
  return `expected ${cut(lineOfJson(expected), MAX_VALUE)}, is ${decisionText(actual)}`;
}

/** The reasons of a package, one a line: `code: message`, or the JSON of what has another form. */
export function reasonLines(reasons: JsonValue | undefined): readonly string[] {
  if (reasons === undefined) return [];
  const items: readonly JsonValue[] = Array.isArray(reasons) ? (reasons as readonly JsonValue[]) : [reasons];
  const lines = items.slice(0, MAX_REASONS).map(reasonLine);
  return items.length > MAX_REASONS ? [...lines, `and ${number(items.length - MAX_REASONS)} more`] : lines;
}

function reasonLine(reason: JsonValue): string {
  if (typeof reason === "string") return visible(cut(reason, MAX_MESSAGE));
  if (!isJsonObject(reason)) return cut(lineOfJson(reason), MAX_MESSAGE);
  const { code, message, ...rest } = reason;
  const isUsual = typeof code === "string" && typeof message === "string" && Object.keys(rest).length === 0;
  return isUsual ? visible(cut(`${code}: ${message}`, MAX_MESSAGE)) : cut(lineOfJson(reason), MAX_MESSAGE);
}

/** The entrypoints that decide; those that explain have no outcome. */
export function decidingOf({ entrypoints }: DecisionDiff): readonly EntrypointDiff[] {
  return entrypoints.filter(({ explains }) => !explains);
}

/** What else a reader must know of an entrypoint's numbers. */
export function remarksOf({ status, old, new: next }: EntrypointDiff): readonly string[] {
  const states = { both: [], gone: ["only in the old pack"], new: ["only in the new pack"] };
  const errors =
    old.errors + next.errors === 0 ? [] : [`without a decision: ${number(old.errors)} old, ${number(next.errors)} new`];
  return [...states[status], ...errors];
}

/** What the numbers leave out: each a sentence. */
export function notesOf({ entrypoints, undecided }: DecisionDiff): readonly string[] {
  const reworded = entrypoints.filter((entry) => entry.reworded > 0);
  return [
    ...reworded.map(({ entrypoint, reworded: times }) => {
      return `${visible(cut(entrypoint, 200))} explains ${count(times, "decision")} in other words; that is no flip.`;
    }),
    ...(undecided.count === 0
      ? []
      : [
          `${count(undecided.count, "input")} asked what neither pack has: ${undecided.targets
            .slice(0, 10)
            .map((target) => visible(cut(target, 100)))
            .join(", ")}${undecided.targets.length > 10 ? ", ..." : ""}.`,
        ]),
  ];
}
