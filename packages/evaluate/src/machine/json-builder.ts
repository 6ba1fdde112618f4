import { isUtf8 } from "node:buffer";

import type { BuilderRules } from "./value-builder.ts";
import { NOT_TAKEN } from "./value-heap.ts";
import type { ValueHeap } from "./value-heap.ts";
import { HASH } from "./value-layout.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** Every integer of so many digits has 32 bits. */
const MAX_PLAIN_DIGITS = 9;

/** 1 for the bytes that end a run of plain ones in a string. */
const ENDS_RUN = Uint8Array.from({ length: 256 }, (_item, byte) =>
  Number(byte < 0x20 || byte === QUOTE || byte === BACKSLASH),
);
const WORDS = { true: Buffer.from("true"), false: Buffer.from("false"), null: Buffer.from("null") } as const;

/**
 * Builds an input document from JSON text that stands in the module's memory: strings and long numbers stay where they
 * are and are pointed at. It takes nothing but one JSON text (RFC 8259); what it does not take is left to the text path,
 * which says what is wrong or reads it in the module.
 */
export class JsonBuilder {
  readonly #heap: ValueHeap;
  readonly #rules: BuilderRules;
  #position = 0;
  #end = 0;
  /** Of all bytes within strings, taken together. */
  #bits = 0;

  constructor(heap: ValueHeap, rules: BuilderRules) {
    this.#heap = heap;
    this.#rules = rules;
  }

