import type { OpaExports } from "../module/abi.ts";
import type { MemoryView } from "./memory.ts";
import { INTEGER_BYTES } from "./value-heap.ts";
import type { ValueHeap } from "./value-heap.ts";
import { LAYOUT } from "./value-layout.ts";

/** Most decisions call fewer builtins. */
const SLOTS = 16;

/** Integers that builtins answer: the first of a decision in room that is there already, the others as the module allocates. */
export class AnswerNumbers {
  readonly #exports: OpaExports;
  readonly #memory: MemoryView;
  #next = 0;
  #end = 0;

  constructor(exports: OpaExports, memory: MemoryView) {
    this.#exports = exports;
    this.#memory = memory;
  }

  /** Takes its room of the memory of the evaluation that follows. */
  begin(heap: ValueHeap): void {
    this.#next = heap.take(SLOTS * INTEGER_BYTES);
    this.#end = this.#next + SLOTS * INTEGER_BYTES;
  }

  /** The address of `high` times 2^32 and `low`, each an integer that a double carries. */
  write(low: number, high = 0): number {
    const address = this.#take();
    const { bytes, data } = this.#memory;
    bytes[address] = LAYOUT.type.number;
    bytes[address + LAYOUT.number.kind] = LAYOUT.number.integerKind;
    data.setUint32(address + LAYOUT.number.integer, low, true);
    data.setUint32(address + LAYOUT.number.integer + 4, high + Math.floor(low / 2 ** 32), true);
    return address;
  }

  /** The address of the number that has this text. */
  writeText(text: string): number {
    const address = this.#exports.opa_malloc(LAYOUT.number.size + text.length) >>> 0;
    this.#memory.refresh();
    const { bytes, data } = this.#memory;
    const start = address + LAYOUT.number.size;
    for (let index = 0; index < text.length; index++) bytes[start + index] = text.charCodeAt(index);
    bytes[address] = LAYOUT.type.number;
    bytes[address + LAYOUT.number.kind] = LAYOUT.number.textKind;
    data.setUint32(address + LAYOUT.number.text, start, true);
    data.setUint32(address + LAYOUT.number.length, text.length, true);
    bytes[address + LAYOUT.number.owned] = 0;
    return address;
  }

  #take(): number {
    if (this.#next < this.#end) {
      const address = this.#next;
      this.#next += INTEGER_BYTES;
      return address;
    }
    const address = this.#exports.opa_malloc(LAYOUT.number.size) >>> 0;
    this.#memory.refresh();
    return address;
  }
}
