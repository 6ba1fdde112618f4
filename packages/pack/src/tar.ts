import { FormatError } from "./errors.ts";
import type { PackEntry } from "./entries.ts";
import { quotePath } from "./path.ts";
import { splitName, storedName } from "./tar-name.ts";
import type { NameFields } from "./tar-name.ts";

export const BLOCK_BYTES = 512;
/** GNU tar's default record of 20 blocks. */
const RECORD_BYTES = 20 * BLOCK_BYTES;

/**
 * Writes the entries, in the order given, as the one ustar form (POSIX.1-1988) that GNU tar writes: names under `./`,
 * files 0644, folders 0755, owner and time 0, two zero blocks, padded to 10 240 bytes.
 * @throws FormatError ARCHIVE_INVALID for a name that ustar has no room for
 */
export function encodeTar(entries: readonly PackEntry[]): Uint8Array {
  const out = Buffer.alloc(tarSize(entries));
  let offset = 0;
  for (const entry of entries) {
    writeHeader(out.subarray(offset, offset + BLOCK_BYTES), entry);
    offset += BLOCK_BYTES;
    out.set(entry.bytes, offset);
    offset += padded(entry.bytes.length, BLOCK_BYTES);
  }
  return out;
}

export function padded(size: number, unit: number): number {
  return Math.ceil(size / unit) * unit;
}

function tarSize(entries: readonly PackEntry[]): number {
  let size = 2 * BLOCK_BYTES;
  for (const { bytes } of entries) size += BLOCK_BYTES + padded(bytes.length, BLOCK_BYTES);
  return padded(size, RECORD_BYTES);
}

/** One header block (pax(1), "ustar Interchange Format"); `block` is zeroed. */
function writeHeader(block: Buffer, entry: PackEntry): void {
  const { prefix, name } = fieldsOf(entry);
  block.set(name, 0);
  block.write(entry.kind === "folder" ? "0000755\0" : "0000644\0", 100, "latin1");
  block.write("0000000\0" + "0000000\0", 108, "latin1");
  block.write(`${entry.bytes.length.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  block.write("00000000000\0", 136, "latin1");
  block.write(entry.kind === "folder" ? "5" : "0", 156, "latin1");
  block.write("ustar\0" + "00", 257, "latin1");
  block.write("0000000\0" + "0000000\0", 329, "latin1");
  block.set(prefix, 345);
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}

/** The sum of a header's bytes with the checksum field read as spaces. */
export function checksum(block: Uint8Array): number {
  // By index: an iterator costs as much as all else in reading a pack.
  let sum = 8 * 0x20;
  for (let index = 0; index < 148; index += 1) sum += block[index] ?? 0;
  for (let index = 156; index < BLOCK_BYTES; index += 1) sum += block[index] ?? 0;
  return sum;
}

function fieldsOf(entry: PackEntry): NameFields {
  const fields = splitName(Buffer.from(storedName(entry)));
  if (fields !== undefined) return fields;
  throw new FormatError(
    "ARCHIVE_INVALID",
    `${quotePath(entry.path)} does not fit a ustar header; shorten the name or its folders.`,
  );
}
