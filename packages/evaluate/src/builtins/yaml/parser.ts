import { BuiltinError } from "../builtin.ts";
import { EMPTY_SCALAR, LONG_TAG_PREFIX } from "./node.ts";
import type { MappingNode, ScalarNode, SequenceNode, YamlNode } from "./node.ts";
import { Scanner } from "./scanner.ts";
import type { Token, TokenType } from "./token.ts";

/** Parsing and decoding go a few calls deep for each level; go-yaml stops at 10 000. */
const MAX_DEPTH = 1000;
const DEFAULT_TAGS = [
  ["!", "!"],
  ["!!", LONG_TAG_PREFIX],
] as const;

interface Properties {
  readonly anchor: string | undefined;
  readonly tag: string;
}

/**
 * The first document of a stream, as go-yaml's parser reads it; undefined when there is none. What stands behind its
 * end is not looked at.
 *
 * @throws BuiltinError with go-yaml's message; RangeError beyond 1000 levels
 */
export function parseDocument(text: string): YamlNode | undefined {
  return new Parser(text === "" ? "\n" : text).parse();
}

class Parser {
  readonly #scanner: Scanner;
  readonly #tags = new Map<string, string>();
  readonly #anchors = new Map<string, YamlNode>();
  #depth = 0;

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  parse(): YamlNode | undefined {
    this.#scanner.next();
    if (this.#is("stream-end")) return undefined;
    const isExplicit = this.#is("version-directive", "tag-directive", "document-start");
    this.#readDirectives();
    if (isExplicit) this.#expect("document-start", "did not find expected <document start>");
    const isEmpty =
      isExplicit && this.#is("version-directive", "tag-directive", "document-start", "document-end", "stream-end");
    const root = isEmpty ? EMPTY_SCALAR : this.#readNode(true, false);
    // The end of the document depends on the token behind it, which may be none.
    this.#scanner.peek();
    return root;
  }

  #is(...types: readonly TokenType[]): boolean {
    return types.includes(this.#scanner.peek().type);
  }

  #take(type: TokenType): Token | undefined {
    return this.#is(type) ? this.#scanner.next() : undefined;
  }

