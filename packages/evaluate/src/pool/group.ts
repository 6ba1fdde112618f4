import type { PolicyPackError } from "@policy-pack/pack";

import type { Decision, DecisionOutcome, Question } from "../decision.ts";
import type { Settler } from "./job.ts";

type Reason = PolicyPackError | TypeError;

/** One question's promise. */
export class SinglePromise implements Settler {
  readonly promise: Promise<Decision>;
  onSettled: (() => void) | undefined;
  #resolve: (decision: Decision) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  settle(_index: number, outcome: DecisionOutcome): void {
    this.onSettled?.();
    if (outcome.error === undefined) this.#resolve(outcome.decision);
    else this.#reject(outcome.error);
  }

  reject(reason: unknown): void {
    this.#reject(reason);
  }
}

/** Asked in one go; then the event loop turns, since workers may have answered meanwhile. */
const PUMP_QUESTIONS = 256;
/** Stands for an outcome until there is one, so that the list has no holes: nobody sees it before all are there. */
const PENDING: DecisionOutcome = Object.freeze({ error: new TypeError("not decided yet") });

/** Puts one question in the queue, or says why it cannot be asked. */
export type Asker = (question: Question, settler: Settler, index: number) => Reason | undefined;

/**
 * Many questions with one promise. Only so many are in the queue at a time; the others are read from the caller's
 * iterable as these are answered.
 */
export class QuestionGroup implements Settler {
  readonly promise: Promise<DecisionOutcome[]>;
  readonly #questions: Iterator<Question>;
  readonly #ask: Asker;
  readonly #outcomes: DecisionOutcome[] = [];
  readonly #window: number;
  #asked = 0;
  #settled = 0;
  #isRead = false;
  #isPumping = false;
  #resolve: (outcomes: DecisionOutcome[]) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;

  constructor(questions: Iterable<Question>, ask: Asker, window: number) {
    this.#questions = questions[Symbol.iterator]();
    this.#ask = ask;
    this.#window = window;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isDone(): boolean {
    return this.#isRead && this.#settled === this.#asked;
  }

  /** What was not read yet is not asked any more: fewer answers than questions are none. */
  end(reason: Reason): void {
    if (!this.#isRead) this.#reject(reason);
    this.#isRead = true;
  }

  /** Asks some more while there is room; true when there may be others to ask at once. */
  pump(hasRoom: () => boolean): boolean {
    // The caller's iterable may itself ask the pool: it cannot be read while it is being read.
    if (this.#isPumping) return false;
    this.#isPumping = true;
    const first = this.#asked;
    const hasPlace = (): boolean => !this.#isRead && this.#asked - this.#settled < this.#window && hasRoom();
    while (this.#asked - first < PUMP_QUESTIONS && hasPlace()) {
      const next = this.#next();
      if (next !== undefined) this.#askOne(next);
    }
    this.#isPumping = false;
    if (this.isDone) this.#resolve(this.#outcomes);
    return hasPlace();
  }

  #askOne(question: Question): void {
    const index = this.#asked++;
    this.#outcomes.push(PENDING);
    const refusal = this.#ask(question, this, index);
    if (refusal !== undefined) this.settle(index, { error: refusal });
  }

  settle(index: number, outcome: DecisionOutcome): void {
    this.#outcomes[index] = outcome;
    this.#settled += 1;
  }

  #next(): Question | undefined {
    try {
      const next = this.#questions.next();
      if (next.done !== true) return next.value;
    } catch (thrown) {
      // The caller's own iterable failed: what was asked is decided, and nobody waits for it.
      this.#reject(thrown);
    }
    this.#isRead = true;
    return undefined;
  }
}
