import { PolicyPackError } from "@policy-pack/pack";
import { createRandom } from "./random.ts";
import { TARGETS } from "./targets.ts";
import type { Target } from "./targets.ts";

export interface Finding {
  readonly target: string;
  readonly input: number;
  readonly problem: string;
  readonly bytes: Buffer;
}

export interface Tally {
  readonly inputs: number;
  readonly accepted: number;
  /** Rejections by their code. */
  readonly codes: Readonly<Record<string, number>>;
  /** The longest that one input took, in milliseconds of this thread's own time. */
  readonly slowestMs: number;
  readonly findings: readonly Finding[];
}

export interface RunOptions {
  readonly seed: number;
  /** From which input on, in which steps, up to before which. */
  readonly from: number;
  readonly step: number;
  readonly to: number;
  readonly onInput?: (input: number) => void;
}

/** More than this for one input of a few kilobytes is a way to hold a verifier up. */
export const MAX_INPUT_MS = 500;
const MAX_FINDINGS = 20;

const WHEEL: readonly Target[] = TARGETS.flatMap((target) => Array<Target>(target.weight).fill(target));

/** Feeds the inputs of a range to their targets, and says what was found. */
export function runInputs({ seed, from, step, to, onInput }: RunOptions): Tally {
  const codes: Record<string, number> = {};
  const findings: Finding[] = [];
  let [inputs, accepted, slowestMs] = [0, 0, 0];
  for (let input = from; input < to && findings.length < MAX_FINDINGS; input += step) {
    onInput?.(input);
    const { target, bytes } = makeInput(seed, input);
    const started = threadMs();
    const outcome = outcomeOf(target, bytes);
    const tookMs = threadMs() - started;
    inputs += 1;
    slowestMs = Math.max(slowestMs, tookMs);
    if (outcome.kind === "accepted") accepted += 1;
    if (outcome.kind === "rejected") codes[outcome.code] = (codes[outcome.code] ?? 0) + 1;
    const problem =
      tookMs > MAX_INPUT_MS ? `took ${Math.round(tookMs)} ms` : outcome.kind === "wrong" ? outcome.problem : undefined;
    if (problem !== undefined)
      findings.push({ target: target.name, input, problem, bytes: shrink(target, bytes, problem) });
  }
  return { inputs, accepted, codes, slowestMs, findings };
}

/** The input of that number: the same for the same seed, but for the nonces in the honest signatures it is made of. */
export function makeInput(seed: number, input: number): { readonly target: Target; readonly bytes: Buffer } {
  const random = createRandom(seed, input);
  const target = random.pick(WHEEL);
  return { target, bytes: target.mutate(random.pick(target.seeds), random) };
}

type Outcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "rejected"; readonly code: string }
  | { readonly kind: "wrong"; readonly problem: string };

function outcomeOf(target: Target, bytes: Buffer): Outcome {
  try {
    const problem = target.run(bytes);
    return problem === undefined ? { kind: "accepted" } : { kind: "wrong", problem };
  } catch (thrown) {
    if (thrown instanceof PolicyPackError) return { kind: "rejected", code: thrown.code };
    const { name = "", message = "" } = (thrown ?? {}) as { name?: string; message?: string };
    return { kind: "wrong", problem: `threw ${name}: ${message}` };
  }
}

/** Takes ever smaller stretches out of the input, as long as the same thing goes wrong. */
function shrink(target: Target, bytes: Buffer, problem: string): Buffer {
  if (problem.startsWith("took ")) return bytes;
  const kind = problem.slice(0, 20);
  const isSame = (candidate: Buffer): boolean => {
    const outcome = outcomeOf(target, candidate);
    return outcome.kind === "wrong" && outcome.problem.startsWith(kind);
  };
  let smallest = bytes;
  for (let size = Math.ceil(bytes.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < smallest.length;) {
      const candidate = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]);
      if (isSame(candidate)) smallest = candidate;
      else at += size;
    }
  }
  return smallest;
}

/** This thread's own time, so that a busy machine is not taken for a slow input. */
function threadMs(): number {
  const usage = typeof process.threadCpuUsage === "function" ? process.threadCpuUsage() : process.cpuUsage();
  return (usage.user + usage.system) / 1000;
}

/** Two runs as one. */
export function joinTallies(one: Tally, other: Tally): Tally {
  const codes = { ...one.codes };
  for (const [code, count] of Object.entries(other.codes)) codes[code] = (codes[code] ?? 0) + count;
  return {
    inputs: one.inputs + other.inputs,
    accepted: one.accepted + other.accepted,
    codes,
    slowestMs: Math.max(one.slowestMs, other.slowestMs),
    findings: [...one.findings, ...other.findings],
  };
}
