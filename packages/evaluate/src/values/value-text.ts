import { RegoDecimal, RegoObject, RegoSet } from "./values.ts";
import type { RegoEntry, RegoValue } from "./values.ts";

/**
 * Reads the text of `opa_value_dump`: JSON, plus set literals `{1, 2}` and `set()`, plus object keys of any type.
 *
 * @throws SyntaxError when the text is anything else, which a sound module never writes; RangeError for an integer of
 *   more than 100 000 digits
 * @see https://www.openpolicyagent.org/docs/wasm (ABI, opa_value_dump)
 */
export function parseValueText(text: string): RegoValue {
  const parser = new ValueParser(text);
  const value = parser.readValue();
  parser.finish();
  return value;
}

const NUMBER = /-?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]*)?/y;
/** With its sign. Ten bytes of input, `1e99999999`, are enough for a thousand times as many: half a minute to convert. */
const MAX_INTEGER_DIGITS = 100_000;
const STRING_END = /["\\]/g;

class ValueParser {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readValue(): RegoValue {
    switch (this.#text.charCodeAt(this.#position)) {
      case 0x22:
        return this.#readString();
      case 0x5b:
        return this.#readArray();
      case 0x7b:
        return this.#readBraces();
      case 0x66:
        return this.#readWord("false", false);
      case 0x6e:
        return this.#readWord("null", null);
      case 0x73:
        return this.#readWord("set()", new RegoSet([]));
      case 0x74:
        return this.#readWord("true", true);
      default:
        return this.#readNumber();
    }
  }

  finish(): void {
    if (this.#position !== this.#text.length) this.#fail();
  }

  #readWord(word: string, value: RegoValue): RegoValue {
    if (!this.#text.startsWith(word, this.#position)) this.#fail();
    this.#position += word.length;
    return value;
  }

  #readNumber(): bigint | RegoDecimal {
    NUMBER.lastIndex = this.#position;
    const match = NUMBER.exec(this.#text);
    if (match === null) return this.#fail();
    this.#position += match[0].length;
    if (match[1] !== undefined || match[2] !== undefined) return new RegoDecimal(match[0]);
    if (match[0].length > MAX_INTEGER_DIGITS) throw new RangeError(`a number has over ${MAX_INTEGER_DIGITS} digits`);
    return BigInt(match[0]);
  }

  #readString(): string {
    const start = this.#position;
    let escaped = false;
    STRING_END.lastIndex = start + 1;
    for (;;) {
      const match = STRING_END.exec(this.#text);
      if (match === null) return this.#fail();
      if (match[0] === '"') break;
      escaped = true;
      STRING_END.lastIndex++;
    }
    this.#position = STRING_END.lastIndex;
    if (!escaped) return this.#text.slice(start + 1, this.#position - 1);
    return String(JSON.parse(this.#text.slice(start, this.#position)));
  }

  #readArray(): RegoValue[] {
    const items: RegoValue[] = [];
    this.#position++;
    if (this.#skip("]")) return items;
    do items.push(this.readValue());
    while (this.#skip(", ") || this.#skip(","));
    this.#expect("]");
    return items;
  }

  #readBraces(): RegoObject | RegoSet {
    this.#position++;
    if (this.#skip("}")) return new RegoObject([]);
    const first = this.readValue();
    return this.#skip(":") ? this.#readObject(first) : this.#readSet(first);
  }

  #readObject(firstKey: RegoValue): RegoObject {
    this.#skip(" ");
    const entries: RegoEntry[] = [[firstKey, this.readValue()]];
    while (this.#skip(", ") || this.#skip(",")) {
      const key = this.readValue();
      this.#expect(":");
      this.#skip(" ");
      entries.push([key, this.readValue()]);
    }
    this.#expect("}");
    return new RegoObject(entries);
  }

  #readSet(first: RegoValue): RegoSet {
    const members = [first];
    while (this.#skip(", ") || this.#skip(",")) members.push(this.readValue());
    this.#expect("}");
    return new RegoSet(members);
  }

  #skip(token: string): boolean {
    if (!this.#text.startsWith(token, this.#position)) return false;
    this.#position += token.length;
    return true;
  }

  #expect(token: string): void {
    if (!this.#skip(token)) this.#fail();
  }

  #fail(): never {
    throw new SyntaxError(`not a Rego value at offset ${this.#position}`);
  }
}

/** The text that `opa_value_parse` reads back to the same value. Strings must be well-formed Unicode. */
export function encodeValueText(value: RegoValue): string {
  if (value === null) return "null";
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof RegoDecimal) return value.text;
  if (value instanceof RegoSet) {
    return value.members.length === 0 ? "set()" : `{${value.members.map(encodeValueText).join(",")}}`;
  }
  if (value instanceof RegoObject) {
    return `{${value.entries.map(([key, item]) => `${encodeValueText(key)}:${encodeValueText(item)}`).join(",")}}`;
  }
  return `[${value.map(encodeValueText).join(",")}]`;
}
