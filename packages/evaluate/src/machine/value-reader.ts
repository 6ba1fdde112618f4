import type { DecisionValue } from "../decision.ts";
import { toDecisionValue } from "../values/decision-value.ts";
import { parseValueText } from "../values/value-text.ts";
import { compareStrings, isRegoArray, RegoDecimal, RegoSet } from "../values/values.ts";
import type { RegoValue } from "../values/values.ts";
import type { MemoryView } from "./memory.ts";
import type { ValueCodec } from "./value-codec.ts";
import { LAYOUT } from "./value-layout.ts";

/** Values that share parts can be far larger than the memory they stand in; printing them stops at the memory's cap. */
const MAX_VALUES = 1_000_000;
const MAX_DEPTH = 512;
/** Texts of the module's own data are read once; there are no more of them than the policy has words. */
const MAX_KEPT_TEXTS = 4096;

/** A text counts as one value for so many of its bytes, as a power of two: each place where it stands gets a copy. */
const BYTES_SHIFT = 6;

type Items = Record<string, DecisionValue>;

/** A value that is not read here: too large, too deep, or with parts outside the memory. */
class Unread extends Error {}

/**
 * Reads a decision straight from the module's memory. Only for a module that `hasKnownLayout` accepted; what it finds
 * there is still bounded.
 */
export class ValueReader {
  readonly #memory: MemoryView;
  readonly #codec: ValueCodec;
  /** Below it stand the module's constants, which never change. */
  readonly #constantsEnd: number;
  readonly #texts = new Map<number, string>();
  /** The text that was read last: rows of an answer often share one. */
  #lastAddress = 0;
  #lastText = "";
  #left = 0;

  constructor(memory: MemoryView, codec: ValueCodec, constantsEnd: number) {
    this.#memory = memory;
    this.#codec = codec;
    this.#constantsEnd = constantsEnd;
  }

  /** The value of a result set of one member, or undefined where the text path has to look. */
  readResult(set: number): DecisionValue | undefined {
    this.#left = MAX_VALUES;
    this.#lastAddress = 0;
    try {
      const result = this.#onlyElement(set, LAYOUT.type.set);
      const entry = result === undefined ? undefined : this.#onlyElement(this.#wordAt(result), LAYOUT.type.object);
      if (entry === undefined || this.#text(this.#wordAt(entry)) !== "result") return undefined;
      return this.#value(this.#wordAt(entry + LAYOUT.objectElement.value), 0);
    } catch (thrown) {
      // Outside of the memory there is nothing to read.
      if (thrown instanceof Unread || thrown instanceof RangeError) return undefined;
      throw thrown;
    }
  }

  /** The element of a set or an object that has one. */
  #onlyElement(table: number, type: number): number | undefined {
    if (this.#memory.bytes[table] !== type || this.#wordAt(table + LAYOUT.table.length) !== 1) return undefined;
    const count = this.#wordAt(table + LAYOUT.table.bucketCount);
    const buckets = this.#wordAt(table + LAYOUT.table.buckets);
    this.#spend(count);
    for (let bucket = 0; bucket < count; bucket++) {
      const element = this.#wordAt(buckets + bucket * 4);
      if (element !== 0) return element;
    }
    return undefined;
  }

  #value(address: number, depth: number): DecisionValue {
    this.#spend(1);
    if (depth > MAX_DEPTH) throw new Unread();
    switch (this.#memory.bytes[address]) {
      case LAYOUT.type.null:
        return null;
      case LAYOUT.type.boolean:
      case LAYOUT.type.internedBoolean:
        return this.#memory.bytes[address + LAYOUT.boolean.value] !== 0;
      case LAYOUT.type.number:
        return this.#number(address);
      case LAYOUT.type.string:
      case LAYOUT.type.internedString:
        return this.#text(address);
      case LAYOUT.type.array:
        return this.#array(address, depth + 1);
      case LAYOUT.type.object:
        return this.#object(address, depth + 1);
      case undefined:
        throw new Unread();
      default:
        // A set: its order needs all of its members.
        return this.#converted(address);
    }
  }

