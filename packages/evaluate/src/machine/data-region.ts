import type { OpaExports } from "../module/abi.ts";
import { invalid } from "../module/module.ts";
import type { MemoryView } from "./memory.ts";

/** Keeps OPA's own structures on the boundaries that its compiler expects. */
export const HEAP_ALIGNMENT = 8;
const PAGE_BYTES = 65_536;
const PATH_IS_NO_OBJECT = 2;
/** How many bytes of memory a byte of JSON takes when it is read, at most: short texts and numbers in long lists. */
const MEMORY_PER_BYTE = 16;

/**
 * The data documents in the module's memory: from where the module's own heap ends to where each decision's begins.
 * Whoever gets an error from here drops the machine: what the memory holds is then unknown.
 */
export class DataRegion {
  readonly #exports: OpaExports;
  readonly #memory: MemoryView;
  readonly #base: number;
  readonly #maxBytes: number;
  #address = 0;
  #heap = 0;

  /** The memory grows to at most `maxBytes`. */
  constructor(exports: OpaExports, memory: MemoryView, maxBytes: number) {
    this.#exports = exports;
    this.#memory = memory;
    this.#maxBytes = maxBytes;
    this.#base = align(exports.opa_heap_ptr_get() >>> 0);
  }

  /** Of the documents. */
  get address(): number {
    return this.#address;
  }

  /** Whether a value at this address is part of the documents. */
  holds(address: number): boolean {
    return address >= this.#base && address < this.#heap;
  }

  /** Where a decision's own memory begins. */
  get heap(): number {
    return this.#heap;
  }

  /** How much the documents take, patches and what they replaced included. */
  get bytes(): number {
    return this.#heap - this.#base;
  }

  /** Replaces every document. The bytes were checked to be one JSON object. */
  load(json: Uint8Array): void {
    this.#reserve(this.#base + json.length * MEMORY_PER_BYTE);
    this.#exports.opa_heap_ptr_set(this.#base);
    this.#address = this.#parse(json);
    this.#close();
  }

  /** Whether the value stands there now; false, and nothing has changed, when the path leads through no object. */
  add(path: Uint8Array, value: Uint8Array): boolean {
    this.#exports.opa_heap_ptr_set(this.#heap);
    const [pathAddress, valueAddress] = [this.#parse(path), this.#parse(value)];
    const code = this.#exports.opa_value_add_path(this.#address, pathAddress, valueAddress);
    this.#close();
    if (code === 0) return true;
    if (code === PATH_IS_NO_OBJECT) return false;
    throw invalid(`policy.wasm does not take a change of the data (${code}); replace the documents as a whole.`);
  }

  /** The path's parent is an object. */
  remove(path: Uint8Array): void {
    this.#exports.opa_heap_ptr_set(this.#heap);
    const code = this.#exports.opa_value_remove_path(this.#address, this.#parse(path));
    this.#close();
    if (code !== 0) throw invalid(`policy.wasm does not take a change of the data (${code}); replace them as a whole.`);
  }

  /** All documents as JSON. */
  print(): Uint8Array {
    this.#exports.opa_heap_ptr_set(this.#heap);
    const start = this.#exports.opa_json_dump(this.#address) >>> 0;
    this.#memory.refresh();
    return this.#memory.copyTerminated(start);
  }

  /** Grows the memory at once: the module would do so page by page, a thousand times for a large document. */
  #reserve(end: number): void {
    const present = this.#memory.bytes.length;
    const missing = Math.min(end, this.#maxBytes - PAGE_BYTES) - present;
    if (missing < PAGE_BYTES) return;
    this.#exports.opa_heap_ptr_set(present);
    this.#exports.opa_malloc(missing - PAGE_BYTES);
    this.#memory.refresh();
  }

  #parse(json: Uint8Array): number {
    const start = this.#exports.opa_malloc(json.length) >>> 0;
    this.#memory.refresh();
    this.#memory.bytes.set(json, start);
    const address = this.#exports.opa_json_parse(start, json.length) >>> 0;
    this.#memory.refresh();
    if (address === 0) throw invalid("policy.wasm does not take the pack's data documents; build the pack again.");
    return address;
  }

  #close(): void {
    this.#heap = align(this.#exports.opa_heap_ptr_get() >>> 0);
    this.#memory.refresh();
  }
}

export function align(address: number): number {
  return Math.ceil(address / HEAP_ALIGNMENT) * HEAP_ALIGNMENT;
}
