import { FormatError } from "@policy-pack/pack";

/** One DER element: its tag, what is in it, and where the next one starts. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly end: number;
}

/**
 * The elements that the bytes hold, one after the other, to the last byte.
 * Only definite lengths in their shortest form are DER. Source: ITU-T X.690, 10.1.
 * @throws FormatError INPUT_INVALID
 */
export function readElements(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const element = readElement(bytes, offset);
    elements.push(element);
    offset = element.end;
  }
  return elements;
}

function readElement(bytes: Uint8Array, offset: number): DerElement {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw malformed();
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || lengthBytes > 3) throw malformed();
  const start = offset + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : longLength(bytes.subarray(offset + 2, start));
  if (start + length > bytes.length) throw malformed();
  return { tag, content: bytes.subarray(start, start + length), end: start + length };
}

function longLength(bytes: Uint8Array): number {
  let length = 0;
  for (const byte of bytes) length = length * 256 + byte;
  if (length < 0x80 || bytes[0] === 0) throw malformed();
  return length;
}

function malformed(): FormatError {
  return new FormatError("INPUT_INVALID", "The request is not DER.");
}