  #expect(type: TokenType, problem: string): Token {
    return this.#take(type) ?? this.#fail(problem);
  }

  #fail(problem: string): never {
    const { line } = this.#scanner.peek();
    throw new BuiltinError(`yaml: ${line === 0 ? "" : `line ${line}: `}${problem}`);
  }

  #readDirectives(): void {
    let hasVersion = false;
    for (;;) {
      const token = this.#take("version-directive") ?? this.#take("tag-directive");
      if (token === undefined) break;
      if (token.type === "version-directive") {
        if (hasVersion) this.#fail("found duplicate %YAML directive");
        if (token.value !== "1.1") this.#fail("found incompatible YAML document");
        hasVersion = true;
      } else {
        if (this.#tags.has(token.value)) this.#fail("found duplicate %TAG directive");
        this.#tags.set(token.value, token.suffix);
      }
    }
    for (const [handle, prefix] of DEFAULT_TAGS) {
      if (!this.#tags.has(handle)) this.#tags.set(handle, prefix);
    }
  }

  #readNode(isBlock: boolean, allowsIndentless: boolean): YamlNode {
    const alias = this.#take("alias");
    if (alias !== undefined) return this.#resolveAlias(alias.value);
    const properties = this.#readProperties();
    if (++this.#depth > MAX_DEPTH) throw new RangeError(`the document is deeper than ${MAX_DEPTH} levels`);
    const node = this.#readContent(properties, isBlock, allowsIndentless);
    this.#depth--;
    return node;
  }

  #resolveAlias(name: string): YamlNode {
    const target = this.#anchors.get(name);
    if (target === undefined) throw new BuiltinError(`yaml: unknown anchor '${name}' referenced`);
    return { kind: "alias", name, target };
  }

  /** An anchor and a tag, in either order. */
  #readProperties(): Properties {
    let anchor = this.#take("anchor")?.value;
    const token = this.#take("tag");
    if (anchor === undefined && token !== undefined) anchor = this.#take("anchor")?.value;
    return { anchor, tag: token === undefined ? "" : this.#resolveTag(token) };
  }

  #resolveTag({ value: handle, suffix }: Token): string {
    if (handle === "") return suffix;
    const tag = `${this.#tags.get(handle) ?? ""}${this.#tags.has(handle) ? suffix : ""}`;
    return tag === "" ? this.#fail("found undefined tag handle") : tag;
  }

  #readContent(properties: Properties, isBlock: boolean, allowsIndentless: boolean): YamlNode {
    if (allowsIndentless && this.#is("block-entry")) return this.#readIndentless(properties);
    const scalar = this.#take("scalar");
    if (scalar !== undefined) return this.#keep(properties, toScalar(scalar, properties.tag));
    if (this.#is("flow-sequence-start")) return this.#readFlowSequence(properties);
    if (this.#is("flow-mapping-start")) return this.#readFlowMapping(properties);
    if (isBlock && this.#is("block-sequence-start")) return this.#readBlockSequence(properties);
    if (isBlock && this.#is("block-mapping-start")) return this.#readBlockMapping(properties);
    if (properties.anchor === undefined && properties.tag === "") this.#fail("did not find expected node content");
    return this.#keep(properties, { ...EMPTY_SCALAR, tag: properties.tag, isImplicit: properties.tag === "" });
  }

  /** Anchors count from where a node starts: a collection can hold itself. */
  #keep<T extends YamlNode>({ anchor }: Properties, node: T): T {
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  #newSequence(properties: Properties): SequenceNode {
    return this.#keep<SequenceNode>(properties, { kind: "sequence", items: [] });
  }

  #newMapping(properties: Properties): MappingNode {
    return this.#keep<MappingNode>(properties, { kind: "mapping", pairs: [] });
  }

  /** Under a key, at the key's own indentation. */
  #readIndentless(properties: Properties): SequenceNode {
    const node = this.#newSequence(properties);
    while (this.#take("block-entry") !== undefined) {
      const isEmpty = this.#is("block-entry", "key", "value", "block-end");
      node.items.push(isEmpty ? EMPTY_SCALAR : this.#readNode(true, false));
    }
    return node;
  }

  #readBlockSequence(properties: Properties): SequenceNode {
    const node = this.#newSequence(properties);
    this.#scanner.next();
    while (this.#take("block-entry") !== undefined) {
      const isEmpty = this.#is("block-entry", "block-end");
      node.items.push(isEmpty ? EMPTY_SCALAR : this.#readNode(true, false));
    }
    this.#expect("block-end", "did not find expected '-' indicator");
    return node;
  }

  #readBlockMapping(properties: Properties): MappingNode {
    const node = this.#newMapping(properties);
    this.#scanner.next();
    while (this.#take("key") !== undefined) {
      const key = this.#readBlockPart();
      const value = this.#take("value") === undefined ? EMPTY_SCALAR : this.#readBlockPart();
      node.pairs.push([key, value]);
    }
    this.#expect("block-end", "did not find expected key");
    return node;
  }

  #readBlockPart(): YamlNode {
    return this.#is("key", "value", "block-end") ? EMPTY_SCALAR : this.#readNode(true, true);
  }

  #readFlowSequence(properties: Properties): SequenceNode {
    const node = this.#newSequence(properties);
    this.#scanner.next();
    this.#readFlowEntries("flow-sequence-end", "did not find expected ',' or ']'", () => {
      node.items.push(this.#is("key") ? this.#readFlowPair() : this.#readNode(false, false));
    });
    return node;
  }

  #readFlowMapping(properties: Properties): MappingNode {
    const node = this.#newMapping(properties);
    this.#scanner.next();
    this.#readFlowEntries("flow-mapping-end", "did not find expected ',' or '}'", () => {
      if (this.#take("key") === undefined) {
        node.pairs.push([this.#readNode(false, false), EMPTY_SCALAR]);
        return;
      }
      const isEmpty = this.#is("value", "flow-entry", "flow-mapping-end");
      const key = isEmpty ? EMPTY_SCALAR : this.#readNode(false, false);
      node.pairs.push([key, this.#readFlowValue("flow-mapping-end")]);
    });
    return node;
  }

  #readFlowEntries(end: TokenType, problem: string, readEntry: () => void): void {
    for (let isFirst = true; this.#take(end) === undefined; isFirst = false) {
      if (!isFirst) {
        this.#expect("flow-entry", problem);
        if (this.#take(end) !== undefined) return;
      }
      readEntry();
    }
  }

  /** `[a: b]` and `[? a : b]`: a mapping of one pair. Where libyaml finds no key it swallows the token in its place. */
  #readFlowPair(): MappingNode {
    this.#scanner.next();
    const isEmpty = this.#is("value", "flow-entry", "flow-sequence-end");
    if (isEmpty) this.#scanner.next();
    const key = isEmpty ? EMPTY_SCALAR : this.#readNode(false, false);
    return { kind: "mapping", pairs: [[key, this.#readFlowValue("flow-sequence-end")]] };
  }

  #readFlowValue(end: TokenType): YamlNode {
    if (this.#take("value") === undefined || this.#is("flow-entry", end)) return EMPTY_SCALAR;
    return this.#readNode(false, false);
  }
}

function toScalar({ value, isPlain }: Token, tag: string): ScalarNode {
  return { kind: "scalar", value, tag, isImplicit: tag === "!" || (tag === "" && isPlain) };
}
