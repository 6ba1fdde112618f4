import { beginAll, toAnswer } from "./asker.ts";
import type { Asker, AskOptions, Input } from "./asker.ts";

export interface PoolAskOptions extends AskOptions {
  readonly jobs: number;
  readonly deadlineMs: number | undefined;
}

/**
 * Asks in threads. A policy that does not end costs one answer, DEADLINE_EXCEEDED; what it prints is not heard.
 * @throws what `createPool` throws
 */
export async function createPoolAsker(asked: PoolAskOptions): Promise<Asker> {
  const { createPool } = await import("@policy-pack/evaluate");
  const { entrypoints, options, policy, jobs: size, deadlineMs } = asked;
  const { contents, capabilities, strictBuiltinErrors } = policy;
  const pool = await createPool(contents, { size, deadlineMs, capabilities, strictBuiltinErrors });
  const ask = async (inputs: readonly Input[]) => {
    const questions = inputs.flatMap((input) => entrypoints.map((entrypoint) => ({ input, entrypoint, options })));
    const pending = beginAll(asked, questions);
    const outcomes = await keepingAlive(pool.decideMany(questions));
    for (const [index, outcome] of outcomes.entries()) pending[index]?.end(outcome);
    const answers = outcomes.map(toAnswer);
    const width = entrypoints.length;
    return inputs.map((_input, index) => answers.slice(index * width, (index + 1) * width));
  };
  return { ask, close: () => pool.close({ graceMs: 0 }) };
}

const LONG_MS = 3_600_000;

/** Threads of a pool do not keep a process alive, and one that is being replaced is none: without this it might end here. */
async function keepingAlive<T>(pending: Promise<T>): Promise<T> {
  const timer = setInterval(() => undefined, LONG_MS);
  try {
    return await pending;
  } finally {
    clearInterval(timer);
  }
}
