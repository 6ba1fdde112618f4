import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PACK_FILES } from "@policy-pack/pack";
import type { Terminal } from "../terminal.ts";

/** What an argument that names a pack is. What is not there counts as a tar: reading it says so. */
export type PackKind = "url" | "tar" | "unpacked" | "source";

/** A folder that holds a module was built: it is an unpacked pack. Any other is a source. */
export async function packKindOf(terminal: Terminal, pack: string): Promise<PackKind> {
  if (/^https?:\/\//i.test(pack)) return "url";
  const place = resolve(terminal.cwd, pack);
  if (!(await isFolder(place))) return "tar";
  const module = await stat(join(place, PACK_FILES.wasm)).catch(() => undefined);
  return module?.isFile() === true ? "unpacked" : "source";
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
