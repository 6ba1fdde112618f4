import { constants, statSync } from "node:fs";
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isPackId, packPaths } from "@policy-pack/pack";
import { readStamp } from "./file-stamp.ts";

/** What the folders below a root hold. */
export interface Inventory {
  /** Packs with a source or an output folder, sorted. */
  readonly known: readonly string[];
  /** Those of them whose tar is there and can be read. */
  readonly served: readonly string[];
}

/** Whether a folder is at the path; a link to one counts. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Looks through `contracts/` and `dist/`; a folder that is missing holds nothing, one that cannot be read throws. */
export async function readInventory(root: string): Promise<Inventory> {
  await access(root, constants.R_OK);
  const found = [...(await packIdsIn(join(root, "contracts"))), ...(await packIdsIn(join(root, "dist")))];
  const known = [...new Set(found)].sort();
  const served: string[] = [];
  for (const packId of known) if (await isServed(packPaths(root, packId).tar)) served.push(packId);
  return { known, served };
}

async function packIdsIn(folder: string): Promise<string[]> {
  const packIds: string[] = [];
  for (const name of await foldersIn(folder)) {
    for (const version of await foldersIn(join(folder, name))) {
      const packId = `${name}-${version}`;
      if (isPackId(packId)) packIds.push(packId);
    }
  }
  return packIds;
}

async function foldersIn(folder: string): Promise<string[]> {
  if (!isFolder(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

async function isServed(tar: string): Promise<boolean> {
  if (readStamp(tar) === undefined) return false;
  return await access(tar, constants.R_OK).then(
    () => true,
    () => false,
  );
}
