import { isUtf8 } from "node:buffer";

const REPLACEMENT = "\ufffd";

/**
 * The text of bytes as OPA prints it: every byte that is no part of a UTF-8 sequence becomes one U+FFFD. Decoders of the
 * web join several such bytes into one.
 */
export function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString("utf8");
  const parts: string[] = [];
  let start = 0;
  let index = 0;
  while (index < buffer.length) {
    const length = sequenceLength(buffer, index);
    if (length === 0) {
      if (index > start) parts.push(buffer.toString("utf8", start, index));
      parts.push(REPLACEMENT);
      start = index + 1;
    }
    index += Math.max(1, length);
  }
  parts.push(buffer.toString("utf8", start));
  return parts.join("");
}

/** How many bytes the sequence at `index` has, 0 when there is none. The Unicode Standard, table 3-7. */
function sequenceLength(buffer: Buffer, index: number): number {
  const first = buffer[index] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const [low, high] = secondBytes(first);
  const second = buffer[index + 1] ?? 0;
  if (second < low || second > high) return 0;
  for (let next = index + 2; next < index + length; next++) {
    if (((buffer[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** No overlong forms, no surrogates, nothing beyond U+10FFFF. */
function secondBytes(first: number): readonly [low: number, high: number] {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  if (first === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}
