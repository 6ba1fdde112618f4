import { parentPort, workerData } from "node:worker_threads";
import { runInputs } from "./run.ts";
import type { RunOptions } from "./run.ts";

/** Runs its share of the inputs; which one it is at stands in shared memory, for when it never comes back. */
const { share, progress, slot } = workerData as { share: RunOptions; progress: SharedArrayBuffer; slot: number };
const at = new Int32Array(progress);
const tally = runInputs({ ...share, onInput: (input) => Atomics.store(at, slot, input) });
// It may have ended before its last input, when it found too much.
Atomics.store(at, slot, share.to);
parentPort?.postMessage(tally);
