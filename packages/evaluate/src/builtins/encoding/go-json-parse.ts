import { RegoDecimal, RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";

export type JsonMembers = readonly (readonly [name: string, value: RegoValue])[];

/** An object that still knows how it was written: its members in their order, twice if they stand there twice. */
export class WrittenObject extends RegoObject {
  readonly members: JsonMembers;

  constructor(members: JsonMembers) {
    super([...new Map(members)]);
    this.members = members;
  }
}

/** Go's encoding/json opens no more than this. */
const MAX_DEPTH = 10_000;
/** Longer integers keep their text: converting them takes time that grows with the square. */
const MAX_INTEGER_DIGITS = 4096;

const SPACE = /[ \t\r\n]*/y;
// Everything but the quote, the backslash and control characters.
const PLAIN = /[ !#-[\]-\uffff]*/y;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const WORDS: Readonly<Record<string, null | boolean>> = { false: false, null: null, true: true };
const WORD = /false|null|true/y;

/**
 * Reads a document as OPA's `json.unmarshal` does: numbers keep their text, of members with one name the last counts,
 * half a surrogate pair becomes U+FFFD.
 *
 * @throws BuiltinError for what is no JSON, for more behind it, and for over 10 000 levels
 */
export function parseJsonValue(text: string): RegoValue {
  const parser = new Parser(text, (members) => new RegoObject([...new Map(members)]));
  const value = parser.read();
  parser.finish();
  return value;
}

/**
 * Reads the document at the start of a text, and leaves alone what stands behind it. Every object is a WrittenObject.
 *
 * @throws BuiltinError for what is no JSON, and for over 10 000 levels
 */
export function parseJsonPrefix(text: string): RegoValue {
  return new Parser(text, (members) => new WrittenObject(members)).read();
}

interface Level {
  readonly items: RegoValue[];
  readonly members: [name: string, value: RegoValue][] | undefined;
  name: string;
}

/** Keeps a stack of its own: documents come from tokens that anybody may have written, nested as deep as they like. */
class Parser {
  readonly #text: string;
  readonly #makeObject: (members: JsonMembers) => RegoObject;
  readonly #levels: Level[] = [];
  #position = 0;

  constructor(text: string, makeObject: (members: JsonMembers) => RegoObject) {
    this.#text = text;
    this.#makeObject = makeObject;
  }

  read(): RegoValue {
    for (;;) {
      this.#match(SPACE);
      let value = this.#readStart();
      while (value !== undefined) {
        const level = this.#levels.at(-1);
        if (level === undefined) return value;
        if (level.members === undefined) level.items.push(value);
        else level.members.push([level.name, value]);
        value = this.#readNext(level);
      }
    }
  }

  finish(): void {
    this.#match(SPACE);
    if (this.#position !== this.#text.length) throw malformed();
  }

  /** A scalar or an empty collection; undefined when a collection begins. */
  #readStart(): RegoValue | undefined {
    switch (this.#text.charAt(this.#position)) {
      case "{":
        return this.#readOpening("}", []);
      case "[":
        return this.#readOpening("]", undefined);
      case '"':
        return this.#readString();
      case "f":
      case "n":
      case "t":
        return WORDS[this.#require(WORD)];
      default:
        return this.#readNumber();
    }
  }

  #readOpening(closing: string, members: Level["members"]): RegoValue | undefined {
    this.#position++;
    if (this.#levels.length >= MAX_DEPTH) throw new BuiltinError("exceeded max depth");
    const level: Level = { items: [], members, name: "" };
    this.#match(SPACE);
    if (this.#skip(closing)) return this.#collect(level);
    if (members !== undefined) level.name = this.#readName();
    this.#levels.push(level);
    return undefined;
  }

  /** What stands behind an item: the end, which gives the whole collection, or a comma. */
  #readNext(level: Level): RegoValue | undefined {
    this.#match(SPACE);
    if (this.#skip(level.members === undefined ? "]" : "}")) {
      this.#levels.pop();
      return this.#collect(level);
    }
    if (!this.#skip(",")) throw malformed();
    this.#match(SPACE);
    if (level.members !== undefined) level.name = this.#readName();
    return undefined;
  }

  #collect({ items, members }: Level): RegoValue {
    return members === undefined ? items : this.#makeObject(members);
  }

  #readName(): string {
    if (this.#text.charAt(this.#position) !== '"') throw malformed();
    const name = this.#readString();
    this.#match(SPACE);
    if (!this.#skip(":")) throw malformed();
    return name;
  }

  #readString(): string {
    const start = this.#position++;
    this.#match(PLAIN);
    if (this.#skip('"')) return this.#text.slice(start + 1, this.#position - 1);
    while (!this.#skip('"')) {
      this.#require(ESCAPE);
      this.#match(PLAIN);
    }
    return String(JSON.parse(this.#text.slice(start, this.#position))).replace(LONE_SURROGATE, "\ufffd");
  }

  #readNumber(): bigint | RegoDecimal {
    NUMBER.lastIndex = this.#position;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw malformed();
    this.#position = NUMBER.lastIndex;
    const [text, fraction, exponent] = match;
    const integer = fraction === undefined && exponent === undefined && text !== "-0";
    return integer && text.length <= MAX_INTEGER_DIGITS ? BigInt(text) : new RegoDecimal(text);
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#position;
    if (!pattern.test(this.#text)) return false;
    this.#position = pattern.lastIndex;
    return true;
  }

  #require(pattern: RegExp): string {
    const start = this.#position;
    if (!this.#match(pattern)) throw malformed();
    return this.#text.slice(start, this.#position);
  }

  #skip(token: string): boolean {
    if (!this.#text.startsWith(token, this.#position)) return false;
    this.#position += token.length;
    return true;
  }
}

function malformed(): BuiltinError {
  return new BuiltinError("invalid JSON");
}