  /** By way of Rego's own values, which may be many. */
  #converted(address: number): DecisionValue {
    const value = this.#codec.read(address);
    this.#spend(weightOf(value));
    return toDecisionValue(value);
  }

  #number(address: number): DecisionValue {
    if (this.#memory.bytes[address + LAYOUT.number.kind] === LAYOUT.number.integerKind) {
      const low = this.#wordAt(address + LAYOUT.number.integer);
      const high = this.#wordAt(address + LAYOUT.number.integer + 4) | 0;
      const number = high * 2 ** 32 + low;
      return Number.isSafeInteger(number) ? number : this.#converted(address);
    }
    const start = this.#wordAt(address + LAYOUT.number.text);
    return toDecisionValue(parseValueText(this.#slice(start, this.#wordAt(address + LAYOUT.number.length))));
  }

  #text(address: number): string {
    const kept = this.#texts.get(address);
    if (kept !== undefined) return kept;
    if (address === this.#lastAddress && address !== 0) return this.#lastText;
    const start = this.#wordAt(address + LAYOUT.string.start);
    const text = this.#slice(start, this.#wordAt(address + LAYOUT.string.length));
    const constant = address < this.#constantsEnd && start < this.#constantsEnd;
    if (constant && this.#texts.size < MAX_KEPT_TEXTS) this.#texts.set(address, text);
    this.#lastAddress = address;
    this.#lastText = text;
    return text;
  }

  #slice(start: number, length: number): string {
    const { bytes } = this.#memory;
    if (start + length > bytes.length) throw new Unread();
    this.#spend(length >>> BYTES_SHIFT);
    return bytes.toString("utf8", start, start + length);
  }

  #array(address: number, depth: number): DecisionValue[] {
    const length = this.#wordAt(address + LAYOUT.array.length);
    const elements = this.#wordAt(address + LAYOUT.array.elements);
    this.#spend(length);
    const items: DecisionValue[] = [];
    for (let index = 0; index < length; index++) {
      const element = elements + index * LAYOUT.arrayElement.size;
      items.push(this.#value(this.#wordAt(element + LAYOUT.arrayElement.value), depth));
    }
    return items;
  }

  #object(address: number, depth: number): DecisionValue {
    const entries = this.#entries(address, depth);
    if (entries === undefined) return this.#converted(address);
    const object: Items = {};
    for (const { key, value } of entries) {
      if (key !== "__proto__") object[key] = value;
      else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return object;
  }

  /** Sorted; undefined when a key is no string. */
  #entries(address: number, depth: number): readonly Entry[] | undefined {
    const count = this.#wordAt(address + LAYOUT.table.bucketCount);
    const buckets = this.#wordAt(address + LAYOUT.table.buckets);
    this.#spend(count);
    const entries: Entry[] = [];
    for (let bucket = 0; bucket < count; bucket++) {
      let element = this.#wordAt(buckets + bucket * 4);
      while (element !== 0) {
        const key = this.#wordAt(element + LAYOUT.objectElement.key);
        const type = this.#memory.bytes[key];
        if (type !== LAYOUT.type.string && type !== LAYOUT.type.internedString) return undefined;
        const value = this.#value(this.#wordAt(element + LAYOUT.objectElement.value), depth);
        entries.push({ key: this.#text(key), value });
        element = this.#wordAt(element + LAYOUT.objectElement.next);
      }
    }
    return entries.length > MAX_INSERTED ? entries.sort(compareEntries) : insertAll(entries);
  }

  #wordAt(address: number): number {
    return this.#memory.data.getUint32(address, true);
  }

  #spend(values: number): void {
    this.#left -= values;
    if (this.#left < 0) throw new Unread();
  }
}

function weightOf(value: RegoValue): number {
  if (typeof value === "string") return 1 + (value.length >>> BYTES_SHIFT);
  if (value === null || typeof value !== "object" || value instanceof RegoDecimal) return 1;
  const parts = value instanceof RegoSet ? value.members : isRegoArray(value) ? value : value.entries.flat();
  return parts.reduce<number>((sum, part) => sum + weightOf(part), 1);
}

/** Up to here sorting by insertion beats the engine's own. */
const MAX_INSERTED = 16;

interface Entry {
  readonly key: string;
  readonly value: DecisionValue;
}

function compareEntries(left: Entry, right: Entry): number {
  return compareStrings(left.key, right.key);
}

/** Sorts the few entries where they are. */
function insertAll(entries: Entry[]): readonly Entry[] {
  for (let next = 1; next < entries.length; next++) {
    const entry = entries[next];
    let at = next;
    for (let before = entries[at - 1]; at > 0 && entry !== undefined; before = entries[at - 1]) {
      if (before === undefined || compareEntries(before, entry) <= 0) break;
      entries[at] = before;
      at -= 1;
    }
    if (entry !== undefined) entries[at] = entry;
  }
  return entries;
}
