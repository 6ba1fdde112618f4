import { BuiltinError } from "../builtin.ts";

/** Identifier octets: universal types, and the context-specific tags of X.509. */
export const TAG = Object.freeze({
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
});

/** Printing longer ones takes time that grows faster than they do; no key or serial number comes near. */
const MAX_INTEGER_OCTETS = 40_000;

/** `[number]` of a primitive value. */
export function contextTag(number: number): number {
  return 0x80 | number;
}

/** `[number]` around other values. */
export function explicitTag(number: number): number {
  return 0xa0 | number;
}

export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length. */
  readonly full: Buffer;
}

export interface BitString {
  readonly bytes: Buffer;
  readonly bitLength: number;
}

/**
 * Reads DER from front to back: definite and shortest lengths of at most four octets, tag numbers below 31, shortest
 * integers. What is not so is refused, as by the parser of OPA's certificates; there is no lenient way.
 *
 * @throws BuiltinError from every method, "x509: malformed ..." with what was to be read
 * @see ITU-T X.690, sections 8 and 10
 */
export class DerReader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #position = 0;

  constructor(bytes: Buffer, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  get isEmpty(): boolean {
    return this.#position === this.#bytes.length;
  }

  /** Whether the next value has that tag. */
  peek(tag: number): boolean {
    return this.#bytes[this.#position] === tag;
  }

  readAny(): DerElement {
    const start = this.#position;
    const [tag, first] = [this.#bytes[start], this.#bytes[start + 1]];
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw this.malformed();
    const header = first < 0x80 ? 2 : 2 + (first & 0x7f);
    const end = start + header + (first < 0x80 ? first : this.#longLength(start + 2, first & 0x7f));
    if (end > this.#bytes.length) throw this.malformed();
    this.#position = end;
    return { tag, content: this.#bytes.subarray(start + header, end), full: this.#bytes.subarray(start, end) };
  }

  #longLength(start: number, octets: number): number {
    if (octets === 0 || octets > 4 || start + octets > this.#bytes.length) throw this.malformed();
    const length = this.#bytes.readUIntBE(start, octets);
    if (length < 0x80 || length < 2 ** (8 * (octets - 1))) throw this.malformed();
    return length;
  }

  readElement(tag: number): DerElement {
    const element = this.readAny();
    if (element.tag !== tag) throw this.malformed();
    return element;
  }

  read(tag: number): Buffer {
    return this.readElement(tag).content;
  }

  readOptional(tag: number): Buffer | undefined {
    return this.peek(tag) ? this.read(tag) : undefined;
  }

  /** The values inside of the next one. */
  enter(tag: number, what = this.#what): DerReader {
    return new DerReader(this.read(tag), what);
  }

  readBoolean(): boolean {
    const content = this.read(TAG.boolean);
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw this.malformed();
    return content[0] === 0xff;
  }

  readInteger(): bigint {
    return this.#integerOf(this.read(TAG.integer));
  }

  /** An integer of 64 bits. */
  readInt64(tag: number = TAG.integer): bigint {
    const value = this.#integerOf(this.read(tag));
    if (BigInt.asIntN(64, value) !== value) throw this.malformed();
    return value;
  }

  #integerOf(content: Buffer): bigint {
    const value = integerOf(content);
    if (value === undefined) throw this.malformed();
    return value;
  }

  readBitString(): BitString {
    const bits = bitStringOf(this.read(TAG.bitString));
    if (bits === undefined) throw this.malformed();
    return bits;
  }

  readOid(): string {
    const oid = oidOf(this.read(TAG.oid));
    if (oid === undefined) throw this.malformed();
    return oid;
  }

  malformed(): BuiltinError {
    return new BuiltinError(`x509: malformed ${this.#what}`);
  }
}

/** Two's complement in the fewest octets; undefined when it is not that. */
export function integerOf(content: Buffer): bigint | undefined {
  const [first, second = 0] = content;
  if (first === undefined) return undefined;
  if (content.length > MAX_INTEGER_OCTETS) throw new RangeError(`an integer has ${content.length} octets`);
  if (content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) return undefined;
  return BigInt.asIntN(8 * content.length, BigInt(`0x${content.toString("hex")}`));
}

export function bitStringOf(content: Buffer): BitString | undefined {
  const [padding, last] = [content[0], content.at(-1)];
  if (padding === undefined || last === undefined || padding > 7) return undefined;
  if (content.length === 1 ? padding !== 0 : (last & ((1 << padding) - 1)) !== 0) return undefined;
  return { bytes: content.subarray(1), bitLength: (content.length - 1) * 8 - padding };
}

/** The bits moved to the low end, as a number is read. */
export function rightAlign({ bytes, bitLength }: BitString): Buffer {
  const shift = 8 - (bitLength % 8);
  if (shift === 8 || bytes.length === 0) return bytes;
  return Buffer.from(bytes.map((byte, index) => (byte >> shift) | ((bytes[index - 1] ?? 0) << (8 - shift))));
}

/** An object identifier in dots, each number below 2^31 and in the fewest octets; undefined when it is not that. */
export function oidOf(content: Buffer): string | undefined {
  const numbers: number[] = [];
  let value = 0;
  let fresh = true;
  for (const byte of content) {
    if ((fresh && byte === 0x80) || value >= 2 ** 24) return undefined;
    value = value * 128 + (byte & 0x7f);
    fresh = byte < 0x80;
    if (!fresh) continue;
    numbers.push(value);
    value = 0;
  }
  const [first, ...rest] = numbers;
  if (first === undefined || !fresh) return undefined;
  const head = Math.min(2, Math.floor(first / 40));
  return [head, first - 40 * head, ...rest].join(".");
}
