import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { ConfigError } from "@policy-pack/pack";
import { packOfOutput, packOfSource } from "./locate.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Refuses a file whose folder is not there: a slip of the pen would otherwise make one, anywhere. Only a pack's own
 * folders, `contracts/<name>/<vN>/signing` and `dist/<name>/<vN>`, are made for what is written into them.
 * @param path absolute; the file, or a folder that may be made itself
 * @throws ConfigError OUTPUT_FAILED
 */
export async function checkOutputFolder(terminal: Terminal, path: string): Promise<void> {
  const folder = dirname(path);
  if (isPackFolder(terminal, folder) || (await isFolder(folder))) return;
  throw new ConfigError(
    "OUTPUT_FAILED",
    `${path} cannot be written: ${folder} is no folder; make it first (mkdir -p), or correct the path.`,
  );
}

function isPackFolder(terminal: Terminal, folder: string): boolean {
  const isSigning = basename(folder) === "signing" && packOfSource(terminal, dirname(folder)) !== undefined;
  return isSigning || packOfOutput(terminal, folder) !== undefined;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // Whatever the reason is, nothing can be written there.
  }
}
