import { isUtf8 } from "node:buffer";

import { FormatError } from "@policy-pack/pack";

export interface JsonRules {
  /** What the document is called in messages. */
  readonly name: string;
  readonly maxDepth: number;
  /** Refuse texts that hold U+0000. */
  readonly refuseNul: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const NOTHING = Buffer.alloc(0);

/** 1 for the bytes that end a run of plain ones in a string. */
const ENDS_RUN = Uint8Array.from({ length: 256 }, (_item, byte) =>
  Number(byte < 0x20 || byte === QUOTE || byte === BACKSLASH || byte >= 0x80),
);
const SHORT_ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const WORDS = { 0x74: Buffer.from("true"), 0x66: Buffer.from("false"), 0x6e: Buffer.from("null") } as const;
const REPLACEMENT = "fffd";

/**
 * Checks that bytes are one JSON text (RFC 8259) before a module reads them: its own parser stops at the end of the
 * first value and takes sets, missing commas and unfinished numbers. A key that stands twice is no error, the last one
 * counts, and half a surrogate pair, which JSON can only spell as `\ud800`, is rewritten in place to U+FFFD: both as
 * OPA reads them.
 */
export class JsonChecker {
  readonly #rules: JsonRules;
  #bytes: Buffer = NOTHING;
  #start = 0;
  #end = 0;
  #high = false;

  constructor(rules: JsonRules) {
    this.#rules = rules;
  }

  /** @throws FormatError INPUT_INVALID */
  check(bytes: Buffer, start: number, end: number): void {
    this.#open(bytes, start, end);
    const behind = this.#space(this.#value(this.#space(start), 0));
    this.#bytes = NOTHING;
    if (behind !== end) this.#fail(behind);
    if (this.#high && !isUtf8(bytes.subarray(start, end))) this.#refuse("is not UTF-8");
  }

  #open(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#high = false;
  }

  #value(position: number, depth: number): number {
    const byte = this.#at(position);
    if (byte === QUOTE) return this.#string(position + 1);
    if (byte === 0x7b) return this.#object(position + 1, depth + 1);
    if (byte === 0x5b) return this.#array(position + 1, depth + 1);
    if (byte === 0x74 || byte === 0x66 || byte === 0x6e) return this.#word(position, WORDS[byte]);
    return this.#number(position);
  }

  #object(start: number, depth: number): number {
    this.#checkDepth(start, depth);
    let position = this.#space(start);
    if (this.#at(position) === 0x7d) return position + 1;
    for (;;) {
      if (this.#at(position) !== QUOTE) this.#fail(position);
      position = this.#space(this.#string(position + 1));
      if (this.#at(position) !== 0x3a) this.#fail(position);
      position = this.#space(this.#value(this.#space(position + 1), depth));
      if (this.#at(position) === 0x7d) return position + 1;
      if (this.#at(position) !== COMMA) this.#fail(position);
      position = this.#space(position + 1);
    }
  }

  #array(start: number, depth: number): number {
    this.#checkDepth(start, depth);
    let position = this.#space(start);
    if (this.#at(position) === 0x5d) return position + 1;
    for (;;) {
      position = this.#space(this.#value(position, depth));
      if (this.#at(position) === 0x5d) return position + 1;
      if (this.#at(position) !== COMMA) this.#fail(position);
      position = this.#space(position + 1);
    }
  }

  /** From behind the opening quote to behind the closing one. */
  #string(start: number): number {
    const bytes = this.#bytes;
    let position = start;
    for (;;) {
      let byte = bytes[position] ?? 0;
      while (ENDS_RUN[byte] === 0) byte = bytes[++position] ?? 0;
      if (position >= this.#end) this.#fail(this.#end);
      if (byte === QUOTE) return position + 1;
      if (byte === BACKSLASH) position = this.#escape(position + 1);
      else if (byte >= 0x80) {
        this.#high = true;
        position++;
      } else this.#fail(position);
    }
  }

  #escape(position: number): number {
    const byte = this.#bytes[position] ?? 0;
    if (SHORT_ESCAPES.has(byte)) return position + 1;
    const unit = this.#unit(position);
    if (unit === 0 && this.#rules.refuseNul) {
      this.#refuse("holds U+0000, at which the policy's module would end a pattern or an address");
    }
    const next = position + 5;
    if (unit < 0xd800 || unit > 0xdfff) return next;
    const paired = unit < 0xdc00 && this.#bytes[next] === BACKSLASH && this.#bytes[next + 1] === 0x75;
    const second = paired ? this.#unit(next + 1) : 0;
    if (second >= 0xdc00 && second <= 0xdfff) return next + 6;
    this.#bytes.write(REPLACEMENT, position + 1, "latin1");
    return next;
  }

  /** The unit of an escape whose `u` is here. */
  #unit(position: number): number {
    if (this.#bytes[position] !== 0x75 || position + 5 > this.#end) this.#fail(position);
    let unit = 0;
    for (let index = position + 1; index < position + 5; index++) {
      const digit = hexOf(this.#bytes[index] ?? 0);
      if (digit === undefined) return this.#fail(index);
      unit = unit * 16 + digit;
    }
    return unit;
  }

  #number(start: number): number {
    let position = this.#at(start) === 0x2d ? start + 1 : start;
    if (this.#at(position) === 0x30) position++;
    else position = this.#digits(position);
    if (this.#at(position) === 0x2e) position = this.#digits(position + 1);
    const exponent = this.#at(position);
    if (exponent === 0x65 || exponent === 0x45) {
      const sign = this.#at(position + 1);
      position = this.#digits(sign === 0x2b || sign === 0x2d ? position + 2 : position + 1);
    }
    return position;
  }

  /** At least one. */
  #digits(start: number): number {
    let position = start;
    for (let byte = this.#at(position); byte >= 0x30 && byte <= 0x39; byte = this.#at(position)) position++;
    return position === start ? this.#fail(start) : position;
  }

  #word(position: number, word: Buffer): number {
    for (let index = 1; index < word.length; index++) {
      if (this.#at(position + index) !== word[index]) this.#fail(position + index);
    }
    return position + word.length;
  }

  #space(start: number): number {
    let position = start;
    for (;;) {
      const byte = this.#at(position);
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return position;
      position++;
    }
  }

  /** Behind the end stands what earlier documents left. */
  #at(position: number): number {
    return position < this.#end ? (this.#bytes[position] ?? 0) : 0;
  }

  #checkDepth(position: number, depth: number): void {
    if (depth <= this.#rules.maxDepth) return;
    this.#refuse(`is nested more than ${this.#rules.maxDepth} deep, at byte ${position - this.#start}`);
  }

  #fail(position: number): never {
    const at = Math.min(position, this.#end) - this.#start;
    return this.#refuse(`is not one JSON text: byte ${at} is out of place`);
  }

  #refuse(reason: string): never {
    this.#bytes = NOTHING;
    throw new FormatError("INPUT_INVALID", `The ${this.#rules.name} ${reason}.`);
  }
}

function hexOf(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined;
}
