/** Undefined for members that are no strings. */
export type HeaderMembers = readonly (readonly [rawName: string, text: string | undefined])[];

const MAX_DEPTH = 300;
const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\[^])*"/y;
const WORD = /true|false|null|[+-]?(?:inf|nan)/iy;
const NUMBER = /[-+.eE0-9]+/y;
const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|([^]))/g;
const SIMPLE: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * The members of a token's header as the library reads them by which OPA signs: it takes more for JSON than JSON is, and
 * the header is signed as it was written. Undefined for what even that does not read.
 */
export function readLenientObject(text: string): HeaderMembers | undefined {
  const scanner = new Scanner(text);
  const members = scanner.readValue(1);
  return scanner.isAtEnd() && members !== undefined && members !== SCALAR ? members : undefined;
}

export function hasMember(members: HeaderMembers, name: string): boolean {
  return members.some(([raw]) => raw === name || unescape(raw) === name);
}

/** The first member of that name, one that is written without escapes before all others. */
export function memberText(members: HeaderMembers, name: string): string | undefined {
  const written = members.find(([raw]) => raw === name) ?? members.find(([raw]) => unescape(raw) === name);
  return written?.[1];
}

const SCALAR = Symbol("no object");

/** Deeper levels are only passed over, but they are counted. */
class Scanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#match(SPACE);
    return this.#position === this.#text.length;
  }

  /** Undefined for what is malformed. */
  readValue(depth: number): HeaderMembers | typeof SCALAR | undefined {
    this.#match(SPACE);
    if (depth > MAX_DEPTH) return undefined;
    if (this.#skip("{")) return this.#readObject(depth);
    if (this.#skip("[")) return this.#readArray(depth);
    const isScalar =
      this.#match(STRING) !== undefined || this.#match(WORD) !== undefined || this.#match(NUMBER) !== undefined;
    return isScalar ? SCALAR : undefined;
  }

  #readArray(depth: number): typeof SCALAR | undefined {
    this.#match(SPACE);
    if (this.#skip("]")) return SCALAR;
    do {
      if (this.readValue(depth + 1) === undefined) return undefined;
      this.#match(SPACE);
    } while (this.#skip(","));
    return this.#skip("]") ? SCALAR : undefined;
  }

  #readObject(depth: number): HeaderMembers | undefined {
    const members: [string, string | undefined][] = [];
    this.#match(SPACE);
    if (this.#skip("}")) return members;
    do {
      this.#match(SPACE);
      const name = this.#match(STRING);
      this.#match(SPACE);
      if (name === undefined || !this.#skip(":")) return undefined;
      this.#match(SPACE);
      const start = this.#position;
      if (this.readValue(depth + 1) === undefined) return undefined;
      const value = this.#text.slice(start, this.#position);
      members.push([name.slice(1, -1), value.startsWith('"') ? unescape(value.slice(1, -1)) : undefined]);
      this.#match(SPACE);
    } while (this.#skip(","));
    return this.#skip("}") ? members : undefined;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#position = pattern.lastIndex;
    return match[0];
  }

  #skip(token: string): boolean {
    if (this.#text.charAt(this.#position) !== token) return false;
    this.#position++;
    return true;
  }
}

/** Escapes that there are not stay as they stand. */
function unescape(raw: string): string {
  return raw.replace(ESCAPE, (whole, code: string | undefined, character: string | undefined) =>
    code === undefined ? (SIMPLE[character ?? ""] ?? whole) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
