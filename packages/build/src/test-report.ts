import { isJsonObject, parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { compareBytes } from "./bytes.ts";
import { BUILD_LIMITS } from "./limits.ts";
import { failed } from "./opa-run.ts";

/** Which tests ran, by name: `data.a_test.test_allow`, and `data.a_test.test_cases/<case>` where a test has cases. */
export interface TestReport {
  readonly passedTests: readonly string[];
  /** Not run: OPA leaves out what is named `todo_…`. */
  readonly skippedTests: readonly string[];
  readonly failedTests: readonly string[];
}

type Outcome = keyof TestReport;

/**
 * Reads what `opa test --format json` prints. A name that is there twice is listed once, and as failed when any is.
 * @throws ConfigError TOOL_FAILED
 */
export function parseTestReport(stdout: string): TestReport {
  const outcomes = new Map<string, Outcome>();
  for (const item of parseItems(stdout)) {
    const { package: path, name } = isJsonObject(item) ? item : {};
    if (typeof path !== "string" || typeof name !== "string") throw failed(["test"], "printed a test without a name");
    collect(outcomes, item, `${path}.${name}`);
  }
  const named = (outcome: Outcome): readonly string[] =>
    [...outcomes].flatMap(([name, it]) => (it === outcome ? [name] : [])).sort(compareBytes);
  return { passedTests: named("passedTests"), skippedTests: named("skippedTests"), failedTests: named("failedTests") };
}

/** OPA prints nothing at all when there is no test. */
function parseItems(stdout: string): readonly JsonValue[] {
  if (stdout.trim() === "") return [];
  const { maxOpaOutputBytes: maxBytes } = BUILD_LIMITS;
  const report = parseJson(stdout, { maxBytes, code: "TOOL_FAILED", what: "What opa test printed" });
  if (report === null) return [];
  if (!Array.isArray(report)) throw failed(["test"], "printed no list of tests");
  return report as readonly JsonValue[];
}

/** A test of several cases is told case by case; it stands for itself when none of them explains its failure. */
function collect(outcomes: Map<string, Outcome>, item: JsonValue, name: string): void {
  if (!isJsonObject(item)) throw failed(["test"], "printed a test that is no object");
  const { sub_results: cases } = item;
  const outcome = outcomeOf(item);
  if (!isJsonObject(cases) || Object.keys(cases).length === 0) {
    record(outcomes, name, outcome);
    return;
  }
  for (const [title, one] of Object.entries(cases)) collect(outcomes, one, `${name}/${title}`);
  const explains = [...outcomes].some(([known, it]) => it === "failedTests" && known.startsWith(`${name}/`));
  if (outcome !== "passedTests" && !explains) record(outcomes, name, outcome);
}

function outcomeOf({ fail, error, skip }: Readonly<Record<string, JsonValue>>): Outcome {
  if (fail === true || error !== undefined) return "failedTests";
  return skip === true ? "skippedTests" : "passedTests";
}

function record(outcomes: Map<string, Outcome>, name: string, outcome: Outcome): void {
  const known = outcomes.get(name);
  if (known === undefined || outcome === "failedTests") outcomes.set(name, outcome);
}
