import { parseExactJson } from "@policy-pack/pack";
import { CLI_LIMITS } from "../limits.ts";
import { readInputFile, readStdin } from "../read.ts";
import type { Terminal } from "../terminal.ts";
import type { Input } from "./asker.ts";

/**
 * The bytes of a document that every reader reads alike: what no reader takes, and a key that stands twice, is refused
 * here. Numbers stay as they are written.
 * @param path a file, or `-`; undefined for no document
 * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED; ConfigError CONFIG_INVALID when it cannot be read
 */
export async function readInput(terminal: Terminal, path: string | undefined): Promise<Input> {
  if (path === undefined) return undefined;
  const { maxInputBytes: maxBytes } = CLI_LIMITS;
  const what = "The input";
  const bytes =
    path === "-" ? await readStdin(terminal, what, maxBytes) : await readInputFile(terminal, path, { what, maxBytes });
  parseExactJson(bytes, { maxBytes, code: "INPUT_INVALID", what });
  return bytes;
}
