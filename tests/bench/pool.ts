import { createInstance, createPool } from "@policy-pack/evaluate";
import type { DecisionPool, PolicyContents, PolicyInstance, Question } from "@policy-pack/evaluate";
import { readPackUnsafe } from "@policy-pack/pack";
import type { Context, Suite } from "./context.ts";
import { interleave, perSecond } from "./measure.ts";
import { compileWorkload, MANY_RULES, WORKLOAD_ENTRYPOINT } from "./policies.ts";
import { INPUTS } from "./question.ts";
import type { Comparison } from "./report.ts";

const WORKERS = 2;
/** As many as may wait in a pool. */
const QUESTIONS = 10_000;
const ENTRYPOINTS = ["cos/promotion/reasons", "cos/abac/allow"] as const;

/** One policy's decision. */
interface Asked {
  readonly title: string;
  readonly contents: PolicyContents;
  readonly entrypoint: string;
  readonly input: unknown;
}

/** How a question's input is handed over; each question has its own, so that none is taken for the one before. */
const FORMS: Readonly<Record<string, (input: unknown) => unknown>> = {
  "JSON bytes": (input) => Buffer.from(JSON.stringify(input)),
  objects: (input) => structuredClone(input),
};

/** Two workers on two cores beside one instance in the calling thread. */
export const pool: Suite = {
  name: "pool",
  run: async (context) => {
    const pack = readPackUnsafe(context.fixture.pack);
    const asked: Asked[] = ENTRYPOINTS.map((entrypoint) => {
      const input = INPUTS[entrypoint.slice(0, entrypoint.lastIndexOf("/"))];
      return { title: entrypoint, contents: pack, entrypoint, input };
    });
    const { title, input } = MANY_RULES;
    asked.push({ title, contents: await compileWorkload(MANY_RULES), entrypoint: WORKLOAD_ENTRYPOINT, input });
    const comparisons: Comparison[] = [];
    for (const one of asked) comparisons.push(...(await compareForms(context, one)));
    return comparisons;
  },
};

async function compareForms(context: Context, asked: Asked): Promise<readonly Comparison[]> {
  const instance = await createInstance(asked.contents);
  const workers = await createPool(asked.contents, { size: WORKERS });
  try {
    const comparisons: Comparison[] = [];
    for (const form of Object.keys(FORMS)) comparisons.push(await compare(context, asked, form, { instance, workers }));
    return comparisons;
  } finally {
    await workers.close();
  }
}

interface Deciders {
  readonly instance: PolicyInstance;
  readonly workers: DecisionPool;
}

async function compare(
  { turnMs, rounds }: Context,
  { title, entrypoint, input }: Asked,
  form: string,
  { instance, workers }: Deciders,
): Promise<Comparison> {
  const questions = Array.from({ length: QUESTIONS }, () => ({ input: FORMS[form]?.(input), entrypoint }));
  const contenders = [
    { name: `\`pool.decideMany(questions)\`, ${WORKERS} workers`, run: () => throughPool(workers, questions, turnMs) },
    {
      name: "`instance.decide(input, entrypoint)`, one question after the other",
      run: () => throughInstance(instance, questions, turnMs),
    },
  ];
  return {
    title: `Decisions of ${title}, ${form} in, a pool beside one instance`,
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
