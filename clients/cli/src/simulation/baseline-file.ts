import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ConfigError, messageOf, systemCodeOf } from "@policy-pack/pack";
import { naming } from "../naming.ts";
import { readInputFile } from "../read.ts";
import type { Terminal } from "../terminal.ts";
import { replaceFile } from "../write-file.ts";
import type { Baseline } from "@policy-pack/simulate";
import { SIMULATION_LIMITS } from "./limits.ts";
import type { LoadedPack } from "./pack-source.ts";

/**
 * Where the baseline stands: as named, or in the source folder's own cases.
 * @returns absolute
 * @throws ConfigError CONFIG_INVALID for a pack that has no source folder, when none is named
 */
export function baselinePath(terminal: Terminal, named: string | undefined, { from, sourceDir }: LoadedPack): string {
  if (named !== undefined) return resolve(terminal.cwd, named);
  if (sourceDir !== undefined) return join(sourceDir, "cases", "baseline.json");
  throw new ConfigError("CONFIG_INVALID", `${from} is no source folder; name its baseline with --baseline FILE.`);
}

/**
 * @param path absolute
 * @throws ConfigError CONFIG_INVALID when there is none, BASELINE_OUTDATED for another generator's;
 *   FormatError BASELINE_INVALID, LIMIT_EXCEEDED
 */
export async function readBaseline(terminal: Terminal, path: string): Promise<Baseline> {
  const { parseBaseline } = await import("@policy-pack/simulate");
  const { maxBaselineBytes: maxBytes } = SIMULATION_LIMITS;
  const origin = "policy-pack simulate --update";
  const bytes = await readInputFile(terminal, path, { what: "The baseline", maxBytes, origin });
  return naming(path, () => parseBaseline(bytes));
}

/**
 * Writes it whole or not at all; only the last folder of its path is made.
 * @param path absolute
 * @throws ConfigError OUTPUT_FAILED
 */
export async function writeBaseline(path: string, baseline: Baseline): Promise<void> {
  const { encodeBaseline } = await import("@policy-pack/simulate");
  try {
    await mkdir(dirname(path));
  } catch (cause) {
    if (systemCodeOf(cause) !== "EEXIST") {
      const message = `The folder of the baseline ${path} cannot be made: ${messageOf(cause)}.`;
      throw new ConfigError("OUTPUT_FAILED", message, { cause });
    }
  }
  await replaceFile(path, Buffer.from(encodeBaseline(baseline)), "The baseline");
}
