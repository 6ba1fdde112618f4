import { isMap, isSet, isUint8Array } from "node:util/types";

import { FormatError } from "@policy-pack/pack";

import { JsonText } from "../json-text.ts";
import { JsonChecker } from "../values/json-checker.ts";
import { isPlain } from "./plain-object.ts";

/** Where the writer puts its bytes: memory that may move when it grows. */
export interface InputTarget {
  readonly bytes: Buffer;
  /** Makes room for `length` bytes behind the offset `written`, keeping what stands before it. */
  grow(written: number, length: number): void;
}

export interface WriterOptions {
  /** What the document is called in messages. */
  readonly name: "input" | "data";
  readonly maxBytes: number;
  readonly maxDepth: number;
  /** Refuse texts that hold U+0000. */
  readonly refuseNul: boolean;
  /** Whoever reads the text takes Rego's sets, and keys of any type: `Set` and `Map` are written as such. */
  readonly takesRego?: boolean;
}

const HALF_SURROGATE = /\p{Surrogate}/u;
const HALF_SURROGATES = /\p{Surrogate}/gu;
/** Up to here a loop over the units beats the native encoder's start. */
const MAX_SHORT_UNITS = 128;
const QUOTE = 0x22;
const QUOTES_BYTES = 2;
/** Quotes, separator and colon. */
const KEY_BYTES = 4;
const REPLACEMENT = "\ufffd";
/** What the module's own reader of numbers still takes soon; a bigint may have a hundred million digits. */
const MAX_INTEGER = 10n ** 1000n;

/**
 * Writes one input document as JSON straight into the module's memory, reading each property once. Only what JSON
 * carries passes: null, booleans, finite numbers, bigints as integers, strings, arrays without holes, plain objects. A
 * property whose value is undefined is left out, as JSON.stringify does; `toJSON` is never called. Half a surrogate pair
 * becomes U+FFFD, as OPA reads it. A Set or a Map is a Rego set, or object with keys of any type, where the reader takes
 * them. Bytes and JsonText are documents already: they are checked and taken as they are.
 */
export class InputWriter {
  readonly #target: InputTarget;
  readonly #options: WriterOptions;
  readonly #checker: JsonChecker;
  /** Keys and indices on the way to what is being written; what stands behind `#pathLength` is of no account. */
  readonly #path: (string | number)[] = [];
  #pathLength = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #position = 0;
  /** Up to here there is room, and the document may go. */
  #end = 0;
  #isRego = false;

  constructor(target: InputTarget, options: WriterOptions) {
    this.#target = target;
    this.#options = options;
    this.#checker = new JsonChecker(options);
  }

  /**
   * Returns the offset behind the document.
   *
   * @throws FormatError INPUT_INVALID with the path of what JSON cannot carry, LIMIT_EXCEEDED
   */
  write(value: unknown, start: number): number {
    this.#bytes = this.#target.bytes;
    this.#start = start;
    this.#end = this.#roomEnd();
    this.#isRego = false;
    this.#position = start;
    this.#pathLength = 0;
    if (isUint8Array(value)) this.#writeReady(value);
    else if (value instanceof JsonText) this.#writeReady(Buffer.from(value.text));
    else this.#writeValue(value, 0);
    return this.#position;
  }

