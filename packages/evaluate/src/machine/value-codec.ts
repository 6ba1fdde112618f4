import type { OpaExports } from "../module/abi.ts";
import type { MemoryView } from "./memory.ts";
import { LAYOUT } from "./value-layout.ts";
import { encodeValueText, parseValueText } from "../values/value-text.ts";
import { RegoObject, RegoSet } from "../values/values.ts";
import type { RegoEntry, RegoValue } from "../values/values.ts";

/**
 * Lists that share parts can be far larger than the memory they stand in; printing them stops at the memory's cap. A
 * text costs one value for each 64 bytes.
 */
const MAX_VALUES = 100_000;
const MAX_DEPTH = 64;
const LEAST_INTEGER = -(2n ** 63n);

/** Carries values between the module's memory and JavaScript. Addresses live until the end of the decision. */
export interface ValueCodec {
  read(address: number): RegoValue;
  /** Returns the address of a new value. */
  write(value: RegoValue): number;
}

/** Through the text that every ABI 1.x module prints and parses. */
export function createTextCodec(exports: OpaExports, memory: MemoryView): ValueCodec {
  return {
    read(address) {
      const text = exports.opa_value_dump(address) >>> 0;
      memory.refresh();
      return parseValueText(memory.readTerminated(text));
    },
    write(value) {
      const text = encodeValueText(value);
      const length = Buffer.byteLength(text);
      const start = exports.opa_malloc(length) >>> 0;
      memory.refresh();
      memory.bytes.write(text, start, length, "utf8");
      const address = exports.opa_value_parse(start, length) >>> 0;
      memory.refresh();
      if (address === 0) throw new TypeError("the module does not take back the value of a builtin");
      return address;
    },
  };
}

/**
 * Values straight from the module's memory, and scalars straight to it; what is large, or not a scalar on its way back,
 * goes through text. Only for a module that `hasKnownLayout` accepted.
 */
export function createLayoutCodec(exports: OpaExports, memory: MemoryView): ValueCodec {
  return new LayoutCodec(exports, memory);
}

class LayoutCodec implements ValueCodec {
  readonly #exports: OpaExports;
  readonly #memory: MemoryView;
  readonly #text: ValueCodec;
  #left = 0;

  constructor(exports: OpaExports, memory: MemoryView) {
    this.#exports = exports;
    this.#memory = memory;
    this.#text = createTextCodec(exports, memory);
  }

  read(address: number): RegoValue {
    this.#left = MAX_VALUES;
    const value = this.#readItem(address, 0);
    return this.#left < 0 ? this.#text.read(address) : value;
  }

  #readItem(address: number, depth: number): RegoValue {
    const { bytes } = this.#memory;
    switch (bytes[address]) {
      case LAYOUT.type.null:
        return null;
      case LAYOUT.type.boolean:
      case LAYOUT.type.internedBoolean:
        return bytes[address + LAYOUT.boolean.value] !== 0;
      case LAYOUT.type.number:
        return this.#readNumber(address);
      case LAYOUT.type.string:
      case LAYOUT.type.internedString:
        return this.#readString(address);
      case LAYOUT.type.array:
        return this.#readArray(address, depth);
      case LAYOUT.type.object:
        return new RegoObject(this.#readEntries(address, depth));
      case LAYOUT.type.set:
        return new RegoSet(this.#readMembers(address, depth));
      case undefined:
      default:
        return this.#text.read(address);
    }
  }

  write(value: RegoValue): number {
    if (typeof value === "string") return this.#writeString(value);
    if (typeof value === "bigint" && fitsInteger(value)) return this.#writeInteger(value);
    return this.#text.write(value);
  }

  #readNumber(address: number): RegoValue {
    const { bytes, data } = this.#memory;
    if (bytes[address + LAYOUT.number.kind] !== LAYOUT.number.integerKind) {
      const start = data.getUint32(address + LAYOUT.number.text, true);
      const length = data.getUint32(address + LAYOUT.number.length, true);
      return parseValueText(bytes.toString("latin1", start, start + length));
    }
    return data.getBigInt64(address + LAYOUT.number.integer, true);
  }

