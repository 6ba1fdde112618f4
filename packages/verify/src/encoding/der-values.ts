import { expectTag, TAG } from "./der.ts";
import type { DerValue } from "./der.ts";
import { malformed } from "./malformed.ts";

/** An OBJECT IDENTIFIER as dotted decimals (X.690, 8.19). */
export function readOid(value: DerValue | undefined): string {
  const { content } = expectTag(value, TAG.oid);
  const arcs: number[] = [];
  let arc = 0;
  let atStart = true;
  for (const byte of content) {
    if (atStart && byte === 0x80) malformed("has an object identifier that is not minimal");
    arc = arc * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) malformed("has an oversized object identifier");
    atStart = byte < 0x80;
    if (atStart) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first, ...rest] = arcs;
  if (first === undefined || !atStart) return malformed("has a broken object identifier");
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join(".");
}

/** The content of an INTEGER in its minimal two's complement form (X.690, 8.3.2). */
export function readInteger(value: DerValue | undefined): Buffer {
  const { content } = expectTag(value, TAG.integer);
  const [first, second] = content;
  if (first === undefined) return malformed("has an empty integer");
  const padded = second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  return padded ? malformed("has an integer that is not minimal") : content;
}

/** A small INTEGER that is not negative, such as a version or a path length. */
export function readSmallInteger(value: DerValue | undefined): number {
  const content = readInteger(value);
  if (content.length > 4 || content.readUInt8(0) >= 0x80) malformed("has an integer out of range");
  return content.readUIntBE(0, content.length);
}

/** A BOOLEAN, whose only true is 0xff in DER (X.690, 11.1). */
export function readBoolean(value: DerValue | undefined): boolean {
  const { content } = expectTag(value, TAG.boolean);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) malformed("has a broken boolean");
  return content[0] === 0xff;
}

/** The bytes of a BIT STRING of whole bytes, as keys and signatures are. */
export function readBitString(value: DerValue | undefined): Buffer {
  const { content } = expectTag(value, TAG.bitString);
  if (content[0] !== 0) malformed("has a bit string that does not end on a byte");
  return content.subarray(1);
}

/** Whether a bit is set in a BIT STRING of named bits; bit 0 is the first (X.690, 11.2.2). */
export function readNamedBits(value: DerValue | undefined): (bit: number) => boolean {
  const { content } = expectTag(value, TAG.bitString);
  const unused = content[0] ?? malformed("has an empty bit string");
  const last = content.at(-1) ?? 0;
  // Without bytes the count itself stands last, and any count above 0 has one of its own lowest bits set.
  if (unused > 7 || (last & ((1 << unused) - 1)) !== 0) malformed("has a broken bit string");
  return (bit) => ((content[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0;
}

/** A UTF8String, or another string tag whose bytes must then be ASCII. */
export function readText(value: DerValue | undefined, tag: number): string {
  const { content } = expectTag(value, tag);
  const text = content.toString("utf8");
  const isAscii = content.every((byte) => byte >= 0x20 && byte < 0x7f);
  if (tag !== TAG.utf8String && !isAscii) malformed("has a name that is not printable ASCII");
  return Buffer.from(text).equals(content) ? text : malformed("has text that is not UTF-8");
}

const UTC_TIME = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,9}))?Z$/;

/**
 * A UTCTime or GeneralizedTime in milliseconds since 1970; a fraction of up to nine digits is cut to milliseconds.
 * Two-digit years are 1950 to 2049 (RFC 5280, 4.1.2.5.1).
 */
export function readTime(value: DerValue | undefined): number {
  const isShort = value?.tag === TAG.utcTime;
  const text = expectTag(value, isShort ? TAG.utcTime : TAG.generalizedTime).content.toString("latin1");
  const parts = (isShort ? UTC_TIME : GENERALIZED_TIME).exec(text) ?? malformed("has a time in an unknown form");
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "", fraction = ""] = parts;
  const fullYear = isShort ? `${Number(year) < 50 ? "20" : "19"}${year}` : year;
  const iso = `${fullYear}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
  const time = Date.parse(iso);
  // Date.parse rolls 30 February over into March; printing it again shows that.
  if (Number.isNaN(time) || new Date(time).toISOString() !== iso) malformed("has a time that does not exist");
  return time;
}