  /** The copy is what gets checked: the caller's bytes may change at any time. */
  #writeReady(json: Uint8Array): void {
    const start = this.#position;
    this.#reserve(json.length);
    this.#bytes.set(json, start);
    this.#position += json.length;
    this.#checker.check(this.#bytes, start, this.#position);
  }

  /** Whether the document that was written last holds what JSON cannot: it is to be read as Rego. */
  get isRego(): boolean {
    return this.#isRego;
  }

  #writeValue(value: unknown, depth: number): void {
    switch (typeof value) {
      case "string":
        this.#writeString(value);
        return;
      case "number":
        if (!Number.isFinite(value)) this.#refuse(`is ${value}, which JSON has no number for`);
        this.#writeAscii(String(value));
        return;
      case "boolean":
        this.#writeAscii(value ? "true" : "false");
        return;
      case "object":
        if (value === null) this.#writeAscii("null");
        else this.#writeComposite(value, depth + 1);
        return;
      case "bigint":
        this.#writeInteger(value);
        return;
      case "function":
      case "symbol":
      case "undefined":
        this.#refuse(`is of the type ${typeof value}, which JSON cannot carry`);
    }
  }

  #writeInteger(value: bigint): void {
    if (value >= MAX_INTEGER || value <= -MAX_INTEGER) this.#refuse("is an integer of more than 1000 digits");
    this.#writeAscii(String(value));
  }

  #writeComposite(value: object, depth: number): void {
    if (depth > this.#options.maxDepth) {
      this.#refuse(`is nested more than ${this.#options.maxDepth} deep, or contains itself`);
    }
    if (Array.isArray(value)) this.#writeArray(value, depth);
    else if (this.#options.takesRego === true && isSet(value)) this.#writeSet(value, depth);
    else if (this.#options.takesRego === true && isMap(value)) this.#writeMap(value, depth);
    else this.#writeObject(value, depth);
  }

  #writeSet(members: ReadonlySet<unknown>, depth: number): void {
    this.#isRego = true;
    if (members.size === 0) {
      this.#writeAscii("set()");
      return;
    }
    let separator = 0x7b;
    for (const member of members) {
      this.#writeByte(separator);
      separator = 0x2c;
      this.#writeMember("member", member, depth);
    }
    this.#writeByte(0x7d);
  }

  #writeMap(entries: ReadonlyMap<unknown, unknown>, depth: number): void {
    this.#isRego = true;
    this.#writeByte(0x7b);
    let separate = false;
    for (const [key, item] of entries) {
      if (separate) this.#writeByte(0x2c);
      separate = true;
      this.#writeMember("key", key, depth);
      this.#writeByte(0x3a);
      this.#writeMember("value", item, depth);
    }
    this.#writeByte(0x7d);
  }

  #writeMember(name: string | number, value: unknown, depth: number): void {
    this.#enter(name, depth);
    this.#writeValue(value, depth);
  }

  #enter(name: string | number, depth: number): void {
    this.#path[depth - 1] = name;
    this.#pathLength = depth;
  }

  #writeArray(items: readonly unknown[], depth: number): void {
    this.#writeByte(0x5b);
    for (let index = 0; index < items.length; index++) {
      if (index > 0) this.#writeByte(0x2c);
      this.#writeMember(index, items[index], depth);
    }
    this.#writeByte(0x5d);
  }

  #writeObject(value: object, depth: number): void {
    if (!isPlain(value)) this.#refuse("is not a plain object; pass what it stands for as strings, numbers and lists");
    const record = value as Readonly<Record<string, unknown>>;
    let separator = 0x7b;
    for (const key in record) {
      // With `for in` this costs nothing; Object.hasOwn does, and Object.keys makes a list.
      if (!Object.prototype.hasOwnProperty.call(record, key)) continue;
      this.#enter(key, depth);
      const item = this.#readProperty(record, key);
      if (item === undefined) continue;
      this.#writeKey(key, separator);
      this.#writeValue(item, depth);
      separator = 0x2c;
    }
    if (separator === 0x7b) this.#writeByte(separator);
    this.#writeByte(0x7d);
  }

  /** A getter may throw whatever its author likes. */
  #readProperty(record: Readonly<Record<string, unknown>>, key: string): unknown {
    try {
      return record[key];
    } catch (cause) {
      return this.#refuse("cannot be read", cause);
    }
  }

  /** With the separator before it and the colon behind. */
  #writeKey(key: string, separator: number): void {
    this.#reserve(key.length + KEY_BYTES);
    this.#bytes[this.#position++] = separator;
    if (!this.#writePlain(key)) this.#writeQuoted(key);
    this.#writeByte(0x3a);
  }

  #writeString(text: string): void {
    this.#reserve(text.length + QUOTES_BYTES);
    if (!this.#writePlain(text)) this.#writeQuoted(text);
  }

  /** A short text of nothing but printable ASCII, for which there is room; others are left alone. */
  #writePlain(text: string): boolean {
    if (text.length > MAX_SHORT_UNITS) return false;
    const bytes = this.#bytes;
    let position = this.#position;
    bytes[position++] = QUOTE;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === 0x5c) return false;
      bytes[position++] = unit;
    }
    bytes[position++] = QUOTE;
    this.#position = position;
    return true;
  }

  #writeQuoted(text: string): void {
    if (text.length > this.#options.maxBytes) this.#refuseSize();
    // OPA's modules read patterns and addresses up to the first U+0000: "^ac\0$" would match as "^ac" does.
    if (this.#options.refuseNul && text.includes("\0")) {
      this.#refuse("holds U+0000, at which the policy's module would end a pattern or an address");
    }
    const whole = HALF_SURROGATE.test(text) ? text.replaceAll(HALF_SURROGATES, REPLACEMENT) : text;
    const quoted = JSON.stringify(whole);
    const length = Buffer.byteLength(quoted);
    this.#reserve(length);
    this.#position += this.#bytes.write(quoted, this.#position, length, "utf8");
  }

  #writeAscii(text: string): void {
    this.#reserve(text.length);
    for (let index = 0; index < text.length; index++) this.#bytes[this.#position++] = text.charCodeAt(index);
  }

  #writeByte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#position++] = byte;
  }

  #reserve(length: number): void {
    if (this.#position + length > this.#end) this.#makeRoom(length);
  }

  #makeRoom(length: number): void {
    if (this.#position + length - this.#start > this.#options.maxBytes) this.#refuseSize();
    this.#target.grow(this.#position, length);
    this.#bytes = this.#target.bytes;
    this.#end = this.#roomEnd();
  }

  #roomEnd(): number {
    return Math.min(this.#bytes.length, this.#start + this.#options.maxBytes);
  }

  #refuseSize(): never {
    throw new FormatError(
      "LIMIT_EXCEEDED",
      `The ${this.#options.name} has more than ${this.#options.maxBytes} bytes as JSON; send less, or raise the limit.`,
    );
  }

  #refuse(reason: string, cause?: unknown): never {
    throw new FormatError(
      "INPUT_INVALID",
      `${pathText(this.#options.name, this.#path.slice(0, this.#pathLength))} ${reason}.`,
      { cause },
    );
  }
}

function pathText(name: string, path: readonly (string | number)[]): string {
  const parts = path.slice(0, 16).map((part) => (typeof part === "number" ? `[${part}]` : `.${part.slice(0, 64)}`));
  return [name, ...parts].join("");
}
