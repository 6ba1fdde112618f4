import { BuiltinError } from "../builtin.ts";
import { lex } from "./lexer.ts";
import type { Token, TokenKind } from "./lexer.ts";

const END: Token = { kind: "end", text: "" };

/** The tokens of a template from the front. White space counts only between the operands of a command. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = lex(text);
  }

  peekAny(): Token {
    return this.#tokens[this.#position] ?? END;
  }

  nextAny(): Token {
    const token = this.peekAny();
    this.#position++;
    return token;
  }

  /** The next token that is no white space. */
  peek(): Token {
    while (this.peekAny().kind === "space") this.#position++;
    return this.peekAny();
  }

  next(): Token {
    const token = this.peek();
    this.#position++;
    return token;
  }

  /** Where the reader stands, to come back to. */
  mark(): number {
    return this.#position;
  }

  reset(mark: number): void {
    this.#position = mark;
  }

  /** Takes the next token if it is this one. */
  accept(kind: TokenKind, text: string): boolean {
    const token = this.peek();
    if (token.kind !== kind || token.text !== text) return false;
    this.#position++;
    return true;
  }

  /** Whether white space stands right before the next token. */
  isAfterSpace(): boolean {
    return this.peekAny().kind === "space";
  }

  expectClose(context: string): void {
    const token = this.next();
    if (token.kind !== "close") throw unexpected(token, context);
  }
}

export function unexpected(token: Token, context: string): BuiltinError {
  return new BuiltinError(`template: unexpected ${JSON.stringify(token.text.slice(0, 100))} in ${context}`);
}
