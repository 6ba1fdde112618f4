import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError, FormatError, LIMITS, messageOf, quotePath } from "@policy-pack/pack";
import { CLI_LIMITS } from "./limits.ts";
import { readBundle, readInputFile } from "./read.ts";
import type { BundleRole } from "./read.ts";
import type { Terminal } from "./terminal.ts";

/** One bundle as it was read, and where it came from: a file, or a line of one. */
export interface NamedBundle {
  readonly name: string;
  readonly source: Uint8Array;
}

const IN_FOLDER = ".sigstore.json";
const LINES = ".jsonl";
const NEW_LINE = 0x0a;

/**
 * The bundles of every path, in the order given:
 * - a file is one bundle;
 * - a file whose name ends in `.jsonl` holds one on each line;
 * - of a folder, those of its files whose names end in `.sigstore.json`, sorted by name. What has such a name and is no
 *   regular file, a link included, is refused; other names and the folders within are not looked at.
 *
 * They are not parsed here. More than `maxBundles`, or more bytes together than `maxBundlesBytes`, are refused.
 * @param what they are, for messages
 * @throws ConfigError CONFIG_INVALID when something cannot be read, or a folder or file holds no bundle
 * @throws FormatError LIMIT_EXCEEDED, BUNDLE_INVALID for an empty line
 */
export async function readBundles(
  terminal: Terminal,
  paths: readonly string[],
  what: BundleRole = "The bundle",
): Promise<readonly NamedBundle[]> {
  const bundles: NamedBundle[] = [];
  let size = 0;
  for (const path of paths) {
    for await (const bundle of bundlesAt(terminal, path, what)) {
      bundles.push(bundle);
      size += bundle.source.byteLength;
      checkCaps(bundles.length, size);
    }
  }
  return bundles;
}

function bundlesAt(terminal: Terminal, path: string, what: BundleRole): AsyncGenerator<NamedBundle> {
  if (isFolder(resolve(terminal.cwd, path))) return bundlesOfFolder(terminal, path, what);
  return path.endsWith(LINES) ? bundlesOfLines(terminal, path) : bundleOfFile(terminal, path, what);
}

/** False for what cannot be looked at: reading it will say why. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

async function* bundleOfFile(terminal: Terminal, path: string, what: BundleRole): AsyncGenerator<NamedBundle> {
  yield { name: path, source: await readBundle(terminal, path, what) };
}

async function* bundlesOfFolder(terminal: Terminal, path: string, what: BundleRole): AsyncGenerator<NamedBundle> {
  const names = bundleNames(terminal, path);
  if (names.length === 0) throw none(path, `no file whose name ends in ${IN_FOLDER}`);
  for (const name of names) yield* bundleOfFile(terminal, join(path, name), what);
}

function bundleNames(terminal: Terminal, path: string): readonly string[] {
  const entries = listFolder(resolve(terminal.cwd, path), path);
  if (entries.length > CLI_LIMITS.maxFolderNames) {
    const message = `${path} holds more than ${CLI_LIMITS.maxFolderNames} names; give a folder of bundles alone.`;
    throw new FormatError("LIMIT_EXCEEDED", message);
  }
  const wanted = entries.filter(({ name }) => name.endsWith(IN_FOLDER));
  const odd = wanted.find((entry) => !entry.isFile());
  if (odd !== undefined) {
    const message = `${quotePath(join(path, odd.name))} is no regular file; of a folder, only regular files are read.`;
    throw new ConfigError("CONFIG_INVALID", message);
  }
  return wanted.map(({ name }) => name).toSorted();
}

function listFolder(folder: string, path: string): ReturnType<typeof readEntries> {
  try {
    return readEntries(folder);
  } catch (cause) {
    throw new ConfigError("CONFIG_INVALID", `The folder ${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

function readEntries(folder: string): { readonly name: string; isFile(): boolean }[] {
  return readdirSync(folder, { withFileTypes: true });
}

async function* bundlesOfLines(terminal: Terminal, path: string): AsyncGenerator<NamedBundle> {
  const { maxBundlesBytes: maxBytes } = CLI_LIMITS;
  const bytes = await readInputFile(terminal, path, { what: "The bundles", maxBytes });
  if (bytes.byteLength === 0) throw none(path, "nothing");
  for (let start = 0, line = 1; start < bytes.byteLength; line += 1) {
    const found = bytes.indexOf(NEW_LINE, start);
    const end = found === -1 ? bytes.byteLength : found;
    yield { name: `${path}:${line}`, source: toLine(bytes.subarray(start, end), `${path}:${line}`) };
    start = end + 1;
  }
}

function toLine(line: Uint8Array, name: string): Uint8Array {
  if (line.byteLength > LIMITS.maxBundleBytes) {
    throw new FormatError("LIMIT_EXCEEDED", `The bundle ${name} is over ${LIMITS.maxBundleBytes} bytes.`);
  }
  if (line.byteLength > 0) return line;
  throw new FormatError("BUNDLE_INVALID", `${name} is an empty line; every line holds one bundle.`);
}

function none(path: string, what: string): ConfigError {
  return new ConfigError("CONFIG_INVALID", `${path} holds ${what}; policy-pack sign writes bundles.`);
}

function checkCaps(count: number, size: number): void {
  const { maxBundles, maxBundlesBytes } = CLI_LIMITS;
  if (count <= maxBundles && size <= maxBundlesBytes) return;
  throw new FormatError(
    "LIMIT_EXCEEDED",
    `More than ${maxBundles} bundles, or ${maxBundlesBytes} bytes of them, are not read; give fewer.`,
  );
}
