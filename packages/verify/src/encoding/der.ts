import { malformed } from "./malformed.ts";

/** One DER value: `raw` is the whole of it, `content` what stands after tag and length. Both are views, not copies. */
export interface DerValue {
  readonly tag: number;
  readonly raw: Buffer;
  readonly content: Buffer;
}

/** The identifier octets in use here (X.690, 8.1.2); `context` are those of the form [n]. */
export const TAG = Object.freeze({
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
});

/** The tag [n]: constructed holds other values, primitive holds bytes. */
export function contextTag(number: number, form: "constructed" | "primitive"): number {
  return (form === "constructed" ? 0xa0 : 0x80) | number;
}

/** Reads bytes that are exactly one DER value (X.690, section 10): definite, minimal lengths, nothing behind it. */
export function readDer(bytes: Uint8Array, tag?: number): DerValue {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = readAt(buffer, 0);
  if (value.raw.length !== buffer.length) malformed("has bytes after its DER value");
  return tag === undefined ? value : expectTag(value, tag);
}

/** The values that stand in the content of a constructed value, one after the other. */
export function childrenOf(value: DerValue): readonly DerValue[] {
  const children: DerValue[] = [];
  for (let offset = 0; offset < value.content.length;) {
    const child = readAt(value.content, offset);
    children.push(child);
    offset += child.raw.length;
  }
  return children;
}

/** The values of a SEQUENCE; refuses any other tag. */
export function sequenceOf(value: DerValue | undefined): readonly DerValue[] {
  return childrenOf(expectTag(value, TAG.sequence));
}

/** The one value inside an explicit tag or a SET of one. */
export function onlyChildOf(value: DerValue): DerValue {
  const [child, ...rest] = childrenOf(value);
  if (child === undefined || rest.length > 0) malformed("does not hold exactly one value");
  return child;
}

export function expectTag(value: DerValue | undefined, tag: number): DerValue {
  if (value?.tag === tag) return value;
  return malformed(`has DER tag ${value === undefined ? "none" : value.tag} where ${tag} must stand`);
}

/** The identifier octets, length octets and content as one value, for bytes that are signed in another form than sent. */
export function encodeDer(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), encodeLength(content.length), content]);
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

function readAt(buffer: Buffer, start: number): DerValue {
  const tag = byteAt(buffer, start);
  if ((tag & 0x1f) === 0x1f) malformed("uses a DER tag of several bytes");
  const first = byteAt(buffer, start + 1);
  const isShort = first < 0x80;
  const lengthBytes = isShort ? 0 : first & 0x7f;
  const contentStart = start + 2 + lengthBytes;
  const length = isShort ? first : readLength(buffer, start + 2, lengthBytes);
  const end = contentStart + length;
  if (end > buffer.length) malformed("ends within a DER value");
  return { tag, raw: buffer.subarray(start, end), content: buffer.subarray(contentStart, end) };
}

/** No bytes at all, the indefinite form, make 0, which has a shorter form; more than four, a length beyond any input. */
function readLength(buffer: Buffer, start: number, count: number): number {
  let length = 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + byteAt(buffer, start + index);
  if (length < 0x80 || byteAt(buffer, start) === 0) malformed("has a DER length that is indefinite or not minimal");
  return length;
}

function byteAt(buffer: Buffer, index: number): number {
  return buffer[index] ?? malformed("ends within a DER value");
}
