import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Asker } from "./asker.ts";
import { loadCases } from "./cases.ts";
import type { ComplianceCase } from "./cases.ts";
import { compileCase } from "./compile.ts";
import { judge } from "./judge.ts";
import { findCases, opaVersion } from "./opa-source.ts";
import { toQuestion } from "./question.ts";
import type { HostName } from "./question.ts";
import { GOAL_PERCENT, nameOf, reportText, summarise } from "./report.ts";
import type { CaseResult } from "./report.ts";

const HOSTS: readonly HostName[] = ["policy-pack", "opa-wasm"];
const PROGRESS_EVERY = 500;
const USAGE = `Runs OPA's own cases, compiled to WASM, through @policy-pack/evaluate, and beside it through OPA's SDK.

  npm run test:compliance                        every case
  npm run test:compliance -- --only sets,regexfind   these folders of them
  npm run test:compliance -- --grep 'cidr.*ipv6'     these names of them
  npm run test:compliance -- --json                  the results as JSON

OPA's cases are those of its Go module at the version of the opa on PATH (go mod download), or in OPA_SOURCE.`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    grep: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean" },
  },
});

/** Runs the tests on as many workers as there are processors; the results keep the order of the tests. */
async function runAll(opa: string, tests: readonly ComplianceCase[]): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  let [next, done] = [0, 0];
  const work = async (): Promise<void> => {
    const asker = new Asker();
    for (let test = tests[next]; test !== undefined; test = tests[next]) {
      const index = next++;
      results[index] = await runCase(opa, asker, test);
      if (++done % PROGRESS_EVERY === 0) process.stderr.write(`${done} of ${tests.length} cases\n`);
    }
    await asker.close();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}

async function runCase(opa: string, asker: Asker, test: ComplianceCase): Promise<CaseResult> {
  const compiled = await compileCase(opa, test);
  if ("refused" in compiled) return { test, refused: compiled.refused, failures: {} };
  const failures: Partial<Record<HostName, string | undefined>> = {};
  for (const host of HOSTS) {
    failures[host] = judge(test, await asker.ask(toQuestion(host, test, compiled.wasm)));
  }
  return { test, failures };
}

function print(results: readonly CaseResult[], version: string): void {
  const summary = summarise(results);
  const asJson = results.map(({ test, refused, failures }) => ({
    name: nameOf(test),
    file: test.file,
    ...(refused === undefined ? { failures } : { refused }),
  }));
  console.log(
    values.json === true
      ? JSON.stringify({ opa: version, summary, cases: asJson })
      : reportText(results, summary, version),
  );
  process.exitCode = summary.percent >= GOAL_PERCENT ? 0 : 1;
}

async function main(): Promise<void> {
  const opa = "opa";
  const version = await opaVersion(opa);
  const pattern = values.grep === undefined ? undefined : new RegExp(values.grep);
  const all = await loadCases(await findCases(version), values.only?.split(",") ?? []);
  const tests = all.filter((test) => pattern?.test(nameOf(test)) ?? true);
  if (tests.length === 0) throw new Error("no case has such a folder or name");
  print(await runAll(opa, tests), version);
}

if (values.help === true) console.log(USAGE);
else await main();
