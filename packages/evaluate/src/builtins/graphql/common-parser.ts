import { VALUE_KINDS } from "./ast.ts";
import type { Argument, ChildValue, Directive, TypeNode, ValueNode } from "./ast.ts";
import { TokenReader } from "./token-reader.ts";

const SCALAR_KINDS: ReadonlyMap<string, number> = new Map([
  ["Int", VALUE_KINDS.int],
  ["Float", VALUE_KINDS.float],
  ["String", VALUE_KINDS.string],
  ["BlockString", VALUE_KINDS.block],
]);
const WORD_KINDS: ReadonlyMap<string, number> = new Map([
  ["true", VALUE_KINDS.boolean],
  ["false", VALUE_KINDS.boolean],
  ["null", VALUE_KINDS.null],
]);
const MAX_TYPE_DEPTH = 200;

/** What queries and schemas share. Nothing that is not there is left out: it is empty. */
export class CommonParser {
  protected readonly tokens: TokenReader;

  constructor(text: string) {
    this.tokens = new TokenReader(text);
  }

  protected readName(): string {
    return this.tokens.expect("Name").value;
  }

  protected readArguments(isConstant: boolean): Argument[] {
    const list: Argument[] = [];
    this.tokens.some("(", ")", () => list.push(this.#readArgument(isConstant)));
    return list;
  }

  #readArgument(isConstant: boolean): Argument {
    const [at, Comment] = [this.tokens.peek().at, this.tokens.comment];
    const Name = this.readName();
    this.tokens.expect(":");
    return { at, Comment, Name, Value: this.readValue(isConstant) };
  }

  protected readDirectives(isConstant: boolean): Directive[] {
    const list: Directive[] = [];
    while (this.tokens.skip("@")) {
      const { at } = this.tokens.peek();
      list.push({ at, Name: this.readName(), Arguments: this.readArguments(isConstant), Location: "" });
    }
    return list;
  }

  protected readType(depth = 0): TypeNode {
    if (depth > MAX_TYPE_DEPTH) throw new RangeError(`a type is deeper than ${MAX_TYPE_DEPTH} levels`);
    if (!this.tokens.skip("[")) {
      const NamedType = this.readName();
      return { NamedType, NonNull: this.tokens.skip("!") };
    }
    const Elem = this.readType(depth + 1);
    this.tokens.expect("]");
    return { NamedType: "", Elem, NonNull: this.tokens.skip("!") };
  }

  protected readVariable(): string {
    this.tokens.expect("$");
    return this.readName();
  }

  protected readValue(isConstant: boolean): ValueNode {
    const { kind, value, at } = this.tokens.peek();
    if (kind === "[" || kind === "{") return this.#readCollection(kind, isConstant);
    if (kind === "$" && !isConstant) return newValue(at, VALUE_KINDS.variable, this.readVariable());
    const scalar = kind === "Name" ? (WORD_KINDS.get(value) ?? VALUE_KINDS.enum) : SCALAR_KINDS.get(kind);
    if (scalar === undefined) throw this.tokens.unexpected();
    this.tokens.next();
    return newValue(at, scalar, value);
  }

  #readCollection(open: "[" | "{", isConstant: boolean): ValueNode {
    const [at, Comment] = [this.tokens.peek().at, this.tokens.comment];
    const Children: ChildValue[] = [];
    if (open === "[") {
      this.tokens.many("[", "]", () => Children.push({ Name: "", Value: this.readValue(isConstant) }));
    } else this.tokens.many("{", "}", () => Children.push(this.#readArgument(isConstant)));
    return { ...newValue(at, open === "[" ? VALUE_KINDS.list : VALUE_KINDS.object, ""), Children, Comment };
  }
}

function newValue(at: number, Kind: number, Raw: string): ValueNode {
  return { at, Raw, Children: [], Kind, ExpectedTypeHasDefault: false };
}
