import type { DecisionValue } from "../decision.ts";
import { VALUE_FORMAT } from "../module/abi.ts";
import type { OpaExports } from "../module/abi.ts";
import { align } from "./data-region.ts";
import type { DataRegion } from "./data-region.ts";
import type { Evaluation } from "./evaluation.ts";
import type { InputWriter } from "./input-writer.ts";
import type { MemoryView } from "./memory.ts";
import { readResult, readResultText } from "./result.ts";

/** What both ways to evaluate work on. */
export interface EvaluationParts {
  readonly exports: OpaExports;
  readonly memory: MemoryView;
  readonly data: DataRegion;
  readonly writer: InputWriter;
}

/** By text in and text out, as every module of ABI 1.2 takes it: each evaluation parses the input anew. */
export class TextEvaluation implements Evaluation {
  readonly #parts: EvaluationParts;
  #inputEnd = 0;
  #result = 0;

  constructor(parts: EvaluationParts) {
    this.#parts = parts;
  }

  takeInput(input: unknown): void {
    const { data, writer } = this.#parts;
    this.#inputEnd = input === undefined ? data.heap : writer.write(input, data.heap);
  }

  evaluate(entrypoint: number): void {
    const { data, exports, memory } = this.#parts;
    const start = data.heap;
    const length = this.#inputEnd - start;
    const input = length === 0 ? 0 : start;
    const heap = align(this.#inputEnd);
    this.#result = exports.opa_eval(0, entrypoint, data.address, input, length, heap, VALUE_FORMAT) >>> 0;
    memory.refresh();
  }

  readValue(entrypoint: string): DecisionValue {
    return readResult(this.#parts.memory, this.#result, entrypoint);
  }

  readText(entrypoint: string): string {
    return readResultText(this.#parts.memory, this.#result, entrypoint);
  }
}
