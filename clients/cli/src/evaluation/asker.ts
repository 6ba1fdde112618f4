import { randomUUID } from "node:crypto";
import type { DecideOptions, DecisionOutcome, DecisionRecorder, PolicyInstance, Question } from "@policy-pack/evaluate";
import { PolicyPackError } from "@policy-pack/pack";
import { valueText } from "./exact-value.ts";
import type { AskedPolicy } from "./policy.ts";

/** What one entrypoint says to one input. */
export type Answer =
  /** The value as JSON. */
  | { readonly text: string; readonly error?: undefined }
  | { readonly error: PolicyPackError; readonly text?: undefined };

/** An input document as JSON; undefined is none. */
export type Input = Uint8Array | undefined;

/** Asks all entrypoints about inputs. */
export interface Asker {
  /** For each input the answers in the order of the entrypoints. */
  ask(inputs: readonly Input[]): Promise<readonly (readonly Answer[])[]>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly policy: AskedPolicy;
  readonly entrypoints: readonly string[];
  readonly options: DecideOptions;
  /** Told of every decision. */
  readonly recorder?: DecisionRecorder | undefined;
  /** Told of the lines that the policy prints. */
  readonly print: (line: string) => void;
}

const NS_PER_MS = 1_000_000n;

/**
 * Asks in this thread: a policy that does not end holds the command.
 * @throws what `createInstance` throws
 */
export async function createAsker(options: AskOptions): Promise<Asker> {
  const { createInstance } = await import("@policy-pack/evaluate");
  const { contents, capabilities, strictBuiltinErrors } = options.policy;
  const voice = { isMuted: false };
  const print = (line: string): void => {
    if (!voice.isMuted) options.print(line);
  };
  const instance = await createInstance(contents, { capabilities, strictBuiltinErrors, print });
  const asker = new InstanceAsker(instance, options, voice);
  return {
    ask: (inputs) => Promise.resolve(inputs.map((input) => asker.answer(input))),
    close: () => {
      instance.close();
      return Promise.resolve();
    },
  };
}

class InstanceAsker {
  readonly #instance: PolicyInstance;
  readonly #asked: AskOptions;
  readonly #voice: { isMuted: boolean };
  readonly #reachesOut: boolean;

  constructor(instance: PolicyInstance, asked: AskOptions, voice: { isMuted: boolean }) {
    this.#instance = instance;
    this.#asked = asked;
    this.#voice = voice;
    const { http, lookup } = asked.policy.capabilities;
    this.#reachesOut = http !== undefined || lookup !== undefined;
  }

  answer(input: Input): readonly Answer[] {
    const { entrypoints, recorder, options } = this.#asked;
    const [only] = entrypoints;
    if (recorder === undefined && entrypoints.length === 1 && only !== undefined) {
      return [answerOf(() => this.#instance.decideText(input, only, options))];
    }
    const pinned = pin(options);
    const questions = entrypoints.map((entrypoint) => ({ input, entrypoint, options: pinned }));
    return this.#decideAll(questions).map((outcome, index) => this.#toAnswer(outcome, questions[index]));
  }

  /** All about one input, which is parsed once. */
  #decideAll(questions: readonly Question[]): readonly DecisionOutcome[] {
    const pending = beginAll(this.#asked, questions);
    const started = process.hrtime.bigint();
    const outcomes = this.#instance.decideMany(questions);
    const nanoseconds = Number(process.hrtime.bigint() - started);
    const time = questions.length === 1 ? ({ kind: "evaluation", nanoseconds } as const) : undefined;
    for (const [index, outcome] of outcomes.entries()) pending[index]?.end(outcome, time);
    return outcomes;
  }

  /**
   * A value with fractions in it may have been spelled otherwise: the same question, with the same time and seed, once
   * more for its text. Not where a policy reaches out, since it would do that twice.
   */
  #toAnswer(outcome: DecisionOutcome, question: Question | undefined): Answer {
    const answer = toAnswer(outcome);
    if (question === undefined || this.#reachesOut || this.#isWhole(outcome)) return answer;
    this.#voice.isMuted = true;
    try {
      return answerOf(() => this.#instance.decideText(question.input, question.entrypoint, question.options));
    } finally {
      this.#voice.isMuted = false;
    }
  }

  /** Also where there is no number that a double holds: a value has none, a text has. A record would not have that text. */
  #isWhole({ decision, error }: DecisionOutcome): boolean {
    if (decision !== undefined) return valueText(decision.value).isExact;
    const isTold = this.#asked.recorder !== undefined;
    return isTold || !(error instanceof PolicyPackError) || error.code !== "EVALUATION_FAILED";
  }
}

/** With a time and a seed, so that asking again gives the same answer. */
function pin({ now, seed }: DecideOptions): DecideOptions {
  return { now: now ?? BigInt(Date.now()) * NS_PER_MS, seed: seed ?? randomUUID() };
}

/** Tells the recorder, if there is one, of questions that are about to be asked. */
export function beginAll({ recorder, policy }: AskOptions, questions: readonly Question[]) {
  return questions.map(({ input, entrypoint }) =>
    recorder?.begin({ input, entrypoint, policy: policy.pack, context: undefined }),
  );
}

/** @throws what is no error of a decision: a mistake of this program */
export function toAnswer({ decision, error }: DecisionOutcome): Answer {
  if (decision !== undefined) return { text: valueText(decision.value).text };
  if (error instanceof TypeError) throw error;
  return { error };
}

function answerOf(decide: () => string): Answer {
  try {
    return { text: decide() };
  } catch (error) {
    if (isOwn(error)) return { error };
    throw error;
  }
}

function isOwn(thrown: unknown): thrown is PolicyPackError {
  return thrown instanceof PolicyPackError;
}
