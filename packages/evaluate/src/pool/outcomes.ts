import type { Digest } from "@policy-pack/pack";

import type { BuiltinErrorReport, Decision, DecisionOutcome } from "../decision.ts";
import { CODE } from "./protocol.ts";
import type { DecidedMessage, WireOutcome } from "./protocol.ts";
import { fromWireError } from "./wire-error.ts";

const NO_ERRORS: readonly BuiltinErrorReport[] = Object.freeze([]);

/** Turns what a worker sent into decisions. The two answers that make up most are made once. */
export function outcomeReader(identity: { readonly digest: Digest; readonly revision: string }) {
  const frozen = (value: boolean): DecisionOutcome =>
    Object.freeze({ decision: Object.freeze<Decision>({ value, ...identity, builtinErrors: NO_ERRORS }) });
  const [yes, no] = [frozen(true), frozen(false)];

  function toOutcome(wire: WireOutcome | undefined): DecisionOutcome {
    if (wire === undefined)
      return { error: fromWireError({ message: "A worker left out an answer.", code: "EVALUATION_FAILED" }) };
    if ("error" in wire) return { error: fromWireError(wire.error) };
    return { decision: { value: wire.value, ...identity, builtinErrors: wire.builtinErrors } };
  }

  return ({ codes, outcomes }: DecidedMessage): readonly DecisionOutcome[] => {
    const answers: DecisionOutcome[] = [];
    let next = 0;
    for (const code of codes) {
      if (code === CODE.true) answers.push(yes);
      else answers.push(code === CODE.false ? no : toOutcome(outcomes[next++]));
    }
    return answers;
  };
}
