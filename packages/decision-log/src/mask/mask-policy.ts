import { PolicyPackError } from "@policy-pack/pack";
import type { PolicyInstance } from "@policy-pack/evaluate";

import { parseLogValue } from "../log-value.ts";
import { MaskError, parseMaskRules } from "./mask-rule.ts";
import type { MaskRule } from "./mask-rule.ts";

export const MASK_ENTRYPOINT = "system/log/mask";
export const DROP_ENTRYPOINT = "system/log/drop";

/** The policy by which records are dropped and masked. */
export class MaskPolicy {
  readonly #instance: PolicyInstance;
  readonly #masks: boolean;
  readonly #drops: boolean;

  /** @throws TypeError for a policy that has neither entrypoint: nothing would be masked */
  constructor(instance: PolicyInstance) {
    this.#instance = instance;
    this.#masks = instance.entrypoints.includes(MASK_ENTRYPOINT);
    this.#drops = instance.entrypoints.includes(DROP_ENTRYPOINT);
    if (this.#masks || this.#drops) return;
    throw new TypeError(`The mask policy has neither ${MASK_ENTRYPOINT} nor ${DROP_ENTRYPOINT} among its entrypoints.`);
  }

  /**
   * True only where the rule says exactly `true`.
   *
   * @throws EvaluationError when it cannot say
   */
  drops(event: Uint8Array): boolean {
    return this.#drops && this.#ask(DROP_ENTRYPOINT, event) === "true";
  }

  /**
   * None where the rule is undefined.
   *
   * @throws EvaluationError, MaskError when it cannot say
   */
  rulesFor(event: Uint8Array): readonly MaskRule[] {
    const answer = this.#masks ? this.#ask(MASK_ENTRYPOINT, event) : undefined;
    return answer === undefined ? [] : parseMaskRules(parseLogValue(answer));
  }

  #ask(entrypoint: string, event: Uint8Array): string | undefined {
    try {
      return this.#instance.decideText(event, entrypoint);
    } catch (thrown) {
      if (thrown instanceof PolicyPackError && thrown.code === "DECISION_UNDEFINED") return undefined;
      throw thrown;
    }
  }
}

/** What went wrong, without a word of the record. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof PolicyPackError) return thrown.code;
  return thrown instanceof MaskError ? thrown.message : "the mask policy failed";
}
