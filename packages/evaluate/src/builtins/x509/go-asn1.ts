import { BuiltinError } from "../builtin.ts";
import { bitStringOf, integerOf, oidOf } from "./der.ts";
import type { BitString } from "./der.ts";

/** Numbers of universal tags. */
export const UNIVERSAL = Object.freeze({
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  oid: 6,
  sequence: 16,
  set: 17,
});

export interface Asn1Element {
  readonly isUniversal: boolean;
  readonly isContext: boolean;
  readonly tag: number;
  readonly isConstructed: boolean;
  readonly content: Buffer;
  readonly full: Buffer;
}

interface Header extends Omit<Asn1Element, "content" | "full"> {
  readonly start: number;
  readonly length: number;
}

/**
 * Reads DER as Go's encoding/asn1, by which private keys and certificate requests are read: tag numbers of 31 and more
 * too, and what stands behind the last known field of a sequence is not looked at.
 *
 * @throws BuiltinError from every method for what does not parse
 */
export class Asn1Reader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#position === this.#bytes.length;
  }

  /** The next value, whatever it is. */
  readAny(): Asn1Element {
    return this.#take(this.#header(this.#position));
  }

  read(tag: number, { constructed = false } = {}): Asn1Element {
    const element = this.readAny();
    if (!element.isUniversal || element.tag !== tag || element.isConstructed !== constructed) throw malformed();
    return element;
  }

  readSequence(): Asn1Element {
    return this.read(UNIVERSAL.sequence, { constructed: true });
  }

  /** The fields inside of the next sequence. */
  enter(): Asn1Reader {
    return new Asn1Reader(this.readSequence().content);
  }

  /** Every value that is left, read by `read`. */
  readAll<T>(read: (reader: Asn1Reader) => T): T[] {
    const items: T[] = [];
    while (!this.isEmpty) items.push(read(this));
    return items;
  }

  /** What `read` makes of the next value; undefined, and nothing read, when that is of another kind or not there. */
  readOptional<T>(tag: number, read: (reader: Asn1Reader) => T, { constructed = false } = {}): T | undefined {
    if (this.isEmpty) return undefined;
    const next = this.#header(this.#position);
    return next.isUniversal && next.tag === tag && next.isConstructed === constructed ? read(this) : undefined;
  }

  /** The same for a value inside of `[number]`. */
  readExplicit<T>(
    number: number,
    tag: number,
    read: (reader: Asn1Reader) => T,
    { constructed = false } = {},
  ): T | undefined {
    if (this.isEmpty) return undefined;
    const outer = this.#header(this.#position);
    if (outer.start === this.#bytes.length) throw malformed();
    if (!outer.isContext || outer.tag !== number || !(outer.length === 0 || outer.isConstructed)) return undefined;
    if (outer.length === 0) throw malformed();
    const before = this.#position;
    this.#position = outer.start;
    const value = this.readOptional(tag, read, { constructed });
    if (value === undefined) this.#position = before;
    return value;
  }

  readInteger(): bigint {
    return required(integerOf(this.read(UNIVERSAL.integer).content));
  }

  readInt64(): bigint {
    const value = this.readInteger();
    if (BigInt.asIntN(64, value) !== value) throw malformed();
    return value;
  }

  readBoolean(): boolean {
    const { content } = this.read(UNIVERSAL.boolean);
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw malformed();
    return content[0] === 0xff;
  }

  readOctets(): Buffer {
    return this.read(UNIVERSAL.octetString).content;
  }

  readOid(): string {
    return required(oidOf(this.read(UNIVERSAL.oid).content));
  }

  readBitString(): BitString {
    return required(bitStringOf(this.read(UNIVERSAL.bitString).content));
  }

  #take(header: Header): Asn1Element {
    const end = header.start + header.length;
    if (end > this.#bytes.length) throw malformed();
    const [content, full] = [this.#bytes.subarray(header.start, end), this.#bytes.subarray(this.#position, end)];
    this.#position = end;
    return { ...header, content, full };
  }

  #header(position: number): Header {
    const identifier = this.#byte(position);
    const kind = {
      isUniversal: identifier < 0x40,
      isContext: identifier >> 6 === 2,
      isConstructed: (identifier & 0x20) !== 0,
    };
    const short = identifier & 0x1f;
    const [tag, next] = short === 0x1f ? this.#longTag(position + 1) : [short, position + 1];
    const first = this.#byte(next);
    if (first < 0x80) return { ...kind, tag, start: next + 1, length: first };
    const octets = first & 0x7f;
    if (octets === 0) throw malformed();
    return { ...kind, tag, start: next + 1 + octets, length: this.#longLength(next + 1, octets) };
  }

  #longTag(start: number): readonly [tag: number, next: number] {
    let tag = 0;
    for (let position = start; ; position++) {
      const byte = this.#byte(position);
      if ((position === start && byte === 0x80) || tag >= 2 ** 24) throw malformed();
      tag = tag * 128 + (byte & 0x7f);
      if (byte >= 0x80) continue;
      if (tag < 0x1f) throw malformed();
      return [tag, position + 1];
    }
  }

  #longLength(start: number, octets: number): number {
    let length = 0;
    for (let position = start; position < start + octets; position++) {
      if (length >= 2 ** 23) throw malformed();
      length = length * 256 + this.#byte(position);
      if (length === 0) throw malformed();
    }
    if (length < 0x80) throw malformed();
    return length;
  }

  #byte(position: number): number {
    return required(this.#bytes[position]);
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw malformed();
  return value;
}

function malformed(): BuiltinError {
  return new BuiltinError("asn1: syntax or structure error");
}
