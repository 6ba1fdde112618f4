import { open } from "node:fs/promises";
import { ConfigError, messageOf, parseJson, systemCodeOf } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";

export interface ConfigFileOptions {
  /** What the file is, for the message: "The trusted root". */
  readonly what: string;
  readonly maxBytes: number;
}

/**
 * Reads a file that the operator names; a link is followed, as mounted configuration is made of them.
 * @throws ConfigError CONFIG_INVALID when it cannot be read, is no regular file or is over the cap
 */
export async function readConfigFile(path: string, { what, maxBytes }: ConfigFileOptions): Promise<Buffer> {
  try {
    await using file = await open(path);
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error("it is no regular file");
    if (stats.size > maxBytes) throw new Error(`it has ${stats.size} bytes, and at most ${maxBytes} are read`);
    return await file.readFile();
  } catch (cause) {
    throw new ConfigError("CONFIG_INVALID", `${what} ${path} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return systemCodeOf(cause) === "ENOENT" ? "there is no such file" : messageOf(cause);
}

/** @throws ConfigError CONFIG_INVALID when it cannot be read, or is no JSON that every reader sees the same way */
export async function readConfigJson(path: string, options: ConfigFileOptions): Promise<JsonValue> {
  const bytes = await readConfigFile(path, options);
  const { what, maxBytes } = options;
  return parseJson(bytes, { maxBytes, code: "CONFIG_INVALID", what: `${what} ${path}` });
}
