import { BuiltinError } from "../builtin.ts";
import { unquote } from "./literals.ts";
import type { List, Node } from "./nodes.ts";
import { PipelineParser } from "./pipeline-parser.ts";
import { TokenReader, unexpected } from "./token-reader.ts";

/** The name under which OPA parses; `{{define "template"}}` means the text itself. */
const MAIN = "template";
/** Every level is a few frames of the stack. */
const MAX_NESTING = 200;
const SPACE_ONLY = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/;

/** The named templates of a text, the text itself among them. */
export interface Template {
  readonly main: List;
  readonly named: ReadonlyMap<string, List>;
}

/**
 * Parses a text of Go's text/template with the functions that OPA leaves it: those that are built in.
 *
 * @throws BuiltinError when Go does not take it
 * @throws RangeError when it nests deeper than 200 levels
 * @see https://pkg.go.dev/text/template
 */
export function parseTemplate(text: string): Template {
  const named = new Map<string, List>();
  const reader = new TokenReader(text);
  const parser = new ListParser(reader, named, 0);
  const main = parser.top();
  define(named, MAIN, main);
  return { main: named.get(MAIN) ?? main, named };
}

/** A template that is empty gives way to another one of its name; two that are not are an error. */
function define(named: Map<string, List>, name: string, list: List): void {
  const known = named.get(name);
  if (known === undefined || isEmpty(known)) named.set(name, list);
  else if (!isEmpty(list)) throw new BuiltinError(`template: multiple definition of template ${JSON.stringify(name)}`);
}

function isEmpty(list: List): boolean {
  return list.every((node) => node.kind === "text" && SPACE_ONLY.test(node.text));
}

/** The items of one named template, which has variables of its own. */
class ListParser {
  readonly #reader: TokenReader;
  readonly #named: Map<string, List>;
  readonly #pipes: PipelineParser;
  #depth: number;
  #ranges = 0;

  constructor(reader: TokenReader, named: Map<string, List>, depth: number) {
    this.#reader = reader;
    this.#named = named;
    this.#pipes = new PipelineParser(reader);
    this.#depth = depth;
  }

  /** The whole text; only here templates are defined. */
  top(): List {
    const list: Node[] = [];
    while (this.#reader.peek().kind !== "end") {
      const mark = this.#reader.mark();
      if (this.#reader.next().kind === "open" && this.#reader.accept("keyword", "define")) {
        this.#define();
        continue;
      }
      this.#reader.reset(mark);
      const node = this.#item();
      if (typeof node === "string") throw new BuiltinError(`template: unexpected {{${node}}}`);
      list.push(node);
    }
    return list;
  }

  #define(): void {
    const name = this.#templateName("define clause");
    this.#reader.expectClose("define clause");
    this.#nested(name);
  }

  /** Reads another template up to its end. */
  #nested(name: string): void {
    const { list, end } = new ListParser(this.#reader, this.#named, this.#depth).#list();
    if (end !== "end")
      throw new BuiltinError(`template: unexpected {{${end}}} in the template ${JSON.stringify(name)}`);
    define(this.#named, name, list);
  }

  /** Up to `{{end}}` or `{{else}}`. */
  #list(): { list: List; end: "end" | "else" } {
    if (++this.#depth > MAX_NESTING) throw new RangeError(`a template nests deeper than ${MAX_NESTING} levels`);
    const list: Node[] = [];
    while (this.#reader.peek().kind !== "end") {
      const node = this.#item();
      if (typeof node === "string") {
        this.#depth--;
        return { list, end: node };
      }
      list.push(node);
    }
    throw new BuiltinError("template: unexpected EOF");
  }

  #item(): Node | "end" | "else" {
    const token = this.#reader.next();
    if (token.kind === "text") return { kind: "text", text: token.text };
    if (token.kind !== "open") throw unexpected(token, "input");
    return this.#action();
  }

  #action(): Node | "end" | "else" {
    const token = this.#reader.peek();
    if (token.kind !== "keyword" || token.text === "define") {
      return { kind: "action", pipe: this.#pipes.pipeline("command") };
    }
    this.#reader.next();
    switch (token.text) {
      case "block":
        return this.#block();
      case "break":
      case "continue":
        this.#reader.expectClose(token.text);
        if (this.#ranges === 0) throw new BuiltinError(`template: {{${token.text}}} outside {{range}}`);
        return { kind: token.text };
      case "else":
        return this.#else();
      case "end":
        this.#reader.expectClose("end");
        return "end";
      case "template":
        return this.#template();
      default:
        return this.#branch(token.text as "if" | "range" | "with");
    }
  }

  /** `{{else if …}}` leaves its `if` to whom it belongs. */
  #else(): "else" {
    const { kind, text } = this.#reader.peek();
    if (kind !== "keyword" || (text !== "if" && text !== "with")) this.#reader.expectClose("else");
    return "else";
  }

  #branch(kind: "if" | "range" | "with"): Node {
    const known = this.#pipes.variables.length;
    const pipe = this.#pipes.pipeline(kind);
    if (kind === "range") this.#ranges++;
    const { list, end } = this.#list();
    if (kind === "range") this.#ranges--;
    const elseList = end === "else" ? this.#elseList(kind) : undefined;
    this.#pipes.variables.length = known;
    return { kind, pipe, list, elseList };
  }

  #elseList(kind: "if" | "range" | "with"): List {
    if (kind !== "range" && this.#reader.peekAny().kind === "keyword" && this.#reader.accept("keyword", kind)) {
      if (++this.#depth > MAX_NESTING) throw new RangeError(`a template nests deeper than ${MAX_NESTING} levels`);
      const list = [this.#branch(kind)];
      this.#depth--;
      return list;
    }
    const { list, end } = this.#list();
    if (end !== "end") throw new BuiltinError("template: expected end; found {{else}}");
    return list;
  }

  #block(): Node {
    const name = this.#templateName("block clause");
    const pipe = this.#pipes.pipeline("block clause");
    this.#nested(name);
    return { kind: "template", name, pipe };
  }

  #template(): Node {
    const name = this.#templateName("template clause");
    if (this.#reader.peek().kind === "close") {
      this.#reader.next();
      return { kind: "template", name, pipe: undefined };
    }
    return { kind: "template", name, pipe: this.#pipes.pipeline("template clause") };
  }

  #templateName(context: string): string {
    const token = this.#reader.next();
    if (token.kind !== "string" && token.kind !== "raw") throw unexpected(token, context);
    return unquote(token.text);
  }
}
