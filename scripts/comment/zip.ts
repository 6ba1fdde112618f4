import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * The text of a ZIP archive's one file, which must have this name (APPNOTE 4.3): nothing is written to a disk, and a file
 * that unpacks to more than `maxBytes` is never unpacked. Its checksum is not looked at.
 * @throws Error when it is not that
 */
export function readOnlyFile(zip: Buffer, name: string, maxBytes: number): string {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end === -1 || zip.readUInt32LE(end) !== END) throw new Error("the artifact is no ZIP archive");
  if (zip.readUInt16LE(end + 10) !== 1) throw new Error(`the artifact does not hold ${name} alone`);
  const central = zip.readUInt32LE(end + 16);
  if (zip.readUInt32LE(central) !== CENTRAL) throw new Error("the artifact's directory is malformed");
  const method = zip.readUInt16LE(central + 10);
  const packed = zip.readUInt32LE(central + 20);
  const local = zip.readUInt32LE(central + 42);
  if (textAt(zip, central + 46, zip.readUInt16LE(central + 28)) !== name)
    throw new Error(`the artifact holds no ${name}`);
  if (zip.readUInt32LE(local) !== LOCAL) throw new Error("the artifact's entry is malformed");
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const body = zip.subarray(start, start + packed);
  if (method !== STORED && method !== DEFLATED)
    throw new Error(`the artifact is packed by the unknown method ${method}`);
  const bytes = method === STORED ? body : inflateRawSync(body, { maxOutputLength: maxBytes });
  if (bytes.length > maxBytes) throw new Error(`${name} has more than ${maxBytes} bytes`);
  return textAt(bytes, 0, bytes.length);
}

function textAt(bytes: Buffer, start: number, length: number): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, start + length));
}
