import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { systemCodeOf } from "@policy-pack/pack";

/**
 * Makes a folder with those above it that are not there, one after the other. Node's own recursive `mkdir` tries for ever
 * where a folder is there in which none can be made, as in /proc.
 * @throws the system's error
 */
export async function makeFolder(path: string): Promise<void> {
  const folder = resolve(path);
  if (await isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  try {
    await mkdir(folder);
  } catch (error) {
    // Another process may have been quicker.
    if (systemCodeOf(error) !== "EEXIST" || !(await isFolder(folder))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // Making it says what is wrong with it.
  }
}
