import { isUint8Array } from "node:util/types";

import type { DecisionValue } from "../decision.ts";
import { JsonText } from "../json-text.ts";
import type { AnswerNumbers } from "./answer-numbers.ts";
import { align } from "./data-region.ts";
import type { Evaluation } from "./evaluation.ts";
import { JsonBuilder } from "./json-builder.ts";
import { readResult, readResultText } from "./result.ts";
import type { EvaluationParts } from "./text-evaluation.ts";
import { ValueBuilder } from "./value-builder.ts";
import type { BuilderRules } from "./value-builder.ts";
import { NOT_TAKEN } from "./value-heap.ts";
import type { ValueHeap } from "./value-heap.ts";
import { LAYOUT } from "./value-layout.ts";
import type { ValueReader } from "./value-reader.ts";

const NO_INPUT = 0;

export interface DirectParts extends EvaluationParts {
  readonly heap: ValueHeap;
  readonly reader: ValueReader;
  readonly numbers: AnswerNumbers;
  readonly rules: BuilderRules;
}

/**
 * By values in memory: the input is built where the module's parser would put it, stays for further questions, and the
 * answer is read where it stands. What is out of the ordinary, in or out, goes by text as in TextEvaluation.
 */
export class DirectEvaluation implements Evaluation {
  readonly #parts: DirectParts;
  readonly #values: ValueBuilder;
  readonly #json: JsonBuilder;
  #input = NO_INPUT;
  #inputEnd = 0;
  #result = 0;

  constructor(parts: DirectParts) {
    this.#parts = parts;
    this.#values = new ValueBuilder(parts.heap, parts.rules);
    this.#json = new JsonBuilder(parts.heap, parts.rules);
  }

  takeInput(input: unknown): void {
    const { heap, data } = this.#parts;
    heap.begin(data.heap);
    this.#input = input === undefined ? NO_INPUT : this.#build(input);
    if (this.#input === NOT_TAKEN && input !== undefined) this.#parse(input);
    else this.#inputEnd = heap.position;
  }

  #build(input: unknown): number {
    if (ArrayBuffer.isView(input) && isUint8Array(input)) return this.#buildJson(input);
    if (input instanceof JsonText) return this.#buildJson(Buffer.from(input.text));
    return this.#values.build(input);
  }

  /** The copy is what gets read: the caller's bytes may change at any time. */
  #buildJson(json: Uint8Array): number {
    const { heap, memory, rules } = this.#parts;
    if (json.length > rules.maxBytes) return NOT_TAKEN;
    const start = heap.take(json.length + 1);
    memory.bytes.set(json, start);
    memory.bytes[start + json.length] = 0;
    return this.#json.build(start, start + json.length);
  }

  #parse(input: unknown): void {
    const { data, exports, memory, writer } = this.#parts;
    const end = writer.write(input, data.heap);
    exports.opa_heap_ptr_set(align(end));
    const [start, length] = [data.heap, end - data.heap];
    this.#input =
      (writer.isRego ? exports.opa_value_parse(start, length) : exports.opa_json_parse(start, length)) >>> 0;
    this.#inputEnd = exports.opa_heap_ptr_get() >>> 0;
    memory.refresh();
    if (this.#input === NO_INPUT) throw new Error("the module does not take the input");
  }

  evaluate(entrypoint: number): void {
    const { data, exports, heap, memory, numbers } = this.#parts;
    heap.begin(align(this.#inputEnd));
    const context = heap.take(LAYOUT.context.size);
    numbers.begin(heap);
    const { words } = memory;
    const word = context >>> 2;
    words[word] = this.#input;
    words[word + 1] = data.address;
    words[word + 2] = 0;
    words[word + 3] = entrypoint;
    exports.opa_heap_ptr_set(heap.position);
    const failed = exports.eval(context);
    memory.refresh();
    if (failed !== 0) throw new Error("eval failed");
    this.#result = memory.words[word + 2] ?? 0;
  }

  readValue(entrypoint: string): DecisionValue {
    const value = this.#parts.reader.readResult(this.#result);
    return value === undefined ? readResult(this.#parts.memory, this.#print(), entrypoint) : value;
  }

  readText(entrypoint: string): string {
    return readResultText(this.#parts.memory, this.#print(), entrypoint);
  }

  #print(): number {
    const { exports, memory } = this.#parts;
    const text = exports.opa_value_dump(this.#result) >>> 0;
    memory.refresh();
    return text;
  }
}
