import { join, resolve } from "node:path";
import type { OutcomeRules } from "@policy-pack/simulate";
import { displayPath } from "../locate.ts";
import { naming } from "../naming.ts";
import { readInputFile, readStoredFile } from "../read.ts";
import type { Terminal } from "../terminal.ts";
import { SIMULATION_LIMITS } from "./limits.ts";

/** What the packs' values mean, and the file that says it; undefined where the convention alone does. */
export interface NamedOutcomes {
  readonly rules: OutcomeRules;
  readonly file: string | undefined;
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
  if (named !== undefined) {
    const bytes = await readInputFile(terminal, named, options);
    return { rules: await naming(named, () => parseOutcomeRules(bytes)), file: named };
  }
  for (const dir of sourceDirs) {
    const place = join(resolve(dir), "cases", "outcomes.json");
    const bytes = await readStoredFile(place, options);
    const file = displayPath(terminal, place);
    if (bytes !== undefined) return { rules: await naming(file, () => parseOutcomeRules(bytes)), file };
  }
  return { rules: DEFAULT_OUTCOME_RULES, file: undefined };
}
