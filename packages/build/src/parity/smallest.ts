import { canonicalJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { smallerThan } from "@policy-pack/simulate";
import { BUILD_LIMITS } from "../limits.ts";
import { isSameAnswer } from "./answer.ts";
import type { Answer } from "./answer.ts";
import type { InputDifference } from "./differences.ts";

/** Both evaluators, for one entrypoint. */
export interface BothAnswers {
  /** OPA, about all at once. */
  readonly askOpa: (inputs: readonly JsonValue[]) => Promise<readonly Answer[]>;
  /** The module, about one. */
  readonly askModule: (input: JsonValue) => Promise<Answer>;
  /** Counts how often more the module may not answer at all, each of which takes its whole time. */
  readonly patience: { timeouts: number };
}

/**
 * The smallest input found that is still decided otherwise: again and again the shortest of all variants that are a step
 * smaller. The same difference gives the same input, unless a time-out is what differs.
 */
export async function findSmallest(first: InputDifference, ask: BothAnswers): Promise<InputDifference> {
  let found = first;
  for (let round = 0; round < BUILD_LIMITS.maxShrinkRounds && ask.patience.timeouts > 0; round++) {
    const smaller = await findSmaller(found, ask);
    if (smaller === undefined) return found;
    found = smaller;
    if (found.module.kind === "timeout") ask.patience.timeouts -= 1;
  }
  return found;
}

async function findSmaller(found: InputDifference, ask: BothAnswers): Promise<InputDifference | undefined> {
  const inputs = candidatesOf(found.given.input);
  if (inputs.length === 0) return undefined;
  const answers = await ask.askOpa(inputs);
  for (const [index, input] of inputs.entries()) {
    const opa = answers[index];
    const module = await ask.askModule(input);
    if (opa === undefined || isSameAnswer(opa, module)) continue;
    return { ...found, given: { ...found.given, input }, opa, module };
  }
  return undefined;
}

/** Shorter variants, the shortest first, none twice, and no more than is asked in one process. */
function candidatesOf(input: JsonValue): readonly JsonValue[] {
  const size = canonicalJson(input).length;
  const room = Math.floor(BUILD_LIMITS.maxShrinkBytes / size);
  const candidates = new Map<string, JsonValue>();
  let looked = 0;
  for (const candidate of smallerThan(input)) {
    if (++looked > room) break;
    const text = canonicalJson(candidate);
    if (text.length < size) candidates.set(text, candidate);
  }
  return [...candidates]
    .sort(([left], [right]) => left.length - right.length)
    .slice(0, BUILD_LIMITS.maxShrinkCandidates)
    .map(([, candidate]) => candidate);
}
