import { BuiltinError } from "../builtin.ts";
import type { CommentGroup } from "./ast.ts";
import { Lexer } from "./lexer.ts";
import type { Token } from "./lexer.ts";

/** Deeper than any query or schema that is written by people. */
const MAX_DEPTH = 200;
const MAX_TOKENS = 300_000;

/** One token ahead, with the comments in front of it. */
export class TokenReader {
  readonly #text: string;
  readonly #lexer: Lexer;
  #token: Token | undefined;
  #comment: CommentGroup | undefined;
  #count = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#lexer = new Lexer(text);
  }

  peek(): Token {
    if (this.#token !== undefined) return this.#token;
    const comments: { Value: string }[] = [];
    let token = this.#read();
    for (; token.kind === "Comment"; token = this.#read()) comments.push({ Value: token.value });
    if (comments.length > 0) this.#comment = { List: comments };
    return (this.#token = token);
  }

  /** The comments in front of the token last peeked at. */
  get comment(): CommentGroup | undefined {
    this.peek();
    return this.#comment;
  }

  next(): Token {
    const token = this.peek();
    this.#token = undefined;
    this.#comment = undefined;
    return token;
  }

  is(kind: string): boolean {
    return this.peek().kind === kind;
  }

  isKeyword(word: string): boolean {
    return this.peek().value === word;
  }

  skip(kind: string): boolean {
    if (!this.is(kind)) return false;
    this.next();
    return true;
  }

  expect(kind: string): Token {
    if (!this.is(kind)) throw this.error(`Expected ${kind}, found ${this.peek().kind}`);
    return this.next();
  }

  /** Its comment. */
  expectKeyword(word: string): CommentGroup | undefined {
    const { comment } = this;
    if (!this.is("Name") || !this.isKeyword(word)) throw this.error(`Expected "${word}", found ${this.#describe()}`);
    this.next();
    return comment;
  }

  /** At least one between the brackets; none at all without them. The comment is that of the closing one. */
  some(open: string, close: string, read: () => void): CommentGroup | undefined {
    if (!this.skip(open)) return undefined;
    if (this.is(close)) throw this.error(`expected at least one definition, found ${close}`);
    return this.#readUntil(close, read);
  }

  many(open: string, close: string, read: () => void): void {
    if (this.skip(open)) this.#readUntil(close, read);
  }

  unexpected(token: Token = this.peek()): BuiltinError {
    return this.error(`Unexpected ${this.#describe(token)}`, token);
  }

  error(message: string, { at }: Token = this.peek()): BuiltinError {
    return new BuiltinError(locate(message, this.#text, at));
  }

  #readUntil(close: string, read: () => void): CommentGroup | undefined {
    if (++this.#depth > MAX_DEPTH) throw new RangeError(`the document is deeper than ${MAX_DEPTH} levels`);
    while (!this.is(close)) read();
    this.#depth--;
    const { comment } = this;
    this.next();
    return comment;
  }

  #read(): Token {
    if (++this.#count > MAX_TOKENS) throw new RangeError(`the document has more than ${MAX_TOKENS} tokens`);
    return this.#lexer.next();
  }

  #describe({ kind, value }: Token = this.peek()): string {
    return value === "" ? kind : `${kind} ${JSON.stringify(value)}`;
  }
}

/** OPA's words for where an error stands. */
export function locate(message: string, text: string, at: number): string {
  const lines = text.slice(0, at).split(/\r\n?|\n/);
  return `${message} in GraphQL string at location ${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}
