import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { joinTallies, makeInput } from "./run.ts";
import type { Finding, Tally } from "./run.ts";
import { checkTargets } from "./targets.ts";

const seed = wholeNumber("FUZZ_SEED", 20_261_120);
const inputs = wholeNumber("FUZZ_INPUTS", 1_000_000);
const workers = Math.max(1, Math.min(wholeNumber("FUZZ_WORKERS", availableParallelism()), 16));
const folder = join(import.meta.dirname, "../../.cache/fuzz");
/** One input takes a fraction of a millisecond; a worker that stands still this long will not come back. */
const HANG_MS = 60_000;
const REPORT_MS = 10_000;

function wholeNumber(name: string, usual: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return usual;
  if (!/^[0-9]{1,10}$/.test(text)) throw new TypeError(`${name} must be a whole number`);
  return Number(text);
}

const progress = new SharedArrayBuffer(4 * workers);
const at = new Int32Array(progress);
const startedMs = performance.now();

function startWorker(slot: number): { readonly worker: Worker; readonly done: Promise<Tally> } {
  const share = { seed, from: slot, step: workers, to: inputs };
  const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: { share, progress, slot } });
  const done = new Promise<Tally>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => {
      if (code !== 0) reject(new Error(`a worker ended with ${code}`));
    });
  });
  return { worker, done };
}

function report(): void {
  const done = at.reduce((sum, input) => sum + Math.floor(input / workers), 0);
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(`${done} of ${inputs} inputs, ${Math.round(done / seconds)} a second`);
}

/** Ends the run when a worker has stood at one input for too long, and names the input. */
function watchForHangs(): NodeJS.Timeout {
  const seen = at.map((input) => input);
  const since = Array.from(at, () => performance.now());
  return setInterval(() => {
    at.forEach((input, slot) => {
      if (input !== seen[slot]) {
        seen[slot] = input;
        since[slot] = performance.now();
      } else if (performance.now() - (since[slot] ?? 0) > HANG_MS && input + workers < inputs) {
        const { target, bytes } = makeInput(seed, input);
        save({ target: target.name, input, problem: "does not come back", bytes });
        process.exit(1);
      }
    });
  }, 1000);
}

function save({ target, input, problem, bytes }: Finding): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${target.replaceAll(" ", "-")}-${seed}-${input}.bin`);
  writeFileSync(path, bytes);
  console.log(`FOUND ${target} (input ${input}): ${problem.slice(0, 300)}\n  ${bytes.length} bytes in ${path}`);
  if (bytes.length <= 200) console.log(`  ${JSON.stringify(bytes.toString("latin1"))}`);
}

checkTargets();
console.log(`seed ${seed} (FUZZ_SEED), ${inputs} inputs (FUZZ_INPUTS), ${workers} workers`);
const started = Array.from({ length: workers }, (_, slot) => startWorker(slot));
const reporter = setInterval(report, REPORT_MS);
const watch = watchForHangs();
const tallies = await Promise.all(started.map(({ done }) => done));
clearInterval(reporter);
clearInterval(watch);

const total = tallies.reduce(joinTallies);
for (const finding of total.findings) save(finding);
const codes = Object.entries(total.codes).toSorted(([, one], [, other]) => other - one);
for (const [code, count] of codes) console.log(`${String(count).padStart(9)}  ${code}`);
console.log(`${String(total.accepted).padStart(9)}  accepted, with a meaning of an honest document`);
const seconds = (performance.now() - startedMs) / 1000;
console.log(
  `${total.inputs} inputs in ${Math.round(seconds)} s, the slowest ${total.slowestMs.toFixed(1)} ms; ${total.findings.length} findings (seed ${seed})`,
);
process.exitCode = total.findings.length === 0 ? 0 : 1;
