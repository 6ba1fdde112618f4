/** Punctuators are their own kind. */
export interface Token {
  readonly kind: string;
  readonly value: string;
  readonly at: number;
}

const SPACE = /[\t ,\n\r\ufeff]*/y;
const COMMENT = /#[\t\x20-\uffff]*/y;
const PUNCTUATOR = /\.\.\.|[!$&():=@[\]{}|]/y;
const NAME = /[_A-Za-z][_0-9A-Za-z]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const STRING = /"((?:[\t !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*)"/y;
const BLOCK_PART = /\\"""|"{3,}|[^\t\n\r\x20-\uffff]/g;
const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** What gqlparser's lexer makes of a text; what it does not take is one token of the kind `<Invalid>`. */
export class Lexer {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    this.#match(SPACE);
    const at = this.#position;
    if (at === this.#text.length) return { kind: "<EOF>", value: "", at };
    const comment = this.#match(COMMENT);
    if (comment !== null) return { kind: "Comment", value: comment[0], at };
    const punctuator = this.#match(PUNCTUATOR);
    if (punctuator !== null) return { kind: punctuator[0], value: "", at };
    const name = this.#match(NAME);
    if (name !== null) return { kind: "Name", value: name[0], at };
    return this.#readNumber(at) ?? this.#readString(at) ?? { kind: "<Invalid>", value: "", at };
  }

  #readNumber(at: number): Token | undefined {
    const match = this.#match(NUMBER);
    if (match === null) return undefined;
    const [value, fraction, exponent] = match;
    const following = this.#text.charAt(this.#position);
    const isCut =
      (fraction === undefined && exponent === undefined && /[0-9.]/.test(following)) ||
      (exponent === undefined && /[eE]/.test(following));
    // An integer of several digits has taken all of them: a digit behind it follows a zero.
    if (isCut) return undefined;
    return { kind: fraction === undefined && exponent === undefined ? "Int" : "Float", value, at };
  }

  #readString(at: number): Token | undefined {
    if (this.#text.startsWith('"""', at)) return this.#readBlockString(at);
    const value = this.#match(STRING)?.[1];
    if (value === undefined) return undefined;
    return { kind: "String", value: value.replace(/\\(u[0-9A-Fa-f]{4}|.)/g, readEscape), at };
  }

  #readBlockString(at: number): Token | undefined {
    const parts: string[] = [];
    let start = at + 3;
    BLOCK_PART.lastIndex = start;
    for (let match = BLOCK_PART.exec(this.#text); match !== null; match = BLOCK_PART.exec(this.#text)) {
      const [part] = match;
      parts.push(this.#text.slice(start, match.index));
      start = BLOCK_PART.lastIndex;
      if (part.startsWith('"')) {
        this.#position = start;
        parts.push(part.slice(3));
        return { kind: "BlockString", value: blockValue(parts.join("").replace(/\r\n?/g, "\n")), at };
      }
      if (!part.startsWith("\\")) return undefined;
      parts.push('"""');
    }
    return undefined;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#position = pattern.lastIndex;
    return match;
  }
}

/** Half a surrogate pair is no character to Go, not even with its other half behind it. */
function readEscape(_escape: string, name: string): string {
  if (name.length === 1) return ESCAPES[name] ?? name;
  const code = Number.parseInt(name.slice(1), 16);
  return code >= 0xd800 && code <= 0xdfff ? "\ufffd" : String.fromCharCode(code);
}

/** Without the indentation that all lines share, the first one too, and without blank lines at either end. */
function blockValue(raw: string): string {
  const lines = raw.split("\n");
  const indents = lines.map((line) => line.search(/[^ \t]/));
  const common = indents.reduce((least, indent) => (indent < 0 ? least : Math.min(least, indent)), Infinity);
  const first = indents.findIndex((indent) => indent >= 0);
  if (first < 0) return "";
  const last = indents.findLastIndex((indent) => indent >= 0);
  return lines
    .map((line, index) => (index === 0 ? line : line.slice(common)))
    .slice(first, last + 1)
    .join("\n");
}
