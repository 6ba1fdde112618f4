import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { COMPANIONS, ConfigError, messageOf, systemCodeOf } from "@policy-pack/pack";
import { parseRecordedCases, SIMULATE_LIMITS, toCaseInputs } from "@policy-pack/simulate";
import type { CaseInput, RecordedCase } from "@policy-pack/simulate";
import { BUILD_LIMITS } from "./limits.ts";
import { readRegularFile } from "./source-file.ts";

const CASES = /\.json$/i;
/** In a folder of cases, what is none. */
const NO_CASES: readonly string[] = ["baseline.json", "outcomes.json"];

/**
 * The recorded cases of a pack's source folder, from the `.json` files of `cases/`, by the order of their names; none where
 * there is no such folder. Whether they are decided as they expect is not looked at.
 * @throws ConfigError SOURCE_INVALID for what cannot be read
 * @throws FormatError BASELINE_INVALID for what are no cases, or two of one name; LIMIT_EXCEEDED
 */
export async function readRecordedCases(sourceDir: string): Promise<readonly CaseInput[]> {
  const folder = join(sourceDir, COMPANIONS.cases);
  const names = await readdir(folder).catch((cause: unknown) => {
    if (systemCodeOf(cause) === "ENOENT") return [];
    throw new ConfigError("SOURCE_INVALID", `${folder} cannot be read: ${messageOf(cause)}.`, { cause });
  });
  const files = names.filter((name) => CASES.test(name) && !NO_CASES.includes(name)).sort();
  if (files.length > BUILD_LIMITS.maxCaseFiles) {
    throw new ConfigError(
      "SOURCE_INVALID",
      `${folder} has ${files.length} files; at most ${BUILD_LIMITS.maxCaseFiles} are read.`,
    );
  }
  const cases: RecordedCase[] = [];
  for (const name of files) {
    const path = `${COMPANIONS.cases}/${name}`;
    cases.push(
      ...parseRecordedCases(await readRegularFile(join(folder, name), path, SIMULATE_LIMITS.maxCasesBytes), path),
    );
  }
  return toCaseInputs(cases);
}
