import { createInstance, createPool } from "@policy-pack/evaluate";
import type { DecisionPool, PolicyContents } from "@policy-pack/evaluate";
import { readPackUnsafe } from "@policy-pack/pack";
import type { Context, Suite } from "./context.ts";
import { interleave, perSecond } from "./measure.ts";
import { INPUTS } from "./question.ts";
import type { Comparison } from "./report.ts";

const WORKERS = 2;
const BATCH = 2_000;
const ENTRYPOINTS = ["cos/promotion/reasons", "cos/abac/allow"] as const;

/** Two workers on two cores beside one instance in the calling thread. */
export const pool: Suite = {
  name: "pool",
  run: async (context) => {
    const contents = readPackUnsafe(context.fixture.pack);
    const workers = await createPool(contents, { size: WORKERS });
    try {
      const comparisons: Comparison[] = [];
      for (const entrypoint of ENTRYPOINTS) comparisons.push(await compare(context, contents, workers, entrypoint));
      return comparisons;
    } finally {
      await workers.close();
    }
  },
};

async function compare(
  { turnMs, rounds }: Context,
  contents: PolicyContents,
  workers: DecisionPool,
  entrypoint: (typeof ENTRYPOINTS)[number],
): Promise<Comparison> {
  const instance = await createInstance(contents);
  const input = INPUTS[entrypoint.slice(0, entrypoint.lastIndexOf("/"))];
  const questions = Array.from({ length: BATCH }, () => ({ input, entrypoint }));
  const contenders = [
    { name: `\`pool.decideMany(questions)\`, ${WORKERS} workers`, run: () => throughPool(workers, questions, turnMs) },
    {
      name: "`instance.decide(input, entrypoint)`",
      run: () => perSecond(() => instance.decide(input, entrypoint), turnMs),
    },
  ];
  return {
    title: `Decisions of ${entrypoint}, a pool beside one instance`,
    unit: "/s",
    goal: 1.7,
    spreads: await interleave(contenders, rounds),
  };
}

async function throughPool(
  workers: DecisionPool,
  questions: readonly { readonly input: unknown; readonly entrypoint: string }[],
  turnMs: number,
): Promise<number> {
  const started = process.hrtime.bigint();
  const until = started + BigInt(turnMs) * 1_000_000n;
  let answered = 0;
  let now = started;
  while (now < until) {
    const outcomes = await workers.decideMany(questions);
    for (const { error } of outcomes) if (error !== undefined) throw error;
    answered += outcomes.length;
    now = process.hrtime.bigint();
  }
  return (answered * 1e9) / Number(now - started);
}
