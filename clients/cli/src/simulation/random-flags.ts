import type { Command } from "commander";
import { valueFlag } from "../verb.ts";
import { SIMULATION_LIMITS } from "./limits.ts";

export interface RandomFlags {
  readonly seed?: string;
  readonly iterations?: string;
}

export const DEFAULT_SEED = 42;
export const DEFAULT_ITERATIONS = 1_000;
export const MAX_SEED = 2 ** 32 - 1;

/** Adds the flags that `readRandom` reads. */
export function addRandomFlags(command: Command): Command {
  const { maxIterations } = SIMULATION_LIMITS;
  return command
    .addOption(valueFlag("--seed <number>", `draws the same inputs again (default: ${DEFAULT_SEED})`, upTo(MAX_SEED)))
    .addOption(
      valueFlag(
        "--iterations <number>",
        `random inputs of each package; 0 for none (default: ${DEFAULT_ITERATIONS})`,
        upTo(maxIterations),
      ),
    );
}

export function readRandom({ seed, iterations }: RandomFlags): { readonly seed: number; readonly iterations: number } {
  return { seed: Number(seed ?? DEFAULT_SEED), iterations: Number(iterations ?? DEFAULT_ITERATIONS) };
}

/** Says what is wrong with a text that is no whole number up to this one. */
export function upTo(max: number): (value: string) => string | undefined {
  return (value) =>
    /^(?:0|[1-9][0-9]{0,9})$/.test(value) && Number(value) <= max ? undefined : `Write a whole number up to ${max}.`;
}
