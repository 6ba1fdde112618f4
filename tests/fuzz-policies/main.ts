import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { saidText } from "./compare.ts";
import { knownDifference } from "./known.ts";
import { minimise } from "./minimise.ts";
import { readBuiltins } from "./opa-types.ts";
import { runPolicy } from "./run.ts";
import type { PolicyRun } from "./run.ts";

const seed = wholeNumber("FUZZ_SEED", 20_261_120);
const wanted = wholeNumber("FUZZ_DECISIONS", 100_000);
const only = process.env["FUZZ_BUILTINS"];
const folder = join(import.meta.dirname, "../../.cache/fuzz-policies");
const REPORT_EVERY = 20_000;
/** One fault shows in many rules; the rest of them tell nothing new. */
const MAX_FINDINGS = 12;
const OPA = "opa";

function wholeNumber(name: string, usual: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return usual;
  if (!/^[0-9]{1,10}$/.test(text)) throw new TypeError(`${name} must be a whole number`);
  return Number(text);
}

const every = readBuiltins(
  execFileSync(OPA, ["capabilities", "--current"], { maxBuffer: 16 * 1024 * 1024 }).toString(),
);
const builtins = only === undefined ? every : every.filter(({ name }) => new RegExp(only).test(name));
const startedMs = performance.now();
const known = new Map<string, number>();
const findings: string[] = [];
let [next, compared, defined, stopped, reported] = [0, 0, 0, 0, 0];

async function examine({ rules, differences }: PolicyRun, number: number): Promise<void> {
  const seen = new Set<string>();
  for (const difference of differences) {
    const rule = rules.find(({ name }) => name === difference.name);
    if (rule === undefined || seen.has(rule.name) || findings.length >= MAX_FINDINGS) continue;
    seen.add(rule.name);
    const smallest = await minimise(OPA, rule, difference);
    const reason = knownDifference(smallest);
    if (reason !== undefined) {
      known.set(reason, (known.get(reason) ?? 0) + 1);
      continue;
    }
    const { input, opa, wasm } = smallest.difference;
    const text = `${smallest.policy}\ninput: ${JSON.stringify(input).slice(0, 500)}\nOPA:   ${saidText(opa).slice(0, 500)}\nWASM:  ${saidText(wasm).slice(0, 500)}`;
    findings.push(text);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${seed}-${number}-${rule.name}.json`);
    writeFileSync(path, JSON.stringify({ policy: smallest.policy, input, rule: rule.name }, undefined, 2));
    console.log(`FOUND in policy ${number} of seed ${seed}, kept in ${path}\n${text}\n`);
  }
}

async function work(): Promise<void> {
  while (compared < wanted && findings.length < MAX_FINDINGS) {
    const number = next++;
    const run = await runPolicy(OPA, builtins, { seed, number });
    compared += run.compared;
    defined += run.defined;
    stopped += run.stopped.length;
    if (compared - reported >= REPORT_EVERY) {
      reported = compared;
      console.log(
        `${compared} of ${wanted} decisions, ${Math.round((compared * 1000) / (performance.now() - startedMs))} a second`,
      );
    }
    await examine(run, number);
  }
}

console.log(
  `seed ${seed} (FUZZ_SEED), ${wanted} decisions (FUZZ_DECISIONS), ${builtins.length} builtins (FUZZ_BUILTINS)`,
);
await Promise.all(Array.from({ length: availableParallelism() }, work));
for (const [reason, count] of known) console.log(`${String(count).padStart(6)}  rules differ as known: ${reason}`);
console.log(
  `${next} policies, ${compared} decisions by OPA and by WASM in ${Math.round((performance.now() - startedMs) / 1000)} s; ` +
    `${defined} with a value; ${stopped} rules that OPA refused or stopped at; ${findings.length} findings (seed ${seed})`,
);
process.exitCode = findings.length === 0 ? 0 : 1;
