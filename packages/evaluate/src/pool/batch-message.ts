import type { DecideOptions } from "../decision.ts";
import type { Job } from "./job.ts";
import { NO_INPUT, TABLE_WIDTH } from "./protocol.ts";
import type { DecideMessage } from "./protocol.ts";

/** Inputs that lie behind one another, and where they go: copied at once. */
interface Run {
  readonly bytes: Buffer;
  readonly start: number;
  readonly place: number;
  end: number;
}

/**
 * One message for a batch: the inputs behind one another in memory that the worker gets for its own, and a table. Jobs
 * that share an input share its place, so that the worker can tell.
 */
export function encodeBatch(serial: number, jobs: readonly Job[]): DecideMessage {
  const table = new Uint32Array(jobs.length * TABLE_WIDTH);
  const options: (readonly [number, DecideOptions])[] = [];
  const runs: Run[] = [];
  let run: Run | undefined;
  let row = 0;
  for (const job of jobs) {
    if (run !== undefined && goesOn(run, job)) {
      run.end = job.end;
    } else {
      run = { bytes: job.bytes, start: job.start, place: endOf(run), end: job.end };
      runs.push(run);
    }
    if (job.options !== undefined) options.push([row, job.options]);
    const [at, shift] = [row++ * TABLE_WIDTH, run.place - run.start];
    table[at] = job.entrypoint;
    table[at + 1] = job.end === job.start ? NO_INPUT : job.start + shift;
    table[at + 2] = job.end + shift;
  }
  return { kind: "decide", serial, bytes: copyOf(runs, endOf(run)), table, options };
}

/** The same input as the job before, or the next one in the same piece of memory. */
function goesOn(run: Run, { bytes, start, end }: Job): boolean {
  return run.bytes === bytes && start >= run.start && start <= run.end && end >= run.end;
}

function endOf(run: Run | undefined): number {
  return run === undefined ? 0 : run.place + run.end - run.start;
}

function copyOf(runs: readonly Run[], length: number): Uint8Array {
  const copy = new Uint8Array(length);
  for (const { bytes, start, end, place } of runs) copy.set(bytes.subarray(start, end), place);
  return copy;
}
