/**
 * Writes the DER that certificates, timestamps and their kin are made of: each function returns one complete element.
 * Source: ITU-T X.690 (DER).
 */

const TAG = Object.freeze({
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
});

export function element(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), encodedLength(content.length), content]);
}

export function sequence(...items: readonly Uint8Array[]): Buffer {
  return element(TAG.sequence, Buffer.concat(items));
}

/** DER wants a SET OF in the order of its encoded elements. */
export function setOf(...items: readonly Uint8Array[]): Buffer {
  return element(TAG.set, Buffer.concat([...items].sort((a, b) => Buffer.compare(a, b))));
}

/** A context-specific tag around a complete element (EXPLICIT) or around bare items. */
export function explicit(number: number, ...items: readonly Uint8Array[]): Buffer {
  return element(0xa0 + number, Buffer.concat(items));
}

/** A context-specific tag in the place of a primitive element's own (IMPLICIT). */
export function implicit(number: number, content: Uint8Array): Buffer {
  return element(0x80 + number, content);
}

export function boolean(value: boolean): Buffer {
  return element(TAG.boolean, Buffer.from([value ? 0xff : 0x00]));
}

/** A non-negative integer: a number, or big-endian bytes. */
export function integer(value: number | Uint8Array): Buffer {
  const bytes = typeof value === "number" ? bytesOfNumber(value) : Buffer.from(value);
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const trimmed = bytes.subarray(start);
  // The first bit is the sign: a set one needs a zero byte in front.
  return element(TAG.integer, (trimmed[0] ?? 0) < 0x80 ? trimmed : Buffer.concat([Buffer.from([0]), trimmed]));
}

export function octetString(content: Uint8Array): Buffer {
  return element(TAG.octetString, content);
}

export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return element(TAG.bitString, Buffer.concat([Buffer.from([unusedBits]), content]));
}

export function derNull(): Buffer {
  return element(TAG.null, Buffer.alloc(0));
}

export function utf8String(text: string): Buffer {
  return element(TAG.utf8String, Buffer.from(text, "utf8"));
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** A certificate's time in whole seconds: UTCTime to 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
export function certificateTime(date: Date): Buffer {
  const text = digitsOf(date);
  return date.getUTCFullYear() < 2050
    ? element(TAG.utcTime, Buffer.from(text.slice(2), "ascii"))
    : element(TAG.generalizedTime, Buffer.from(text, "ascii"));
}

/** GeneralizedTime in whole seconds, `YYYYMMDDHHMMSSZ`. */
export function generalizedTime(date: Date): Buffer {
  return element(TAG.generalizedTime, Buffer.from(digitsOf(date), "ascii"));
}

function digitsOf(date: Date): string {
  return `${date.toISOString().replaceAll(/[-:T]/g, "").slice(0, 14)}Z`;
}

function encodedLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = bytesOfNumber(length);
  return Buffer.concat([Buffer.from([0x80 + bytes.length]), bytes]);
}

function bytesOfNumber(value: number): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

function base128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(128 + (rest % 128));
  return bytes;
}
