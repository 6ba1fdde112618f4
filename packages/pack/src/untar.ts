import { findEntryProblem, orderEntries } from "./entries.ts";
import type { PackEntry } from "./entries.ts";
import { FormatError } from "./errors.ts";
import { ARCHIVE_LIMITS } from "./limits.ts";
import type { ArchiveLimits } from "./limits.ts";
import { parentOf, quotePath } from "./path.ts";
import { BLOCK_BYTES, checksum, encodeTar, padded } from "./tar.ts";
import { storedName } from "./tar-name.ts";

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ZERO_BLOCK = new Uint8Array(BLOCK_BYTES);
const TYPES: Readonly<Record<string, string>> = {
  "1": "a hard link",
  "2": "a symbolic link",
  "3": "a character device",
  "4": "a block device",
  "6": "a FIFO",
  S: "a sparse file",
  x: "a pax header",
  g: "a global pax header",
  L: "a GNU long name",
  K: "a GNU long link",
};

interface Located {
  readonly entry: PackEntry;
  readonly offset: number;
  readonly end: number;
}

/**
 * Reads a pack's tar, accepting exactly the bytes that `encodeTar(canonicalEntries(files))` writes: the caps first,
 * then each header, then everything is encoded again and compared. The entries' bytes are views of the input, so they
 * are only as constant as it is. That the bytes are signed is not checked.
 * @throws FormatError LIMIT_EXCEEDED | ARCHIVE_INVALID
 */
export function decodeTar(bytes: Uint8Array, limits: ArchiveLimits = ARCHIVE_LIMITS): readonly PackEntry[] {
  // Asked this way round, a cap that is NaN or missing is exceeded, not absent.
  if (!(bytes.length <= limits.maxPackBytes)) {
    throw overLimit(`The archive has ${bytes.length} bytes; at most ${limits.maxPackBytes} are read.`);
  }
  const located = readEntries(bytes, limits);
  checkFolders(located);
  const files = located.filter(({ entry }) => entry.kind === "file").map(({ entry }) => entry);
  const problem = findEntryProblem(files);
  if (problem !== undefined)
    throw invalid(`The archive's entry ${quotePath(problem.path)} is refused: ${problem.text}.`);
  const entries = orderEntries(files);
  checkSame(bytes, encodeTar(entries), located);
  return entries;
}

/** The cap on entries holds for folders only when each has its own: 10 000 files can imply a million. */
function checkFolders(located: readonly Located[]): void {
  const folders = new Set(located.flatMap(({ entry }) => (entry.kind === "folder" ? [entry.path] : [])));
  const orphan = located.find(({ entry }) => entry.path.includes("/") && !folders.has(parentOf(entry.path)));
  if (orphan !== undefined)
    throw invalid(`The archive has no entry for the folder of ${quotePath(orphan.entry.path)}.`);
}

function readEntries(bytes: Uint8Array, limits: ArchiveLimits): Located[] {
  const located: Located[] = [];
  let offset = 0;
  for (;;) {
    const block = bytes.subarray(offset, offset + BLOCK_BYTES);
    if (block.length < BLOCK_BYTES) throw invalid(`The archive ends in the middle of a block, at byte ${offset}.`);
    if (Buffer.compare(block, ZERO_BLOCK) === 0) return located;
    if (!(located.length < limits.maxFiles)) throw overLimit(`The archive has more than ${limits.maxFiles} entries.`);
    const next = readEntry(bytes, offset, limits);
    located.push(next);
    offset = next.end;
  }
}

function readEntry(bytes: Uint8Array, offset: number, limits: ArchiveLimits): Located {
  const block = bytes.subarray(offset, offset + BLOCK_BYTES);
  if (readOctal(block, 148, 6) !== checksum(block)) {
    const shown = quotePath(Buffer.from(readText(block, 0, 100)).toString());
    throw invalid(`The header of ${shown}, at byte ${offset}, has a wrong checksum.`);
  }
  const name = readName(block, offset, limits);
  const shown = quotePath(name);
  const type = String.fromCharCode(block[156] ?? 0);
  if (type !== "0" && type !== "5") {
    throw invalid(`${shown} is ${TYPES[type] ?? "of an unknown type"}; a pack holds plain files and folders.`);
  }
  const size = readOctal(block, 124, 11);
  if (size === undefined) throw invalid(`The size of ${shown} is not written in octal.`);
  if (!(size <= limits.maxFileBytes))
    throw overLimit(`${shown} has ${size} bytes; at most ${limits.maxFileBytes} are read.`);
  const start = offset + BLOCK_BYTES;
  const end = start + padded(size, BLOCK_BYTES);
  if (end > bytes.length) throw invalid(`The archive ends inside ${shown}.`);
  const kind = type === "5" ? "folder" : "file";
  const path = name.replace(/^\.\//, "").replace(kind === "folder" ? /\/$/ : /$^/, "");
  return { entry: { path, kind, bytes: bytes.subarray(start, start + size) }, offset, end };
}

function readName(block: Uint8Array, offset: number, limits: ArchiveLimits): string {
  const prefix = readText(block, 345, 155);
  const name = readText(block, 0, 100);
  const full = prefix.length > 0 ? Buffer.concat([prefix, Buffer.from("/"), name]) : name;
  if (!(full.length <= limits.maxNameBytes)) {
    throw overLimit(`An entry's name has ${full.length} bytes; at most ${limits.maxNameBytes} are read.`);
  }
  try {
    return DECODER.decode(full);
  } catch (cause) {
    throw invalid(`The entry at byte ${offset} has a name that is not UTF-8.`, cause);
  }
}

/** A field up to its first NUL. What stands behind that is found when the archive is encoded again. */
function readText(block: Uint8Array, at: number, length: number): Uint8Array {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return end === -1 ? field : field.subarray(0, end);
}

function readOctal(block: Uint8Array, at: number, digits: number): number | undefined {
  const text = Buffer.from(block.subarray(at, at + digits)).toString("latin1");
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

function checkSame(bytes: Uint8Array, expected: Uint8Array, located: readonly Located[]): void {
  if (Buffer.compare(bytes, expected) === 0) return;
  const twin = findRepeated(located);
  if (twin !== undefined) throw invalid(`The archive holds ${quotePath(twin)} twice.`);
  const position = expected.findIndex((byte, index) => byte !== bytes[index]);
  const at = position === -1 ? expected.length : position;
  const place = located.find(({ offset, end }) => at >= offset && at < end)?.entry;
  const where = place === undefined ? "after its last entry" : `at ${quotePath(storedName(place))}`;
  throw invalid(`The archive is not in the one form that a pack has: it differs ${where} (byte ${at}).`);
}

function findRepeated(located: readonly Located[]): string | undefined {
  const seen = new Set<string>();
  for (const { entry } of located) {
    if (seen.has(entry.path)) return entry.path;
    seen.add(entry.path);
  }
  return undefined;
}

function invalid(message: string, cause?: unknown): FormatError {
  return new FormatError("ARCHIVE_INVALID", message, { cause });
}

function overLimit(message: string): FormatError {
  return new FormatError("LIMIT_EXCEEDED", message);
}
