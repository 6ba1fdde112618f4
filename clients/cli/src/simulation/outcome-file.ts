import { join, resolve } from "node:path";
import { digestOf } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import type { OutcomeRules } from "@policy-pack/simulate";
import { displayPath } from "../locate.ts";
import { naming } from "../naming.ts";
import { readInputFile, readStoredFile } from "../read.ts";
import type { Terminal } from "../terminal.ts";
import { SIMULATION_LIMITS } from "./limits.ts";

/** The file that says what values mean. */
export interface OutcomeFile {
  /** As it was named. */
  readonly path: string;
  readonly digest: Digest;
}

/** What the packs' values mean, and the file that says it; undefined where the convention alone does. */
export interface NamedOutcomes {
  readonly rules: OutcomeRules;
  readonly file: OutcomeFile | undefined;
}

/**
 * The rules of the file that is named, or else of `cases/outcomes.json` in the first source folder that has one.
 * @param sourceDirs absolute
 * @throws ConfigError CONFIG_INVALID for what cannot be read; FormatError BASELINE_INVALID, LIMIT_EXCEEDED
 */
export async function readOutcomes(
  terminal: Terminal,
  named: string | undefined,
  sourceDirs: readonly string[],
): Promise<NamedOutcomes> {
  const { DEFAULT_OUTCOME_RULES, parseOutcomeRules } = await import("@policy-pack/simulate");
  const options = { what: "The file of outcomes", maxBytes: SIMULATION_LIMITS.maxBudgetBytes };
  const parse = async (path: string, bytes: Uint8Array): Promise<NamedOutcomes> => {
    const rules = await naming(path, () => parseOutcomeRules(bytes));
    return { rules, file: { path, digest: digestOf(bytes) } };
  };
  if (named !== undefined) return parse(named, await readInputFile(terminal, named, options));
  for (const dir of sourceDirs) {
    const place = join(resolve(dir), "cases", "outcomes.json");
    const bytes = await readStoredFile(place, options);
    if (bytes !== undefined) return parse(displayPath(terminal, place), bytes);
  }
  return { rules: DEFAULT_OUTCOME_RULES, file: undefined };
}
