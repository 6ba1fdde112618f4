import type { OpaExports } from "../module/abi.ts";
import { encodeValueText } from "../values/value-text.ts";
import { JsonBuilder } from "./json-builder.ts";
import { align } from "./data-region.ts";
import type { MemoryView } from "./memory.ts";
import { createLayoutCodec, createTextCodec } from "./value-codec.ts";
import { NOT_TAKEN, ValueHeap } from "./value-heap.ts";
import { LAYOUT } from "./value-layout.ts";
import { ValueReader } from "./value-reader.ts";

/** What a wrong guess about the layout could not read or write back. */
const SAMPLES = ["null", "true", "false", "-9223372036854775807", "1.50", '"a\\u0000é😀"', '["x",[7,null],{"k":1}]'];
/** Enough keys for a table to double twice: the module finds each by its hash only. */
const DOCUMENT =
  '{"a":1,"é":[],"😀":{},"subject":"x\\n","resource":-7,"tenant":1.50,"purpose":[0,[true,false,null]],"b":1234567890123456,' +
  '"c":{"a":{"a":"","b":" "}},"d":2e3,"user":["a","b"],"roles":"é","kind":0,"id":"","path":[1,2,3,4,5,6,7,8,9,10,11]}';
const RULES = { maxBytes: 4096, maxDepth: 16, refuseNul: false };

/**
 * Reads samples that the module parsed, and has the module print samples that the host wrote. Another layout, as a
 * later OPA may have, makes one of them differ (or reaches outside the memory), and the host stays with text.
 */
export function hasKnownLayout(exports: OpaExports, memory: MemoryView, arena: number): boolean {
  const check = new LayoutCheck(exports, memory, arena);
  try {
    return SAMPLES.every((sample) => check.carries(sample)) && check.builds(DOCUMENT) && check.asks();
  } catch {
    return false;
  }
}

class LayoutCheck {
  readonly #exports: OpaExports;
  readonly #memory: MemoryView;
  readonly #arena: number;

  constructor(exports: OpaExports, memory: MemoryView, arena: number) {
    this.#exports = exports;
    this.#memory = memory;
    this.#arena = arena;
  }

  /** Scalars and lists, from and to the module. */
  carries(sample: string): boolean {
    const text = createTextCodec(this.#exports, this.#memory);
    const layout = createLayoutCodec(this.#exports, this.#memory);
    const address = this.#parse(sample);
    const value = text.read(address);
    const expected = encodeValueText(value);
    return (
      encodeValueText(layout.read(address)) === expected && encodeValueText(text.read(layout.write(value))) === expected
    );
  }

  /** A document as the module's parser makes it, printed in the same order, and a result of it. */
  builds(document: string): boolean {
    const expected = this.#print(this.#parse(document));
    const heap = new ValueHeap(this.#exports, this.#memory, this.#arena);
    heap.begin(align(this.#exports.opa_heap_ptr_get() >>> 0));
    const start = heap.take(Buffer.byteLength(document) + 1);
    const length = this.#memory.bytes.write(document, start);
    this.#memory.bytes[start + length] = 0;
    const address = new JsonBuilder(heap, RULES).build(start, start + length);
    this.#exports.opa_heap_ptr_set(heap.position);
    if (address === NOT_TAKEN || this.#print(address) !== expected) return false;
    const reader = new ValueReader(this.#memory, createTextCodec(this.#exports, this.#memory), 0);
    const result = reader.readResult(this.#parse(`{{"result": ${document}}}`));
    return JSON.stringify(result) === JSON.stringify(sorted(JSON.parse(document)));
  }

  /** Where `eval` looks for what it is asked. */
  asks(): boolean {
    const exports = this.#exports;
    const context = exports.opa_eval_ctx_new() >>> 0;
    exports.opa_eval_ctx_set_input(context, 11);
    exports.opa_eval_ctx_set_data(context, 12);
    exports.opa_eval_ctx_set_entrypoint(context, 13);
    this.#memory.refresh();
    const { data } = this.#memory;
    const { input, data: documents, entrypoint, result } = LAYOUT.context;
    data.setUint32(context + result, 14, true);
    const read = [input, documents, entrypoint].map((at) => data.getUint32(context + at, true));
    return read.join() === "11,12,13" && exports.opa_eval_ctx_get_result(context) === 14;
  }

  #parse(text: string): number {
    const start = this.#exports.opa_malloc(Buffer.byteLength(text)) >>> 0;
    this.#memory.refresh();
    const length = this.#memory.bytes.write(text, start);
    const address = this.#exports.opa_value_parse(start, length) >>> 0;
    this.#memory.refresh();
    return address;
  }

  #print(address: number): string {
    const text = this.#exports.opa_value_dump(address) >>> 0;
    this.#memory.refresh();
    return this.#memory.readTerminated(text);
  }
}

/** With the keys of each object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
