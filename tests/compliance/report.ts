import type { ComplianceCase } from "./cases.ts";
import type { HostName } from "./question.ts";

/** What became of one case with each host. */
export interface CaseResult {
  readonly test: ComplianceCase;
  /** OPA's own words where its WASM compiler does not take the case. */
  readonly refused?: string;
  /** Why each host failed; undefined where it passed. */
  readonly failures: Readonly<Partial<Record<HostName, string | undefined>>>;
}

/** Of the cases that OPA compiles to WASM, in percent. */
export const GOAL_PERCENT = 99.5;

export interface Summary {
  readonly total: number;
  readonly excluded: number;
  readonly compiled: number;
  readonly passed: Readonly<Record<HostName, number>>;
  readonly percent: number;
}

export function summarise(results: readonly CaseResult[]): Summary {
  const compiled = results.filter(({ refused }) => refused === undefined);
  const passed = (host: HostName): number => compiled.filter(({ failures }) => failures[host] === undefined).length;
  const ours = passed("policy-pack");
  return {
    total: results.length,
    excluded: results.length - compiled.length,
    compiled: compiled.length,
    passed: { "policy-pack": ours, "opa-wasm": passed("opa-wasm") },
    percent: compiled.length === 0 ? 100 : (100 * ours) / compiled.length,
  };
}

export function nameOf({ rego, note }: ComplianceCase): string {
  return `${rego} ${note}`;
}

export function reportText(results: readonly CaseResult[], summary: Summary, opa: string): string {
  const excluded = results.flatMap(({ test, refused }) =>
    refused === undefined ? [] : [`  ${nameOf(test)}\n    ${indent(refused)}`],
  );
  const failed = results.flatMap(({ test, refused, failures: { "policy-pack": failure } }) =>
    refused !== undefined || failure === undefined ? [] : [`  ${nameOf(test)} (${test.file})\n    ${indent(failure)}`],
  );
  const { compiled, passed } = summary;
  return [
    ...section(`${excluded.length} excluded: OPA's compiler does not take them, in its own words`, excluded),
    ...section(`${failed.length} failed`, failed),
    `OPA ${opa}: ${summary.total} cases, ${summary.excluded} of them excluded, ${compiled} compiled to WASM`,
    line("@policy-pack/evaluate", passed["policy-pack"], compiled),
    line("@open-policy-agent/opa-wasm, as it comes", passed["opa-wasm"], compiled),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines, ""];
}

function line(name: string, passed: number, compiled: number): string {
  const percent = compiled === 0 ? 100 : (100 * passed) / compiled;
  return `  ${name.padEnd(42)} ${passed} passed, ${compiled - passed} failed (${percent.toFixed(2)} %)`;
}

function indent(text: string): string {
  return text.replaceAll("\n", "\n    ");
}
