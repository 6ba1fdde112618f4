import { readdir } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { canonicalEntries, ConfigError, encodeTar, FormatError, LIMITS, quotePath } from "@policy-pack/pack";
import type { SourceFile } from "@policy-pack/pack";
import { readInputFile } from "./read.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Packs the folder of an unpacked pack again: the tar that its files make, whoever wrote them.
 * @throws ConfigError SOURCE_INVALID for a link or device, or a name that no pack holds; FormatError LIMIT_EXCEEDED
 */
export async function repackFolderUnsafe(terminal: Terminal, dir: string): Promise<Uint8Array> {
  const root = resolve(terminal.cwd, dir);
  const files: SourceFile[] = [];
  let left: number = LIMITS.maxPackBytes;
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) throw new ConfigError("SOURCE_INVALID", `${quotePath(path)} is not a regular file.`);
    if (files.length >= LIMITS.maxFiles) {
      throw new FormatError("LIMIT_EXCEEDED", `${dir} holds more than ${LIMITS.maxFiles} files.`);
    }
    const bytes = await readInputFile(terminal, path, { what: "The file", maxBytes: left });
    left -= bytes.byteLength;
    files.push({ path: relative(root, path).split(sep).join("/"), bytes });
  }
  return encodeTar(canonicalEntries(files));
}
