import type { JsonValue } from "@policy-pack/pack";
import type { CaseDecision } from "./case-decision.ts";
import { packageOf } from "./decider.ts";
import type { Decider, Question } from "./decider.ts";
import { codesOf, wordOf } from "./reason.ts";
import type { Side } from "./reason.ts";

/** One input under one pack; each entrypoint is asked at most once. */
export class AskedInput {
  readonly #decider: Decider;
  readonly #question: Question;
  readonly #answers = new Map<string, CaseDecision>();

  constructor(decider: Decider, question: Question) {
    this.#decider = decider;
    this.#question = question;
  }

  decide(entrypoint: string): CaseDecision {
    const known = this.#answers.get(entrypoint);
    if (known !== undefined) return known;
    const decision = this.#decider.decide(this.#question, entrypoint);
    this.#answers.set(entrypoint, decision);
    return decision;
  }

  /** What the package says about its decisions; undefined when nothing in it explains, or that fails. */
  reasons(entrypoint: string): JsonValue | undefined {
    const explaining = this.#decider.explainerOf(packageOf(entrypoint));
    return explaining === undefined ? undefined : this.decide(explaining).value;
  }

  side(entrypoint: string): Side {
    const decision = this.decide(entrypoint);
    const { outcome, error } = decision;
    const said = { word: wordOf(decision), codes: codesOf(this.reasons(entrypoint)) };
    return error === undefined ? { outcome, ...said } : { outcome, error, ...said };
  }
}
