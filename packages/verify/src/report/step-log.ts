import { messageOf, PolicyPackError } from "@policy-pack/pack";
import { BUNDLE_STEPS } from "./verification-report.ts";
import type { BundleStep, StepReport } from "./verification-report.ts";

/** Writes down each step of one bundle, whether it held and what it saw. */
export class StepLog {
  readonly #done: StepReport[] = [];

  /** Runs a step; what it throws is written down and thrown on. */
  run<T>(step: BundleStep, check: () => T, describe: (result: T) => string): T {
    try {
      const result = check();
      this.#done.push({ step, outcome: "passed", saw: describe(result) });
      return result;
    } catch (thrown) {
      const saw = messageOf(thrown);
      const isCoded = thrown instanceof PolicyPackError;
      this.#done.push({ step, outcome: "failed", saw, ...(isCoded ? { code: thrown.code } : {}) });
      throw thrown;
    }
  }

  /** The step that was reached last: how far the bundle got. */
  get last(): BundleStep {
    return this.#done.at(-1)?.step ?? BUNDLE_STEPS[0];
  }

  get length(): number {
    return this.#done.length;
  }

  copy(): StepLog {
    const log = new StepLog();
    log.#done.push(...this.#done);
    return log;
  }

  /** Every step in its order; those that were not reached are skipped. */
  toReport(): readonly StepReport[] {
    return BUNDLE_STEPS.map(
      (step) => this.#done.find((done) => done.step === step) ?? { step, outcome: "skipped", saw: "not reached" },
    );
  }
}
