import type { Digest } from "@policy-pack/pack";

import type { BuiltinErrorReport, Decision, DecisionOutcome, DecisionValue } from "../decision.ts";
import { CODE } from "./protocol.ts";
import type { DecidedMessage, Detail, Reported } from "./protocol.ts";
import { fromWireError } from "./wire-error.ts";
import type { WireError } from "./wire-error.ts";

const NO_ERRORS: readonly BuiltinErrorReport[] = Object.freeze([]);

/** Turns what a worker sent into decisions. The two answers that make up most are made once. */
export function outcomeReader(identity: { readonly digest: Digest; readonly revision: string }) {
  const decided = (
    value: DecisionValue,
    builtinErrors: readonly BuiltinErrorReport[],
  ): { readonly decision: Decision } => ({
    decision: { value, revision: identity.revision, digest: identity.digest, builtinErrors },
  });
  const frozen = (value: boolean): DecisionOutcome => {
    const { decision } = decided(value, NO_ERRORS);
    return Object.freeze({ decision: Object.freeze(decision) });
  };
  const [yes, no] = [frozen(true), frozen(false)];

  function toOutcome(code: number, detail: Detail | undefined): DecisionOutcome {
    if (detail === undefined)
      return { error: fromWireError({ message: "A worker left out an answer.", code: "EVALUATION_FAILED" }) };
    if (code === CODE.value) return decided(detail as DecisionValue, NO_ERRORS);
    if (code !== CODE.reported) return { error: fromWireError(detail as WireError) };
    const { value, builtinErrors } = detail as Reported;
    return decided(value, builtinErrors);
  }

  return ({ codes, details: sent }: DecidedMessage): readonly DecisionOutcome[] => {
    const details = typeof sent === "string" ? (JSON.parse(sent) as readonly Detail[]) : sent;
    const answers: DecisionOutcome[] = [];
    let next = 0;
    for (const code of codes) {
      if (code === CODE.true) answers.push(yes);
      else answers.push(code === CODE.false ? no : toOutcome(code, details[next++]));
    }
    return answers;
  };
}
