import type { DecisionPool, PolicyInstance, Question } from "@policy-pack/evaluate";
import { PolicyPackError } from "@policy-pack/pack";
import type { AskedPolicy } from "../evaluation/policy.ts";
import { bytesEach, figureOf, interleave, manyPerSecond, perSecond } from "./measure.ts";
import type { Figure } from "./measure.ts";

/** What one entrypoint was measured at; rates are decisions per second. */
export interface EntrypointBench {
  /** False when it has no decision for this input: then that is what was measured. */
  readonly isDefined: boolean;
  readonly objectIn: Figure;
  readonly bytesIn: Figure;
  readonly pool: Figure;
  readonly allocatedBytes: number;
  /** From a compiled module to the first decision, in milliseconds. */
  readonly firstDecisionMs: Figure;
}

export interface EntrypointRequest {
  readonly policy: AskedPolicy;
  readonly instance: PolicyInstance;
  readonly pool: DecisionPool;
  readonly entrypoint: string;
  /** As JSON; undefined for no document. */
  readonly input: Uint8Array | undefined;
  readonly rounds: number;
  /** Of each rate, the round that warms up aside. */
  readonly forMs: number;
  readonly tick: (done: number, total: number) => void;
}

/** Questions that a pool is asked at once, and different inputs among them: nobody may answer two as one. */
const MANY = 4_096;
const COPIES = 64;
const FIRST_ROUNDS = 11;
const MAX_ALLOCATING = 100_000;
const MIN_ALLOCATING = 200;
const ALLOCATING_SHARE = 0.25;

/** @throws what the entrypoint fails with on this input, but for having no decision */
export async function measureEntrypoint(request: EntrypointRequest): Promise<EntrypointBench> {
  const { instance, entrypoint, input, rounds, forMs, tick } = request;
  const isDefined = isDecided(() => instance.decide(input, entrypoint));
  const object: unknown = input === undefined ? undefined : JSON.parse(Buffer.from(input).toString());
  const asking = (value: unknown): (() => unknown) => {
    const decide = (): unknown => instance.decide(value, entrypoint);
    return isDefined ? decide : () => isDecided(decide);
  };
  const askObject = asking(object);
  const [objectIn, bytesIn, pool] = await interleave(
    [
      (ms) => perSecond(askObject, ms),
      (ms) => perSecond(asking(input), ms),
      (ms) => manyPerSecond(() => askPool(request), ms),
    ],
    { rounds, turnMs: forMs / rounds, tick },
  );
  if (objectIn === undefined || bytesIn === undefined || pool === undefined)
    throw new TypeError("nothing was measured");
  const times = Math.max(MIN_ALLOCATING, Math.min(MAX_ALLOCATING, Math.round(objectIn.median * ALLOCATING_SHARE)));
  const allocatedBytes = Math.round(await bytesEach(askObject, times));
  return { isDefined, objectIn, bytesIn, pool, allocatedBytes, firstDecisionMs: await firstDecision(request, object) };
}

/** @throws any other error than that the decision is undefined */
function isDecided(decide: () => unknown): boolean {
  try {
    decide();
    return true;
  } catch (error) {
    if (error instanceof PolicyPackError && error.code === "DECISION_UNDEFINED") return false;
    throw error;
  }
}

async function askPool({ pool, entrypoint, input }: EntrypointRequest): Promise<number> {
  const inputs = Array.from({ length: COPIES }, () => (input === undefined ? undefined : Buffer.from(input)));
  const questions = Array.from({ length: MANY }, (_item, index): Question => {
    return { input: inputs[index % COPIES], entrypoint };
  });
  return (await pool.decideMany(questions)).length;
}

async function firstDecision({ policy, entrypoint }: EntrypointRequest, input: unknown): Promise<Figure> {
  const { createInstance } = await import("@policy-pack/evaluate");
  const { contents, capabilities, strictBuiltinErrors } = policy;
  const times: number[] = [];
  for (let round = 0; round < FIRST_ROUNDS; round += 1) {
    const started = performance.now();
    const instance = await createInstance(contents, { capabilities, strictBuiltinErrors });
    isDecided(() => instance.decide(input, entrypoint));
    times.push(performance.now() - started);
    instance.close();
  }
  return figureOf(times);
}
