import { createInstance, createPool } from "@policy-pack/evaluate";
import type { DecisionPool, PolicyContents, PolicyInstance, Question } from "@policy-pack/evaluate";
import { readPackUnsafe } from "@policy-pack/pack";
import type { Context, Suite } from "./context.ts";
import { interleave, perSecond } from "./measure.ts";
import { INPUTS } from "./question.ts";
import type { Comparison } from "./report.ts";

const WORKERS = 2;
/** As many as may wait in a pool. */
const QUESTIONS = 10_000;
const ENTRYPOINTS = ["cos/promotion/reasons", "cos/abac/allow"] as const;

/** How a question's input is handed over; each question has its own, so that none is taken for the one before. */
const FORMS: Readonly<Record<string, (input: unknown) => unknown>> = {
  "JSON bytes": (input) => Buffer.from(JSON.stringify(input)),
  objects: (input) => structuredClone(input),
};

/** Two workers on two cores beside one instance in the calling thread. */
export const pool: Suite = {
  name: "pool",
  run: async (context) => {
    const contents = readPackUnsafe(context.fixture.pack);
    const workers = await createPool(contents, { size: WORKERS });
    try {
      const comparisons: Comparison[] = [];
      for (const entrypoint of ENTRYPOINTS) {
        for (const form of Object.keys(FORMS)) {
          comparisons.push(await compare(context, { contents, workers, entrypoint, form }));
        }
      }
      return comparisons;
    } finally {
      await workers.close();
    }
  },
};

interface Case {
  readonly contents: PolicyContents;
  readonly workers: DecisionPool;
  readonly entrypoint: (typeof ENTRYPOINTS)[number];
  readonly form: string;
}

async function compare(
  { turnMs, rounds }: Context,
  { contents, workers, entrypoint, form }: Case,
): Promise<Comparison> {
  const instance = await createInstance(contents);
  const input = INPUTS[entrypoint.slice(0, entrypoint.lastIndexOf("/"))];
  const questions = Array.from({ length: QUESTIONS }, () => ({ input: FORMS[form]?.(input), entrypoint }));
  const contenders = [
    { name: `\`pool.decideMany(questions)\`, ${WORKERS} workers`, run: () => throughPool(workers, questions, turnMs) },
    {
      name: "`instance.decide(input, entrypoint)`, one question after the other",
      run: () => throughInstance(instance, questions, turnMs),
    },
  ];
  return {
    title: `Decisions of ${entrypoint}, ${form} in, a pool beside one instance`,
    unit: "/s",
    goal: 1.7,
    spreads: await interleave(contenders, rounds),
  };
}

function throughInstance(instance: PolicyInstance, questions: readonly Question[], turnMs: number): number {
  let next = 0;
  return perSecond(() => {
    const { input, entrypoint } = questions[next++ % questions.length] ?? { input: undefined, entrypoint: "" };
    instance.decide(input, entrypoint);
  }, turnMs);
}

async function throughPool(workers: DecisionPool, questions: readonly Question[], turnMs: number): Promise<number> {
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
