import { BuiltinError } from "../builtin.ts";
import { scanBlockScalar } from "./block-scalar.ts";
import { Cursor, isBlank, isBlankOrEnd, isBreak } from "./cursor.ts";
import type { Mark } from "./cursor.ts";
import { scanAnchor, scanDirective, scanTag } from "./properties.ts";
import { scanPlain } from "./plain-scalar.ts";
import { scanQuoted } from "./quoted-scalar.ts";
import { newToken } from "./token.ts";
import type { Token, TokenType } from "./token.ts";

/** A place where a key without `?` may have started. */
interface SimpleKey {
  isPossible: boolean;
  isRequired: boolean;
  tokenNumber: number;
  mark: Mark;
}

const MAX_KEY_CHARACTERS = 1024;
/** go-yaml's own. */
const MAX_LEVELS = 10_000;
const NOT_PLAIN = /[-?:,[\]{}#&*!|>'"%@`]/;

/**
 * Tokens as libyaml's scanner makes them for YAML 1.1, that of go-yaml 2 in particular: the library's names for what is
 * wrong, and its liberties.
 *
 * @see https://yaml.org/spec/1.1/
 */
export class Scanner {
  readonly cursor: Cursor;
  flowLevel = 0;
  indent = -1;
  isKeyAllowed = true;
  #tokens: Token[] = [];
  #head = 0;
  #parsed = 0;
  readonly #indents: number[] = [];
  readonly #keys: SimpleKey[] = [];
  readonly #keyLevels = new Map<number, number>();
  #isEnded = false;

  constructor(text: string) {
    this.cursor = new Cursor(text);
    this.#keys.push(this.#newKey(false, false));
    this.#push("stream-start");
  }

  peek(): Token {
    this.#fill();
    const token = this.#tokens[this.#head];
    if (token === undefined) throw this.error("attempted to go past the end of stream; corrupted value?");
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.#head++;
    this.#parsed++;
    if (this.#head > 1000) {
      this.#tokens = this.#tokens.slice(this.#head);
      this.#head = 0;
    }
    return token;
  }

  error(problem: string): BuiltinError {
    return new BuiltinError(`yaml: line ${this.cursor.line + 1}: ${problem}`);
  }

  /** A token can be given out when it is known not to start a key. */
  #fill(): void {
    while (!this.#isEnded) {
      if (this.#head !== this.#tokens.length) {
        const level = this.#keyLevels.get(this.#parsed);
        const key = level === undefined ? undefined : this.#keys[level];
        if (key === undefined || !this.#isValid(key)) return;
      }
      this.#scan();
    }
  }

  #newKey(isPossible: boolean, isRequired: boolean): SimpleKey {
    const tokenNumber = this.#parsed + this.#tokens.length - this.#head;
    return { isPossible, isRequired, tokenNumber, mark: this.cursor.mark() };
  }

  #push(type: TokenType, rest: Partial<Token> = {}): void {
    this.#tokens.push(newToken(type, this.cursor.line, rest));
  }

  #insert(number: number, type: TokenType): void {
    const place = number - this.#parsed;
    if (place < 0) this.#push(type);
    else this.#tokens.splice(this.#head + place, 0, newToken(type, this.cursor.line));
  }

  #isValid(key: SimpleKey): boolean {
    if (!key.isPossible) return false;
    const { line, index } = key.mark;
    if (line >= this.cursor.line && index + MAX_KEY_CHARACTERS >= this.cursor.index) return true;
    if (key.isRequired) throw this.error("could not find expected ':'");
    key.isPossible = false;
    return false;
  }

  get #key(): SimpleKey {
    const key = this.#keys.at(-1);
    if (key === undefined) throw new RangeError("the scanner has lost its levels");
    return key;
  }

  #saveKey(): void {
    if (!this.isKeyAllowed) return;
    const isRequired = this.flowLevel === 0 && this.indent === this.cursor.column;
    const key = this.#newKey(true, isRequired);
    this.#removeKey();
    this.#keys[this.#keys.length - 1] = key;
    this.#keyLevels.set(key.tokenNumber, this.#keys.length - 1);
  }

  #removeKey(): void {
    const key = this.#key;
    if (!key.isPossible) return;
    if (key.isRequired) throw this.error("could not find expected ':'");
    key.isPossible = false;
    this.#keyLevels.delete(key.tokenNumber);
  }

  /** `number` is where the token goes: before the key that opened the level, or behind all. */
  #rollIndent(column: number, type: TokenType, number?: number): void {
    if (this.flowLevel > 0 || this.indent >= column) return;
    this.#indents.push(this.indent);
    this.indent = column;
    if (this.#indents.length > MAX_LEVELS) throw this.error(`exceeded max depth of ${MAX_LEVELS}`);
    if (number === undefined) this.#push(type);
    else this.#insert(number, type);
  }

  #unrollIndent(column: number): void {
    if (this.flowLevel > 0) return;
    while (this.indent > column) {
      this.#push("block-end");
      this.indent = this.#indents.pop() ?? -1;
    }
  }

  #skipToToken(): void {
    for (;;) {
      this.cursor.skipByteOrderMark();
      const isTabBlank = this.flowLevel > 0 || !this.isKeyAllowed;
      this.cursor.readWhile((code) => (isTabBlank ? isBlank(code) : code === 0x20));
      this.cursor.skipComment();
      if (!isBreak(this.cursor.code())) return;
      this.cursor.readBreak();
      if (this.flowLevel === 0) this.isKeyAllowed = true;
    }
  }

  #scan(): void {
    this.#skipToToken();
    this.#unrollIndent(this.cursor.column);
    // libyaml wants four characters at hand here, and fails when the reader cannot give them.
    this.cursor.code(3);
    if (this.cursor.isAtEnd()) this.#scanStreamEnd();
    else if (this.cursor.column === 0 && this.cursor.char() === "%") {
      this.#reset();
      this.#tokens.push(scanDirective(this));
    } else if (this.cursor.atDocumentIndicator()) {
      this.#reset();
      this.#push(this.cursor.char() === "-" ? "document-start" : "document-end");
      this.cursor.skip(3);
    } else this.#scanContent(this.cursor.char(), this.cursor.code(1));
  }

  #reset(): void {
    this.#unrollIndent(-1);
    this.#removeKey();
    this.isKeyAllowed = false;
  }

  #scanStreamEnd(): void {
    if (this.cursor.column !== 0) {
      this.cursor.column = 0;
      this.cursor.line++;
    }
    this.#reset();
    this.#push("stream-end");
    this.#isEnded = true;
  }

  #scanContent(first: string, second: number): void {
    const isInFlow = this.flowLevel > 0;
    const isLoose = isBlankOrEnd(second);
    if (first === "[" || first === "{") this.#openFlow(first === "[" ? "flow-sequence-start" : "flow-mapping-start");
    else if (first === "]" || first === "}") this.#closeFlow(first === "]" ? "flow-sequence-end" : "flow-mapping-end");
    else if (first === ",") this.#scanFlowEntry();
    else if (first === "-" && isLoose) this.#scanBlockEntry();
    else if (first === "?" && (isInFlow || isLoose)) this.#scanKey();
    else if (first === ":" && (isInFlow || isLoose)) this.#scanValue();
    else if (first === "*" || first === "&") this.#pushInline(() => scanAnchor(this));
    else if (first === "!") this.#pushInline(() => scanTag(this));
    else if ((first === "|" || first === ">") && !isInFlow) {
      this.#removeKey();
      this.isKeyAllowed = true;
      this.#tokens.push(scanBlockScalar(this));
    } else if (first === "'" || first === '"') this.#pushInline(() => scanQuoted(this));
    else if (startsPlain(first, second, isInFlow)) this.#pushInline(() => scanPlain(this));
    else throw this.error("found character that cannot start any token");
  }

  /** Tokens that may be the start of a key themselves. */
  #pushInline(scan: () => Token): void {
    this.#saveKey();
    this.isKeyAllowed = false;
    this.#tokens.push(scan());
  }

  #pushIndicator(type: TokenType): void {
    this.#push(type);
    this.cursor.skip();
  }

  #openFlow(type: TokenType): void {
    this.#saveKey();
    this.#keys.push(this.#newKey(false, false));
    if (++this.flowLevel > MAX_LEVELS) throw this.error(`exceeded max depth of ${MAX_LEVELS}`);
    this.isKeyAllowed = true;
    this.#pushIndicator(type);
  }

  #closeFlow(type: TokenType): void {
    this.#removeKey();
    if (this.flowLevel > 0) {
      this.flowLevel--;
      this.#keyLevels.delete(this.#key.tokenNumber);
      this.#keys.pop();
    }
    this.isKeyAllowed = false;
    this.#pushIndicator(type);
  }

  #scanFlowEntry(): void {
    this.#removeKey();
    this.isKeyAllowed = true;
    this.#pushIndicator("flow-entry");
  }

  #scanBlockEntry(): void {
    if (this.flowLevel === 0) {
      if (!this.isKeyAllowed) throw this.error("block sequence entries are not allowed in this context");
      this.#rollIndent(this.cursor.column, "block-sequence-start");
    }
    this.#removeKey();
    this.isKeyAllowed = true;
    this.#pushIndicator("block-entry");
  }

  #scanKey(): void {
    if (this.flowLevel === 0) {
      if (!this.isKeyAllowed) throw this.error("mapping keys are not allowed in this context");
      this.#rollIndent(this.cursor.column, "block-mapping-start");
    }
    this.#removeKey();
    this.isKeyAllowed = this.flowLevel === 0;
    this.#pushIndicator("key");
  }

  #scanValue(): void {
    const key = this.#key;
    if (this.#isValid(key)) {
      this.#insert(key.tokenNumber, "key");
      this.#rollIndent(key.mark.column, "block-mapping-start", key.tokenNumber);
      key.isPossible = false;
      this.#keyLevels.delete(key.tokenNumber);
      this.isKeyAllowed = false;
    } else {
      if (this.flowLevel === 0) {
        if (!this.isKeyAllowed) throw this.error("mapping values are not allowed in this context");
        this.#rollIndent(this.cursor.column, "block-mapping-start");
      }
      this.isKeyAllowed = this.flowLevel === 0;
    }
    this.#pushIndicator("value");
  }
}

function startsPlain(first: string, second: number, isInFlow: boolean): boolean {
  if (!isBlankOrEnd(first.charCodeAt(0)) && !NOT_PLAIN.test(first)) return true;
  if (first === "-") return !isBlank(second);
  return !isInFlow && (first === "?" || first === ":") && !isBlankOrEnd(second);
}
