import { canonicalJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { answerText, isSameAnswer } from "./answer.ts";
import type { Answer } from "./answer.ts";
import type { GivenInput } from "./questions.ts";

/** One input that OPA and the module decide otherwise. */
export interface InputDifference {
  readonly entrypoint: string;
  readonly given: GivenInput;
  readonly opa: Answer;
  readonly module: Answer;
}

/** How one entrypoint's decisions differ, by the smallest input that shows it. */
export interface ParityDifference {
  readonly entrypoint: string;
  /** How many of the inputs are decided otherwise. */
  readonly count: number;
  /** The input that was made smaller: a recorded case's name or the place in the drawn ones. */
  readonly from: string;
  readonly input: JsonValue;
  /** What OPA answers: JSON, `undefined`, or the error. */
  readonly opa: string;
  /** What the module answers. */
  readonly module: string;
}

/** The differences of one entrypoint: of the same length of inputs and answers. */
export function differencesOf(
  entrypoint: string,
  inputs: readonly GivenInput[],
  opa: readonly Answer[],
  module: readonly Answer[],
): readonly InputDifference[] {
  return inputs.flatMap((given, index) => {
    const [theirs, ours] = [opa[index], module[index]];
    if (theirs === undefined || ours === undefined || isSameAnswer(theirs, ours)) return [];
    return [{ entrypoint, given, opa: theirs, module: ours }];
  });
}

/** The difference with the shortest input; of those the first. */
export function shortestOf(differences: readonly InputDifference[]): InputDifference | undefined {
  const length = ({ given }: InputDifference): number => canonicalJson(given.input).length;
  return differences.toSorted((left, right) => length(left) - length(right))[0];
}

export function toParityDifference(
  { entrypoint, given, opa, module }: InputDifference,
  count: number,
): ParityDifference {
  const { id: from, input } = given;
  return { entrypoint, count, from, input, opa: answerText(opa), module: answerText(module) };
}