  /** The address of the value of the text from `start` to `end`, where a zero byte stands, or NOT_TAKEN. */
  build(start: number, end: number): number {
    this.#position = start;
    this.#end = end;
    this.#bits = 0;
    this.#space();
    const address = this.#value(0);
    if (address === NOT_TAKEN) return NOT_TAKEN;
    this.#space();
    if (this.#position !== end) return NOT_TAKEN;
    return this.#bits > 0x7f && !isUtf8(this.#heap.memory.bytes.subarray(start, end)) ? NOT_TAKEN : address;
  }

  #value(depth: number): number {
    const heap = this.#heap;
    switch (heap.memory.bytes[this.#position]) {
      case QUOTE:
        return this.#string();
      case 0x7b:
        return depth === this.#rules.maxDepth ? NOT_TAKEN : this.#object(depth + 1);
      case 0x5b:
        return depth === this.#rules.maxDepth ? NOT_TAKEN : this.#array(depth + 1);
      case 0x74:
        return this.#word(WORDS.true, heap.true);
      case 0x66:
        return this.#word(WORDS.false, heap.false);
      case 0x6e:
        return this.#word(WORDS.null, heap.null);
      case undefined:
      default:
        return this.#number();
    }
  }

  /** The byte at which the next value, sign or end stands. */
  #space(): number {
    const { bytes } = this.#heap.memory;
    let byte = bytes[this.#position] ?? 0;
    while (byte <= 0x20 && isSpace(byte)) byte = bytes[++this.#position] ?? 0;
    return byte;
  }

  #object(depth: number): number {
    const heap = this.#heap;
    const base = heap.open();
    this.#position++;
    if (this.#space() === 0x7d) {
      this.#position++;
      return heap.closeObject(base);
    }
    for (;;) {
      if (this.#space() !== QUOTE || !this.#key() || this.#space() !== 0x3a) return NOT_TAKEN;
      this.#position++;
      this.#space();
      const address = this.#value(depth);
      if (address === NOT_TAKEN) return NOT_TAKEN;
      heap.push(address);
      const byte = this.#space();
      this.#position++;
      if (byte === 0x7d) return heap.closeObject(base);
      if (byte !== COMMA) return NOT_TAKEN;
    }
  }

  #array(depth: number): number {
    const heap = this.#heap;
    const base = heap.open();
    this.#position++;
    if (this.#space() === 0x5d) {
      this.#position++;
      return heap.closeArray(base);
    }
    for (;;) {
      this.#space();
      const address = this.#value(depth);
      if (address === NOT_TAKEN) return NOT_TAKEN;
      heap.push(address);
      const byte = this.#space();
      this.#position++;
      if (byte === 0x5d) return heap.closeArray(base);
      if (byte !== COMMA) return NOT_TAKEN;
    }
  }

  #string(): number {
    const { bytes } = this.#heap.memory;
    const start = this.#position + 1;
    let position = start;
    let byte = bytes[position] ?? 0;
    let bits = 0;
    while (ENDS_RUN[byte] === 0) {
      bits |= byte;
      byte = bytes[++position] ?? 0;
    }
    this.#bits |= bits;
    if (byte === BACKSLASH) {
      const text = this.#escaped(start);
      return text === undefined ? NOT_TAKEN : this.#heap.string(text);
    }
    if (byte !== QUOTE || position >= this.#end) return NOT_TAKEN;
    this.#position = position + 1;
    return this.#heap.stringAt(start, position - start);
  }

  #key(): boolean {
    const { bytes } = this.#heap.memory;
    const start = this.#position + 1;
    let position = start;
    let byte = bytes[position] ?? 0;
    let bits = 0;
    let hash: number = HASH.start;
    while (ENDS_RUN[byte] === 0) {
      bits |= byte;
      hash = Math.imul(hash, HASH.prime) ^ byte;
      byte = bytes[++position] ?? 0;
    }
    this.#bits |= bits;
    if (byte === BACKSLASH) {
      const text = this.#escaped(start);
      if (text === undefined) return false;
      this.#heap.pushKey(text);
      return true;
    }
    if (byte !== QUOTE || position >= this.#end) return false;
    this.#position = position + 1;
    this.#heap.pushKeyAt(start, position - start, hash);
    return true;
  }

  /** A string with escapes, by the engine's parser; undefined leaves it to the text path. */
  #escaped(start: number): string | undefined {
    const { bytes } = this.#heap.memory;
    let position = start;
    for (let byte = bytes[position]; byte !== QUOTE; byte = bytes[position]) {
      if (position >= this.#end) return undefined;
      this.#bits |= byte ?? 0;
      position += byte === BACKSLASH ? 2 : 1;
    }
    this.#position = position + 1;
    if (this.#position > this.#end) return undefined;
    const text = parseString(bytes.toString("utf8", start - 1, position + 1));
    return text !== undefined && this.#rules.refuseNul && text.includes("\0") ? undefined : text;
  }

  #word(word: Buffer, address: number): number {
    const { bytes } = this.#heap.memory;
    const start = this.#position;
    if (start + word.length > this.#end) return NOT_TAKEN;
    for (let index = 1; index < word.length; index++) {
      if (bytes[start + index] !== word[index]) return NOT_TAKEN;
    }
    this.#position = start + word.length;
    return address;
  }

  #number(): number {
    const { bytes } = this.#heap.memory;
    const start = this.#position;
    const negative = bytes[start] === 0x2d;
    const first = negative ? start + 1 : start;
    let value = 0;
    let position = first;
    for (let digit = digitAt(bytes, position); digit >= 0; digit = digitAt(bytes, ++position))
      value = value * 10 + digit;
    const digits = position - first;
    if (digits === 0 || (digits > 1 && bytes[first] === 0x30) || position > this.#end) return NOT_TAKEN;
    const next = position < this.#end ? (bytes[position] ?? 0) | 0x20 : 0;
    const plain = next !== 0x2e && next !== 0x65;
    if (plain && digits <= MAX_PLAIN_DIGITS && !(negative && value === 0)) {
      this.#position = position;
      return this.#heap.integer(negative ? -value : value);
    }
    const end = plain ? position : this.#fraction(position);
    if (end === undefined) return NOT_TAKEN;
    this.#position = end;
    return this.#heap.numberAt(start, end - start);
  }

  /** Behind fraction and exponent, which begin here. */
  #fraction(start: number): number | undefined {
    const { bytes } = this.#heap.memory;
    let position = start;
    if (bytes[position] === 0x2e) {
      const end = digitsEnd(bytes, position + 1);
      if (end === position + 1) return undefined;
      position = end;
    }
    if (position < this.#end && ((bytes[position] ?? 0) | 0x20) === 0x65) {
      const sign = bytes[position + 1];
      const first = sign === 0x2b || sign === 0x2d ? position + 2 : position + 1;
      position = digitsEnd(bytes, first);
      if (position === first) return undefined;
    }
    return position > this.#end ? undefined : position;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function digitAt(bytes: Buffer, position: number): number {
  const digit = (bytes[position] ?? 0) - 0x30;
  return digit <= 9 ? digit : -1;
}

function digitsEnd(bytes: Buffer, start: number): number {
  let position = start;
  while (digitAt(bytes, position) >= 0) position++;
  return position;
}

function parseString(json: string): string | undefined {
  try {
    return String(JSON.parse(json));
  } catch {
    return undefined;
  }
}
