import { BuiltinError } from "../builtin.ts";
import { CHANGED_CLASSES } from "../unicode-changes.ts";

export type TokenKind =
  | "text"
  | "open"
  | "close"
  | "space"
  | "char"
  | "keyword"
  | "identifier"
  | "bool"
  | "dot"
  | "nil"
  | "field"
  | "variable"
  | "number"
  | "complex"
  | "rune"
  | "string"
  | "raw"
  | "end";

/** `char` covers all punctuation: `|`, `(`, `)`, `=`, `:=`, `,` and what the parser refuses. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const KEYWORDS: ReadonlySet<string> = new Set([
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "template",
  "with",
]);

const WORD = /[\p{L}\p{Nd}_]+/uy;
const SPACE = /[ \t\r\n]+/y;
const QUOTED = /"(?:[^"\\\n]|\\[^\n])*"/uy;
const RAW = /`[^`]*`/y;
const RUNE = /'(?:[^'\\\n]|\\[^\n])*'/uy;
/** What may be a number; whether it is one the parser decides. */
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;
const CLOSE = /[ \t\r\n]-\}\}|\}\}/y;
const TERMINATOR = /[ \t\r\n.,|:()]|\}\}|$/y;
const VISIBLE = /^[!-~]$/;

/**
 * Splits a template into its tokens. `{{- ` and ` -}}` trim the white space around; comments leave no token.
 *
 * @throws BuiltinError where Go's lexer reports an error
 * @see https://pkg.go.dev/text/template
 */
export function lex(text: string): Token[] {
  return new Lexer(text).tokens();
}

class Lexer {
  readonly #input: string;
  readonly #tokens: Token[] = [];
  #position = 0;
  #parentheses = 0;

  constructor(input: string) {
    this.#input = input;
  }

  tokens(): Token[] {
    while (this.#lexText()) {
      this.#position += 2;
      const trimmed = /^-[ \t\r\n]/.test(this.#input.slice(this.#position, this.#position + 2)) ? 2 : 0;
      this.#position += trimmed;
      if (this.#input.startsWith("/*", this.#position)) this.#skipComment();
      else this.#lexAction();
    }
    this.#emit("end", "");
    return this.#tokens;
  }

  #emit(kind: TokenKind, text: string): void {
    this.#tokens.push({ kind, text });
  }

  /** The text before the next action; false behind the last one. */
  #lexText(): boolean {
    const next = this.#input.indexOf("{{", this.#position);
    const text = this.#input.slice(this.#position, next < 0 ? undefined : next);
    const isTrimmed = next >= 0 && /^-[ \t\r\n]/.test(this.#input.slice(next + 2, next + 4));
    const kept = isTrimmed ? text.slice(0, endOfText(text)) : text;
    if (kept !== "") this.#emit("text", kept);
    this.#position = next < 0 ? this.#input.length : next;
    return next >= 0;
  }

  #skipComment(): void {
    const end = this.#input.indexOf("*/", this.#position + 2);
    if (end < 0) throw new BuiltinError("unclosed comment");
    this.#position = end + 2;
    if (!this.#closeAction()) throw new BuiltinError("comment ends before closing delimiter");
  }

  #lexAction(): void {
    this.#emit("open", "{{");
    this.#parentheses = 0;
    while (!this.#closeAction()) this.#lexToken();
    if (this.#parentheses > 0) throw new BuiltinError("unclosed left paren");
    this.#emit("close", "}}");
  }

  #closeAction(): boolean {
    const delimiter = this.#match(CLOSE);
    if (delimiter === undefined) return false;
    if (delimiter.length > 2) this.#match(SPACE);
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const text = pattern.exec(this.#input)?.[0];
    if (text !== undefined) this.#position += text.length;
    return text;
  }

  #lexToken(): void {
    if (this.#lexSpace() || this.#lexQuoted() || this.#lexNumber() || this.#lexWord()) return;
    const character = this.#input.slice(this.#position, this.#position + 2);
    if (character === "") throw new BuiltinError("unclosed action");
    if (character === ":=") {
      this.#position += 2;
      this.#emit("char", character);
      return;
    }
    const first = character.slice(0, 1);
    if (first === ":" || !VISIBLE.test(first)) throw new BuiltinError(`unexpected character in action: ${first}`);
    if (first === "(") this.#parentheses++;
    if (first === ")" && --this.#parentheses < 0) throw new BuiltinError("unexpected right paren");
    this.#position++;
    this.#emit("char", first);
  }

  /** White space, but for the one that belongs to ` -}}`. */
  #lexSpace(): boolean {
    const text = this.#match(SPACE);
    if (text === undefined) return false;
    if (!this.#input.startsWith("-}}", this.#position)) this.#emit("space", text);
    else {
      this.#position--;
      if (text.length > 1) this.#emit("space", text.slice(0, -1));
    }
    return true;
  }

  #lexQuoted(): boolean {
    const first = this.#input.charAt(this.#position);
    if (first !== '"' && first !== "`" && first !== "'") return false;
    const [kind, pattern] =
      first === '"'
        ? (["string", QUOTED] as const)
        : first === "`"
          ? (["raw", RAW] as const)
          : (["rune", RUNE] as const);
    const text = this.#match(pattern);
    if (text === undefined) throw new BuiltinError(`unterminated constant`);
    this.#emit(kind, text);
    return true;
  }

  #lexNumber(): boolean {
    if (!/^(?:[+\-0-9]|\.[0-9])/.test(this.#input.slice(this.#position, this.#position + 2))) return false;
    const start = this.#position;
    this.#match(NUMBER);
    const isComplex = /[+-]/.test(this.#input.charAt(this.#position));
    if (isComplex) this.#match(NUMBER);
    const text = this.#input.slice(start, this.#position);
    if (this.#match(WORD) !== undefined || (isComplex && !text.endsWith("i")))
      throw new BuiltinError("bad number syntax");
    this.#emit(isComplex ? "complex" : "number", text);
    return true;
  }

  /** A name, perhaps with `.` or `$` before it; it must end where a name may. */
  #lexWord(): boolean {
    const first = this.#input.charAt(this.#position);
    const mark = first === "." || first === "$" ? first : "";
    this.#position += mark.length;
    const word = this.#match(WORD) ?? "";
    if (mark + word === "") return false;
    if (CHANGED_CLASSES.test(word)) throw new RangeError("a name in a template has characters of a newer Unicode");
    TERMINATOR.lastIndex = this.#position;
    if (!TERMINATOR.test(this.#input)) throw new BuiltinError("bad character behind a name");
    this.#emit(kindOf(mark, word), mark + word);
    return true;
  }
}

function kindOf(mark: string, word: string): TokenKind {
  if (mark === "$") return "variable";
  if (mark === ".") return word === "" ? "dot" : "field";
  if (KEYWORDS.has(word)) return "keyword";
  if (word === "nil") return "nil";
  return word === "true" || word === "false" ? "bool" : "identifier";
}

function endOfText(text: string): number {
  let end = text.length;
  while (end > 0 && " \t\r\n".includes(text.charAt(end - 1))) end--;
  return end;
}
