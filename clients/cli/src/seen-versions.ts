import { ConfigError, isJsonObject, parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import type { SeenVersions } from "@policy-pack/verify";
import { CLI_LIMITS } from "./limits.ts";
import { readStoredFile } from "./read.ts";
import { replaceFile, withFileLock } from "./write-file.ts";

const WHAT = "The state file";
const FORMAT = 1;
const NAMES = ["denylistVersion", "pauseVersion"] as const;

/**
 * The versions of signed lists that were accepted before, from a file that `rememberVersions` wrote. A file that is
 * damaged is an error: taken for "none seen", it would let an old list pass.
 * @param path absolute
 * @returns none when there is no file yet
 * @throws ConfigError CONFIG_INVALID
 */
export async function readSeenVersions(path: string): Promise<SeenVersions> {
  const { maxStateBytes: maxBytes } = CLI_LIMITS;
  const bytes = await readStoredFile(path, { what: WHAT, maxBytes });
  if (bytes === undefined) return {};
  const json = parseJson(bytes, { maxBytes, code: "CONFIG_INVALID", what: `${WHAT} ${path}` });
  if (!isJsonObject(json) || json["stateVersion"] !== FORMAT) throw damaged(path);
  const versions = Object.entries(json).filter(([name]) => name !== "stateVersion");
  if (!versions.every(([name, value]) => isName(name) && isVersion(value))) throw damaged(path);
  return Object.fromEntries(versions);
}

/**
 * Keeps the higher of what the file says and what was accepted now, whoever else writes it at the same time. Nothing is
 * written when the file says so already.
 * @throws ConfigError CONFIG_INVALID for a damaged file; OUTPUT_FAILED
 */
export async function rememberVersions(path: string, accepted: SeenVersions): Promise<void> {
  if (isCovered(accepted, await readSeenVersions(path))) return;
  await withFileLock(path, async () => {
    // Read again: another process may have seen something newer since.
    const stored = await readSeenVersions(path);
    const merged = Object.fromEntries(
      NAMES.flatMap((name) => {
        const highest = Math.max(stored[name] ?? 0, accepted[name] ?? 0);
        return highest === 0 ? [] : [[name, highest] as const];
      }),
    );
    const text = `${JSON.stringify({ stateVersion: FORMAT, ...merged }, null, 2)}\n`;
    await replaceFile(path, Buffer.from(text), WHAT);
  });
}

function isCovered(accepted: SeenVersions, stored: SeenVersions): boolean {
  return NAMES.every((name) => (accepted[name] ?? 0) <= (stored[name] ?? 0));
}

function isName(name: string): boolean {
  return NAMES.some((known) => known === name);
}

function isVersion(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

function damaged(path: string): ConfigError {
  return new ConfigError(
    "CONFIG_INVALID",
    `${WHAT} ${path} is damaged or of another version. Put back a good copy; without it, an old list cannot be told` +
      " from a new one, so remove it only when you know that the lists you give are current.",
  );
}
