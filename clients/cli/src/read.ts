import { constants, createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { ConfigError, FormatError, LIMITS, messageOf, PolicyPackError, systemCodeOf } from "@policy-pack/pack";
import { readRegularFile, regularSize } from "./regular-file.ts";
import type { Terminal } from "./terminal.ts";

const PIECE_BYTES = 1024 * 1024;

interface InputOptions {
  readonly what: string;
  readonly maxBytes: number;
  readonly advice?: string;
  readonly origin?: string | undefined;
}

/**
 * Reads a file whole, a pipe or `/dev/stdin` included, and stops at the cap.
 * @param what names the file's part in the message: "the bundle"
 * @param advice what to do when it is over the cap
 * @param origin what makes the file, for when there is none: "policy-pack build"
 * @throws ConfigError CONFIG_INVALID when it cannot be read; FormatError LIMIT_EXCEEDED beyond `maxBytes`
 */
export async function readInputFile(
  terminal: Terminal,
  path: string,
  { what, maxBytes, advice = "", origin }: InputOptions,
): Promise<Uint8Array> {
  const place = resolve(terminal.cwd, path);
  return reading(what, path, origin, () => {
    const name = `${what} ${path}`;
    if (regularSize(place) === undefined) return collect(openInput(place), maxBytes, name, advice);
    const bytes = readRegularFile(place, maxBytes);
    return bytes.byteLength > maxBytes ? refuseSize(name, maxBytes, advice) : bytes;
  });
}

/** A file's bytes as they come, those of a pipe or `/dev/stdin` too. */
export function openInput(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: PIECE_BYTES });
}

/**
 * Runs what reads a file that was named by the user, and says of a failure which file it was.
 * @throws ConfigError CONFIG_INVALID when it cannot be read; errors of our own as they are
 */
export async function reading<T>(
  what: string,
  path: string,
  origin: string | undefined,
  read: () => T | Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PolicyPackError) throw error;
    const absent = origin === undefined ? "there is no such file" : `there is no such file; run ${origin} first`;
    const reasons: Readonly<Record<string, string>> = { ENOENT: absent, EISDIR: "it is a folder; name a file" };
    const reason = reasons[systemCodeOf(error) ?? ""] ?? messageOf(error);
    throw new ConfigError("CONFIG_INVALID", `${what} ${path} cannot be read: ${reason}.`, { cause: error });
  }
}

/**
 * Reads a file of our own at a place that no flag names: a regular one, so that a pipe cannot hold the command.
 * @param path absolute
 * @returns undefined when nothing is there
 * @throws ConfigError CONFIG_INVALID when it cannot be read; FormatError LIMIT_EXCEEDED beyond `maxBytes`
 */
export async function readStoredFile(
  path: string,
  { what, maxBytes }: Pick<InputOptions, "what" | "maxBytes">,
): Promise<Uint8Array | undefined> {
  try {
    // Without O_NONBLOCK opening a FIFO waits for its writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) throw new ConfigError("CONFIG_INVALID", `${what} ${path} is no regular file.`);
      const stream = file.createReadStream({ highWaterMark: PIECE_BYTES, autoClose: false });
      return await collect(stream, maxBytes, `${what} ${path}`, "");
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof PolicyPackError) throw error;
    const code = systemCodeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ConfigError("CONFIG_INVALID", `${what} ${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

/** What the Sigstore bundles of a flag are. */
export type BundleRole = "The bundle" | "The denylist" | "The pause status";

/** The Sigstore bundle that a flag names. @throws as `readInputFile` */
export function readBundle(terminal: Terminal, path: string, what: BundleRole = "The bundle"): Promise<Uint8Array> {
  const { maxBundleBytes: maxBytes } = LIMITS;
  const origin = what === "The bundle" ? "policy-pack sign" : undefined;
  return readInputFile(terminal, path, { what, maxBytes, origin });
}

/** Reads stdin to its end, or to the cap. @throws FormatError LIMIT_EXCEEDED */
export async function readStdin(terminal: Terminal, what: string, maxBytes: number): Promise<Uint8Array> {
  return collect(terminal.stdin, maxBytes, `${what} on stdin`, "");
}

async function collect(
  source: AsyncIterable<unknown>,
  maxBytes: number,
  what: string,
  advice: string,
): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of source) {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    if (!(bytes instanceof Uint8Array)) throw new TypeError("a stream of bytes was expected");
    size += bytes.byteLength;
    if (size > maxBytes) refuseSize(what, maxBytes, advice);
    pieces.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, size);
}

function refuseSize(what: string, maxBytes: number, advice: string): never {
  throw new FormatError("LIMIT_EXCEEDED", `${what} is over ${maxBytes} bytes. ${advice}`.trim());
}
