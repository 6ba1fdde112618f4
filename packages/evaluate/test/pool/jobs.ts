import type { DecisionOutcome } from "../../src/decision.ts";
import type { Job } from "../../src/pool/job.ts";

export interface TestJob extends Job {
  readonly outcomes: DecisionOutcome[];
}

/** A job whose input has so many bytes. */
export function job(index: number, { epoch = 0, bytes = 1 } = {}): TestJob {
  const outcomes: DecisionOutcome[] = [];
  return {
    ...{ bytes: Buffer.alloc(bytes, index), start: 0, end: bytes, entrypoint: 0, options: undefined, epoch, index },
    ...{
      settler: { settle: (_index, outcome) => outcomes.push(outcome) },
      isOpen: true,
      isWaiting: false,
      isAlone: false,
      outcomes,
    },
  };
}

export const indexes = (jobs: readonly Job[]): number[] => jobs.map(({ index }) => index);
