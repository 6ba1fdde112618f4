import { BuiltinError } from "../builtin.ts";
import { FUNCTION_NAMES } from "./signatures.ts";
import { parseNumber, parseRune, unquote } from "./literals.ts";
import type { Command, Operand, Pipe } from "./nodes.ts";
import type { TokenReader } from "./token-reader.ts";
import { unexpected } from "./token-reader.ts";

/** Go takes ten thousand; here every parenthesis is a few frames of the stack. */
const MAX_PARENTHESES = 200;

/** Reads pipelines, and keeps the variables that may be named at this place. */
export class PipelineParser {
  readonly #reader: TokenReader;
  readonly variables: string[] = ["$"];
  #depth = 0;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  /** `$x := command | command`, up to and with its end. */
  pipeline(context: string, end: "}}" | ")" = "}}"): Pipe {
    const { variables, isAssignment } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#reader.peek();
      if (token.kind === (end === "}}" ? "close" : "char") && token.text === end) break;
      commands.push(this.#command(context));
    }
    this.#reader.next();
    if (commands.length === 0) throw new BuiltinError(`template: missing value for ${context}`);
    if (commands.slice(1).some(([first]) => isConstant(first))) {
      throw new BuiltinError("template: non executable command in pipeline");
    }
    return { kind: "pipe", variables, isAssignment, commands };
  }

  #declarations(context: string): { variables: string[]; isAssignment: boolean } {
    const names: string[] = [];
    const start = this.#reader.mark();
    for (;;) {
      const before = this.#reader.mark();
      const token = this.#reader.peek();
      if (token.kind !== "variable") break;
      this.#reader.next();
      if (this.#reader.accept("char", ":=")) return this.#declare([...names, token.text], false);
      if (this.#reader.accept("char", "=")) return this.#declare([...names, token.text], true);
      if (!this.#reader.accept("char", ",")) {
        this.#reader.reset(before);
        break;
      }
      names.push(token.text);
      this.variables.push(token.text);
      if (context !== "range" || names.length > 1)
        throw new BuiltinError(`template: too many declarations in ${context}`);
      const next = this.#reader.peek();
      if (next.kind === "variable") continue;
      if (next.kind !== "close" && next.text !== ")")
        throw new BuiltinError("template: range can only initialize variables");
      break;
    }
    // `range $i,` with nothing assigned declares the variable all the same.
    if (names.length === 0) this.#reader.reset(start);
    return { variables: names, isAssignment: false };
  }

  #declare(variables: string[], isAssignment: boolean): { variables: string[]; isAssignment: boolean } {
    this.variables.push(...variables.slice(-1));
    return { variables, isAssignment };
  }

  #command(context: string): Command {
    const operands: Operand[] = [];
    for (;;) {
      const operand = this.#operand();
      if (operand !== undefined) operands.push(operand);
      const token = this.#reader.peekAny();
      if (token.kind === "space") {
        this.#reader.nextAny();
        continue;
      }
      if (token.kind === "close" || (token.kind === "char" && token.text === ")")) break;
      this.#reader.nextAny();
      if (token.kind === "char" && token.text === "|") break;
      throw unexpected(token, operand === undefined ? context : "operand");
    }
    const [first, ...rest] = operands;
    if (first === undefined) throw new BuiltinError("template: empty command");
    return [first, ...rest];
  }

  /** A term with the fields behind it. */
  #operand(): Operand | undefined {
    const operand = this.#term();
    if (operand === undefined || this.#reader.peekAny().kind !== "field") return operand;
    const path: string[] = [];
    while (this.#reader.peekAny().kind === "field") path.push(this.#reader.nextAny().text.slice(1));
    if (operand.kind === "field" || operand.kind === "variable")
      return { ...operand, path: [...operand.path, ...path] };
    if (isConstant(operand)) throw new BuiltinError("template: unexpected . after term");
    return { kind: "chain", operand, path };
  }

  #term(): Operand | undefined {
    const { kind, text } = this.#reader.peek();
    if (kind === "char") return text === "(" ? this.#parenthesized() : undefined;
    const operand = this.#simpleTerm(kind, text);
    if (operand !== undefined) this.#reader.next();
    return operand;
  }

  #parenthesized(): Pipe {
    this.#reader.next();
    if (++this.#depth > MAX_PARENTHESES) throw new RangeError("the parentheses of a template nest too deeply");
    const pipe = this.pipeline("parenthesized pipeline", ")");
    this.#depth--;
    return pipe;
  }

  #simpleTerm(kind: string, text: string): Operand | undefined {
    switch (kind) {
      case "identifier":
        if (!FUNCTION_NAMES.has(text)) throw new BuiltinError(`template: function ${JSON.stringify(text)} not defined`);
        return { kind: "function", name: text };
      case "dot":
      case "nil":
        return { kind };
      case "variable":
        if (!this.variables.includes(text))
          throw new BuiltinError(`template: undefined variable ${JSON.stringify(text)}`);
        return { kind: "variable", name: text, path: [] };
      case "field":
        return { kind: "field", path: [text.slice(1)] };
      case "bool":
        return { kind: "constant", value: text === "true" };
      case "number":
        return { kind: "constant", value: parseNumber(text) };
      case "rune":
        return { kind: "constant", value: parseRune(text) };
      case "string":
      case "raw":
        return { kind: "constant", value: unquote(text) };
      case "complex":
        throw new RangeError("imaginary numbers in templates are not known to this host");
      default:
        return undefined;
    }
  }
}

function isConstant({ kind }: Operand): boolean {
  return kind === "constant" || kind === "dot" || kind === "nil";
}
