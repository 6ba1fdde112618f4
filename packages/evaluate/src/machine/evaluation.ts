import type { DecisionValue } from "../decision.ts";

/** One way to put an input into the module's memory, to evaluate it there, and to read what came out. */
export interface Evaluation {
  /** Takes in the input, where the last one stood. `undefined` is no input. */
  takeInput(input: unknown): void;
  /** Asks about the input that was taken in last; as often as wanted, while the data stays the same. */
  evaluate(entrypoint: number): void;
  /** The answer of the last evaluation. */
  readValue(entrypoint: string): DecisionValue;
  /** The same as exact JSON text. */
  readText(entrypoint: string): string;
}
