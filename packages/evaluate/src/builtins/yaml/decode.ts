import { RegoDecimal, RegoObject } from "../../values/values.ts";
import type { RegoEntry, RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { decodeBase64, STANDARD_BASE64 } from "../encoding/go-base64.ts";
import { decodeGoText } from "../uri/escape.ts";
import { shortFloatText } from "./float-text.ts";
import { LONG_TAG_PREFIX } from "./node.ts";
import type { AliasNode, MappingNode, ScalarNode, YamlNode } from "./node.ts";
import { BINARY_TAG, resolvePlain, resolveTagged } from "./resolve.ts";
import type { Scalar } from "./resolve.ts";

/** What go-yaml makes of a node: keys are still what they were, an object is a map by key and its type. */
export type YamlValue = Scalar | readonly YamlValue[] | YamlMap;

export class YamlMap {
  readonly entries = new Map<string, readonly [key: Scalar, value: YamlValue]>();

  set(key: Scalar, value: YamlValue): void {
    this.entries.set(`${typeof key} ${String(key)}`, [key, value]);
  }
}

const MERGE_TAG = `${LONG_TAG_PREFIX}merge`;
/** go-yaml's measure of aliasing: of few nodes 99 in 100 may come from aliases, of many 1 in 10. */
const RATIO = Object.freeze({ few: 400_000, many: 4_000_000, ofFew: 0.99, ofMany: 0.1 });

/** @throws BuiltinError with go-yaml's message */
export function decodeNode(node: YamlNode): YamlValue {
  return new Decoder().decode(node);
}

class Decoder {
  readonly #open = new Set<AliasNode>();
  #count = 0;
  #aliasCount = 0;

  decode(node: YamlNode): YamlValue {
    if (node.kind === "mapping") {
      this.#measure();
      return this.#fill(new YamlMap(), node);
    }
    if (node.kind === "alias") return this.#follow(node, (target) => this.decode(target));
    this.#measure();
    return node.kind === "scalar" ? decodeScalar(node) : node.items.map((item) => this.decode(item));
  }

  #measure(): void {
    this.#count++;
    if (this.#open.size > 0) this.#aliasCount++;
    if (this.#aliasCount <= 100 || this.#count <= 1000) return;
    const share = Math.min(1, Math.max(0, (this.#count - RATIO.few) / (RATIO.many - RATIO.few)));
    const allowed = RATIO.ofFew - (RATIO.ofFew - RATIO.ofMany) * share;
    if (this.#aliasCount / this.#count > allowed) {
      throw new BuiltinError("yaml: document contains excessive aliasing");
    }
  }

  #follow<T>(alias: AliasNode, decode: (target: YamlNode) => T): T {
    this.#measure();
    if (this.#open.has(alias)) throw new BuiltinError(`yaml: anchor '${alias.name}' value contains itself`);
    this.#open.add(alias);
    const value = decode(alias.target);
    this.#open.delete(alias);
    return value;
  }

  #fill(map: YamlMap, node: MappingNode): YamlMap {
    for (const [key, value] of node.pairs) {
      if (isMerge(key)) {
        this.#merge(map, value);
        continue;
      }
      const name = this.decode(key);
      if (name instanceof YamlMap || (typeof name === "object" && name !== null)) {
        throw new BuiltinError("yaml: invalid map key");
      }
      map.set(name, this.decode(value));
    }
    return map;
  }

  /** Into the map as it stands: keys behind the merge win over its keys, and its keys over those in front. */
  #merge(map: YamlMap, node: YamlNode): void {
    if (node.kind === "sequence") {
      for (const item of node.items.toReversed()) this.#mergeOne(map, item);
    } else this.#mergeOne(map, node);
  }

  #mergeOne(map: YamlMap, node: YamlNode): void {
    if (node.kind !== "alias") this.#mergeMapping(map, node);
    else {
      this.#follow(node, (target) => {
        this.#mergeMapping(map, target);
      });
    }
  }

  #mergeMapping(map: YamlMap, node: YamlNode): void {
    if (node.kind !== "mapping") {
      throw new BuiltinError("yaml: map merge requires map or sequence of maps as the value");
    }
    this.#measure();
    this.#fill(map, node);
  }
}

function isMerge(node: YamlNode): boolean {
  return node.kind === "scalar" && node.value === "<<" && (node.isImplicit || node.tag === MERGE_TAG);
}

function decodeScalar({ tag, value, isImplicit }: ScalarNode): Scalar {
  if (tag === "") return isImplicit ? resolvePlain(value).value : value;
  if (tag === BINARY_TAG) return decodeBinary(value);
  const resolved = resolveTagged(tag, value);
  if (resolved === undefined) {
    throw new BuiltinError(`yaml: cannot decode \`${value}\` as a ${tag.replace(LONG_TAG_PREFIX, "!!")}`);
  }
  return resolved.value;
}

function decodeBinary(text: string): string {
  try {
    return decodeGoText(decodeBase64(text, STANDARD_BASE64));
  } catch (thrown) {
    if (!(thrown instanceof BuiltinError)) throw thrown;
    throw new BuiltinError("yaml: !!binary value contains invalid base64 data", { cause: thrown });
  }
}

/**
 * The value as JSON has it, by way of sigs.k8s.io/yaml: keys become text, no number may be infinite.
 *
 * @throws BuiltinError for a null key, one beyond int64, and for .inf and .nan
 */
export function toRego(value: YamlValue): RegoValue {
  if (typeof value === "number") return toNumber(value);
  if (value === null || typeof value !== "object") return value;
  if (!(value instanceof YamlMap)) return value.map(toRego);
  const members = new Map<string, RegoEntry>();
  for (const [key, item] of value.entries.values()) {
    const name = keyText(key);
    members.set(name, [name, toRego(item)]);
  }
  return new RegoObject([...members.values()]);
}

function toNumber(value: number): RegoValue {
  if (!Number.isFinite(value)) throw new BuiltinError(`json: unsupported value: ${String(value)}`);
  const text = Object.is(value, -0) ? "-0" : String(value);
  return /^(?:-?[1-9][0-9]*|0)$/.test(text) ? BigInt(text) : new RegoDecimal(text);
}

function keyText(key: Scalar): string {
  if (typeof key === "string") return key;
  if (typeof key === "boolean") return String(key);
  if (typeof key === "number") return shortFloatText(key);
  if (key === null || key > 2n ** 63n - 1n) throw new BuiltinError("unsupported map key");
  return String(key);
}
