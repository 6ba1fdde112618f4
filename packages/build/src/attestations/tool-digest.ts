import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, digestFromHex, messageOf } from "@policy-pack/pack";
import type { Digest, SourceFile } from "@policy-pack/pack";
import { sourceDigest } from "./source-digest.ts";

/**
 * The digest of a program's file, read in pieces. A program that is exchanged while it is read, or before it ran, is not
 * noticed.
 * @throws ConfigError TOOL_FAILED
 */
export async function readToolDigest(path: string): Promise<Digest> {
  const hash = createHash("sha256");
  try {
    for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  } catch (cause) {
    throw new ConfigError("TOOL_FAILED", `${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
  return digestFromHex(hash.digest("hex"));
}

/**
 * The digest of the program files (`.js`) of folders, by their listing; each folder's stand under the name it is given.
 * @throws ConfigError TOOL_FAILED
 */
export async function readProgramDigest(folders: Readonly<Record<string, string>>): Promise<Digest> {
  const files: SourceFile[] = [];
  try {
    for (const [name, folder] of Object.entries(folders)) {
      const names = await readdir(folder, { recursive: true });
      for (const file of names.filter((path) => path.endsWith(".js"))) {
        files.push({ path: `${name}/${file.replaceAll("\\", "/")}`, bytes: await readFile(join(folder, file)) });
      }
    }
  } catch (cause) {
    throw new ConfigError("TOOL_FAILED", `policy-pack's own files cannot be read: ${messageOf(cause)}.`, { cause });
  }
  if (files.length === 0) throw new ConfigError("TOOL_FAILED", "policy-pack's own files cannot be found.");
  return sourceDigest(files);
}
