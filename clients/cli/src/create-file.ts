import { randomUUID } from "node:crypto";
import { link, open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ConfigError, messageOf, systemCodeOf } from "@policy-pack/pack";

/**
 * Writes a file that was not there before, whole or not at all: written and synced beside its place under another name,
 * then linked, which fails where anything stands already.
 * @param path absolute
 * @param what names the file's part in the message: "The private key"
 * @returns false when something stands there already; it is left as it is
 * @throws ConfigError OUTPUT_FAILED when it cannot be written
 */
export async function createFile(
  path: string,
  bytes: Uint8Array | string,
  options: { readonly what: string; readonly mode: number },
): Promise<boolean> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await using file = await open(temporary, "wx", options.mode);
    await file.writeFile(bytes);
    await file.sync();
    await link(temporary, path);
    return true;
  } catch (cause) {
    if (systemCodeOf(cause) === "EEXIST") return false;
    const reason = systemCodeOf(cause) === "ENOENT" ? "its folder is not there; make it first" : messageOf(cause);
    throw new ConfigError("OUTPUT_FAILED", `${options.what} ${path} cannot be written: ${reason}.`, { cause });
  } finally {
    await rm(temporary, { force: true });
  }
}
