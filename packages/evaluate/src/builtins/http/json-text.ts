import { isRegoArray, RegoDecimal, RegoObject, RegoSet } from "../../values/values.ts";
import type { RegoEntry, RegoValue } from "../../values/values.ts";

/** A module's own parser goes no deeper. */
const MAX_DEPTH = 512;
const MAX_INTEGER_DIGITS = 100_000;
const SPACE = /[ \t\n\r]*/y;
const TOKEN = /[{[]|-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false|null/y;
const STRING_STOP = /["\\]/g;

/**
 * The first JSON value of a text, exact, or undefined where there is none. What stands behind it is not looked at, as in
 * OPA's http.send; half a surrogate pair becomes U+FFFD, and of two equal keys the last counts.
 *
 * @throws RangeError for more than 512 levels, or integers of more than 100 000 digits
 */
export function readJson(text: string): RegoValue | undefined {
  try {
    return new JsonReader(text).read(0);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

class JsonReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(depth: number): RegoValue {
    if (depth > MAX_DEPTH) throw new RangeError(`JSON of more than ${MAX_DEPTH} levels`);
    const [token, fraction, exponent] = this.#token();
    switch (token) {
      case "{":
        return this.#readObject(depth);
      case "[":
        return this.#readArray(depth);
      case "true":
      case "false":
        return token === "true";
      case "null":
        return null;
      default:
        if (token.startsWith('"')) return stringOf(token);
        return numberOf(token, fraction === undefined && exponent === undefined);
    }
  }

  #readArray(depth: number): RegoValue {
    const items: RegoValue[] = [];
    if (this.#skip("]")) return items;
    do items.push(this.read(depth + 1));
    while (this.#skip(","));
    this.#expect("]");
    return items;
  }

  #readObject(depth: number): RegoObject {
    const entries = new Map<string, RegoValue>();
    if (this.#skip("}")) return new RegoObject([]);
    do {
      const [key] = this.#token();
      if (!key.startsWith('"')) throw new SyntaxError("a key is no string");
      this.#expect(":");
      entries.set(stringOf(key), this.read(depth + 1));
    } while (this.#skip(","));
    this.#expect("}");
    return new RegoObject([...entries]);
  }

  #token(): readonly (string | undefined)[] & { readonly 0: string } {
    this.#skipSpace();
    if (this.#text.startsWith('"', this.#position)) return [this.#stringToken()];
    TOKEN.lastIndex = this.#position;
    const match = TOKEN.exec(this.#text);
    if (match === null) throw new SyntaxError(`no JSON at ${this.#position}`);
    this.#position = TOKEN.lastIndex;
    return match;
  }

  /** A pattern for the whole would need a stack as deep as the text is long. */
  #stringToken(): string {
    const start = this.#position;
    for (STRING_STOP.lastIndex = start + 1; ; STRING_STOP.lastIndex++) {
      const match = STRING_STOP.exec(this.#text);
      if (match === null) throw new SyntaxError("a string has no end");
      if (match[0] === '"') break;
    }
    this.#position = STRING_STOP.lastIndex;
    return this.#text.slice(start, this.#position);
  }

  #skip(character: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(character, this.#position)) return false;
    this.#position++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#skip(character)) throw new SyntaxError(`no ${character} at ${this.#position}`);
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#position;
    SPACE.exec(this.#text);
    this.#position = SPACE.lastIndex;
  }
}

function stringOf(token: string): string {
  return String(JSON.parse(token)).replace(/\p{Surrogate}/gu, "\ufffd");
}

function numberOf(token: string, isInteger: boolean): bigint | RegoDecimal {
  if (!isInteger) return new RegoDecimal(token);
  if (token.length > MAX_INTEGER_DIGITS) throw new RangeError(`a number of more than ${MAX_INTEGER_DIGITS} digits`);
  return token === "-0" ? new RegoDecimal(token) : BigInt(token);
}

/** As Go's json.Marshal: sets as arrays, keys of other types by their JSON, `<`, `>` and `&` escaped. */
export function writeJson(value: RegoValue): string {
  if (typeof value === "string") return quoted(value);
  if (value instanceof RegoDecimal) return value.text;
  if (value instanceof RegoSet) return writeJson(value.members);
  if (value instanceof RegoObject) return `{${value.entries.map(entryText).join(",")}}`;
  return isRegoArray(value) ? `[${value.map(writeJson).join(",")}]` : String(value);
}

function entryText([key, value]: RegoEntry): string {
  return `${quoted(typeof key === "string" ? key : writeJson(key))}:${writeJson(value)}`;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
