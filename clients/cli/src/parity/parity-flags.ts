import type { ParityDraw } from "@policy-pack/build";
import type { Command } from "commander";
import { SIMULATION_LIMITS } from "../simulation/limits.ts";
import { DEFAULT_SEED, MAX_SEED, upTo } from "../simulation/random-flags.ts";
import { valueFlag } from "../verb.ts";

export interface ParityFlags {
  readonly inputs?: string;
  readonly seed?: string;
}

/** Decided by both evaluators in less than a second, for a pack of a few packages. */
export const DEFAULT_INPUTS = 100;

/** Adds the flags that `readParity` reads. */
export function addParityFlags(command: Command): Command {
  const inputs = `random inputs of each package that OPA and the module decide; 0 for none (default: ${DEFAULT_INPUTS})`;
  return command
    .addOption(valueFlag("--inputs <number>", inputs, upTo(SIMULATION_LIMITS.maxIterations)))
    .addOption(valueFlag("--seed <number>", `draws the same inputs again (default: ${DEFAULT_SEED})`, upTo(MAX_SEED)));
}

export function readParity({ inputs, seed }: ParityFlags): ParityDraw {
  return { inputs: Number(inputs ?? DEFAULT_INPUTS), seed: Number(seed ?? DEFAULT_SEED) };
}
