import { isJsonObject, parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { BUILD_LIMITS } from "../limits.ts";
import { failed } from "../opa-run.ts";
import { toPath } from "../packages.ts";
import type { Answer } from "./answer.ts";

/** What OPA says of one test rule: all the tests of its name in its package. */
export interface TestRule {
  /** As OPA names it: `data.a_test.test_allow`. */
  readonly name: string;
  /** Its path below `data`. */
  readonly path: readonly string[];
  /** One a rule of that name, in the order of the report. */
  readonly outcomes: readonly TestOutcome[];
}

/** Whether a test passed; a test of several cases case by case. */
export type TestOutcome = boolean | ReadonlyMap<string, TestOutcome>;

/** How OPA numbers further tests of one name. */
const NUMBER = /#[0-9]{2,}$/;

/**
 * Reads what `opa test --format json` prints, rule by rule; tests that OPA leaves out are left out.
 * @throws ConfigError TOOL_FAILED
 */
export function parseTestRules(stdout: string): readonly TestRule[] {
  if (stdout.trim() === "") return [];
  const { maxOpaOutputBytes: maxBytes } = BUILD_LIMITS;
  const report = parseJson(stdout, { maxBytes, code: "TOOL_FAILED", what: "What opa test printed" });
  const rules = new Map<string, TestRule>();
  for (const item of Array.isArray(report) ? (report as readonly JsonValue[]) : []) {
    const { package: path, name, skip } = isJsonObject(item) ? item : {};
    if (typeof path !== "string" || typeof name !== "string") throw failed(["test"], "printed a test without a name");
    if (skip === true) continue;
    const full = toPath(`${path}.${name.replace(/#[0-9]{2,}("\])?$/, "$1")}`);
    const key = JSON.stringify(full);
    const known = rules.get(key);
    const outcomes = [...(known?.outcomes ?? []), toOutcome(item)];
    rules.set(key, { name: known?.name ?? `${path}.${name.replace(NUMBER, "")}`, path: full, outcomes });
  }
  return [...rules.values()];
}

function toOutcome(item: JsonValue): TestOutcome {
  if (!isJsonObject(item)) throw failed(["test"], "printed a test that is no object");
  const { sub_results: cases, fail, error } = item;
  if (!isJsonObject(cases) || Object.keys(cases).length === 0) return fail !== true && error === undefined;
  return new Map(Object.entries(cases).map(([title, one]) => [title, toOutcome(one)]));
}

/** A test that OPA and the module decide otherwise. */
export interface TestDifference {
  /** `data.a_test.test_allow`, with `/<case>` where it has cases. */
  readonly name: string;
  readonly opa: "passed" | "failed";
  readonly module: string;
}

/**
 * Where the compiled tests have another outcome than under OPA. Rules of one name are one document when they are compiled:
 * they agree when the document is true and one of them passed, or neither.
 */
export function compareTest({ name, outcomes }: TestRule, answer: Answer): readonly TestDifference[] {
  const value = answer.kind === "value" ? (JSON.parse(answer.text) as JsonValue) : undefined;
  const told = answer.kind === "value" || answer.kind === "undefined" ? undefined : answer;
  return compare(name, mergeOutcomes(outcomes), { value, told });
}

interface Told {
  readonly value: JsonValue | undefined;
  readonly told: Answer | undefined;
}

function compare(name: string, outcome: TestOutcome, { value, told }: Told): readonly TestDifference[] {
  // An object without members is what a test of no cases gives, and OPA counts that as passed.
  const isEmpty = isJsonObject(value) && Object.keys(value).length === 0;
  if (typeof outcome === "boolean") {
    const hasPassed = value === true;
    if (outcome === hasPassed || isEmpty) return [];
    return [{ name, opa: outcome ? "passed" : "failed", module: wordsOf(hasPassed, told) }];
  }
  const cases = isJsonObject(value) ? value : {};
  const more = Object.keys(cases).filter((title) => !outcome.has(title));
  return [...outcome, ...more.map((title) => [title, false] as const)].flatMap(([title, one]) =>
    compare(`${name}/${title}`, one, { value: Object.hasOwn(cases, title) ? cases[title] : undefined, told }),
  );
}

function wordsOf(hasPassed: boolean, told: Answer | undefined): string {
  if (told?.kind === "timeout") return `no answer within ${told.ms} ms`;
  if (told?.kind === "error" || told?.kind === "failure") return `failed (${told.message})`;
  return hasPassed ? "passed" : "failed";
}

function mergeOutcomes(outcomes: readonly TestOutcome[]): TestOutcome {
  const [first = false, ...more] = outcomes;
  return more.reduce(merge, first);
}

function merge(left: TestOutcome, right: TestOutcome): TestOutcome {
  if (typeof left === "boolean" || typeof right === "boolean") return left === true || right === true;
  const merged = new Map(left);
  for (const [title, one] of right) merged.set(title, merge(merged.get(title) ?? false, one));
  return merged;
}