  #readString(address: number): string {
    const { bytes, data } = this.#memory;
    const start = data.getUint32(address + LAYOUT.string.start, true);
    const length = data.getUint32(address + LAYOUT.string.length, true);
    this.#left -= length >>> 6;
    return bytes.toString("utf8", start, start + length);
  }

  /** What it returns is not whole when nothing is left. */
  #readArray(address: number, depth: number): RegoValue[] {
    const memory = this.#memory;
    const length = memory.data.getUint32(address + LAYOUT.array.length, true);
    const elements = memory.data.getUint32(address + LAYOUT.array.elements, true);
    this.#left -= depth < MAX_DEPTH ? length : Number.POSITIVE_INFINITY;
    const items: RegoValue[] = [];
    for (let index = 0; index < length && this.#left >= 0; index++) {
      const element = elements + index * LAYOUT.arrayElement.size;
      items.push(this.#readItem(memory.data.getUint32(element + LAYOUT.arrayElement.value, true), depth + 1));
    }
    return items;
  }

  #readEntries(address: number, depth: number): RegoEntry[] {
    return this.#elements(address, depth, LAYOUT.objectElement.next).map((element) => [
      this.#readItem(this.#wordAt(element), depth + 1),
      this.#readItem(this.#wordAt(element + LAYOUT.objectElement.value), depth + 1),
    ]);
  }

  #readMembers(address: number, depth: number): RegoValue[] {
    const elements = this.#elements(address, depth, LAYOUT.setElement.next);
    return elements.map((element) => this.#readItem(this.#wordAt(element), depth + 1));
  }

  /** Reading a member may have grown the memory. */
  #wordAt(address: number): number {
    return this.#memory.data.getUint32(address, true);
  }

  /** Of a set or an object, none when too little is left for them. */
  #elements(table: number, depth: number, nextAt: number): number[] {
    const { data } = this.#memory;
    const length = data.getUint32(table + LAYOUT.table.length, true);
    const count = data.getUint32(table + LAYOUT.table.bucketCount, true);
    const buckets = data.getUint32(table + LAYOUT.table.buckets, true);
    this.#left -= depth < MAX_DEPTH ? length + (count >>> 3) : Number.POSITIVE_INFINITY;
    const elements: number[] = [];
    for (let bucket = 0; bucket < count && elements.length < length && this.#left >= 0; bucket++) {
      let element = data.getUint32(buckets + bucket * 4, true);
      while (element !== 0 && elements.length < length) {
        elements.push(element);
        element = data.getUint32(element + nextAt, true);
      }
    }
    return elements;
  }

  #writeInteger(value: bigint): number {
    const address = this.#allocate(LAYOUT.number.size);
    const { bytes, data } = this.#memory;
    bytes[address] = LAYOUT.type.number;
    bytes[address + LAYOUT.number.kind] = LAYOUT.number.integerKind;
    data.setBigInt64(address + LAYOUT.number.integer, value, true);
    return address;
  }

  #writeString(value: string): number {
    const length = Buffer.byteLength(value);
    const address = this.#allocate(LAYOUT.string.size + length);
    const { bytes, data } = this.#memory;
    bytes[address] = LAYOUT.type.string;
    bytes[address + LAYOUT.string.owned] = 0;
    data.setUint32(address + LAYOUT.string.length, length, true);
    data.setUint32(address + LAYOUT.string.start, address + LAYOUT.string.size, true);
    bytes.write(value, address + LAYOUT.string.size, length, "utf8");
    return address;
  }

  #allocate(size: number): number {
    const address = this.#exports.opa_malloc(size) >>> 0;
    this.#memory.refresh();
    return address;
  }
}

/** The module prints the least 64-bit integer as a bare sign when it is stored as one; as text it stays whole. */
function fitsInteger(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value && value !== LEAST_INTEGER;
}
