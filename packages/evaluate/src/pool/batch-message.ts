import type { Job } from "./job.ts";
import { NO_INPUT, TABLE_WIDTH } from "./protocol.ts";
import type { DecideMessage } from "./protocol.ts";

/**
 * One message for a batch: the inputs behind one another in memory that the worker gets for its own, and a table. Jobs
 * that share an input share its place, so that the worker can tell.
 */
export function encodeBatch(serial: number, jobs: readonly Job[]): DecideMessage {
  const runs = runsOf(jobs);
  const bytes = new Uint8Array(runs.reduce((total, { start, end }) => total + end - start, 0));
  const table = new Uint32Array(jobs.length * TABLE_WIDTH);
  let position = 0;
  let row = 0;
  for (const run of runs) {
    bytes.set(run.bytes.subarray(run.start, run.end), position);
    for (const job of run.jobs) writeRow(table, row++, job, position - run.start);
    position += run.end - run.start;
  }
  const options = jobs.flatMap((job, index) => (job.options === undefined ? [] : [[index, job.options] as const]));
  return { kind: "decide", serial, bytes, table, options };
}

function writeRow(table: Uint32Array, row: number, job: Job, shift: number): void {
  const at = row * TABLE_WIDTH;
  table[at] = job.entrypoint;
  table[at + 1] = job.end === job.start ? NO_INPUT : job.start + shift;
  table[at + 2] = job.end + shift;
}

/** Jobs whose inputs lie behind one another are copied at once. */
interface Run {
  readonly bytes: Buffer;
  readonly start: number;
  end: number;
  readonly jobs: Job[];
}

function runsOf(jobs: readonly Job[]): readonly Run[] {
  const runs: Run[] = [];
  let last: Run | undefined;
  for (const job of jobs) {
    // The same input as the job before, or the next one in the same piece of memory.
    const goesOn = last?.bytes === job.bytes && job.start >= last.start && job.start <= last.end && job.end >= last.end;
    if (last !== undefined && goesOn) {
      last.end = job.end;
      last.jobs.push(job);
    } else {
      last = { bytes: job.bytes, start: job.start, end: job.end, jobs: [job] };
      runs.push(last);
    }
  }
  return runs;
}
