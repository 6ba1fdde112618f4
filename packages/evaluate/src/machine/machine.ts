import { EvaluationError, messageOf } from "@policy-pack/pack";

import { ABI_MINOR_GLOBAL, ABI_VERSION, ABI_VERSION_GLOBAL, HOST_MODULE, MINIMUM_ABI_MINOR } from "../module/abi.ts";
import type { HostFunctions, OpaExports } from "../module/abi.ts";
import type { BuiltinErrorReport, DecideOptions, DecisionValue } from "../decision.ts";
import { readNames } from "../module/names.ts";
import { align, DataRegion, HEAP_ALIGNMENT } from "./data-region.ts";
import { AnswerNumbers } from "./answer-numbers.ts";
import { BuiltinHost } from "./builtin-host.ts";
import type { BuiltinSources } from "./builtin-host.ts";
import type { BuiltinFamily } from "../builtins/builtin.ts";
import { InputWriter } from "./input-writer.ts";
import type { InputTarget } from "./input-writer.ts";
import { wasmEngine } from "../module/engine.ts";
import type { WasmExports, WasmMemory, WasmModule } from "../module/engine.ts";
import { hasKnownLayout } from "./layout-check.ts";
import { PolicyAbort } from "./policy-abort.ts";
import type { EvaluationLimits } from "../limits.ts";
import { MemoryView } from "./memory.ts";
import { invalid } from "../module/module.ts";
import { KEPT_MEMORY_BYTES, KEPT_MEMORY_GLOBAL } from "../substitution/kept-memory.ts";
import { NO_ORDER, VISITING_ID, WIDENING } from "../substitution/substitutes.ts";
import type { PolicyModule } from "../module/module.ts";
import { DirectEvaluation } from "./direct-evaluation.ts";
import type { Evaluation } from "./evaluation.ts";
import { createFastBuiltins, NO_FAST_BUILTINS } from "./fast-builtins.ts";
import type { FastBuiltins } from "./fast-builtins.ts";
import { TextEvaluation } from "./text-evaluation.ts";
import { createLayoutCodec, createTextCodec } from "./value-codec.ts";
import type { ValueCodec } from "./value-codec.ts";
import { ARENA_BYTES, ValueHeap } from "./value-heap.ts";
import { ValueReader } from "./value-reader.ts";
import { VisitingOrder } from "./visiting-order.ts";

const PAGE_BYTES = 65_536;

/** What a machine decides with, the same for each that a policy starts. */
export interface MachineOptions {
  readonly builtins: BuiltinFamily;
  readonly limits: EvaluationLimits;
  readonly sources: BuiltinSources;
  readonly strictBuiltinErrors: boolean;
  /** Refuse inputs with U+0000. */
  readonly refuseNul: boolean;
}

let inputSerials = 0;

/**
 * One running module with its data loaded once. Between decisions the heap goes back to where the data ends. After a
 * trap or an abort its stack pointer is wrong for good: drop it and start another.
 */
export class Machine {
  readonly entrypoints: ReadonlyMap<string, number>;
  /** The host's builtins that the module calls, by the names in its own table. */
  readonly required: ReadonlyMap<string, number>;
  readonly data: DataRegion;
  /** All that the host answers, those among it that the module would have answered itself. */
  readonly #called: ReadonlyMap<string, number>;
  /** Another one for each input that any machine takes in. */
  inputSerial = 0;
  readonly #exports: OpaExports;
  readonly #memory: MemoryView;
  readonly #host = new BuiltinHost();
  /** Both above the module's constants, below the data. */
  readonly #kept: number;
  readonly #arena: number;
  #evaluation: Evaluation | undefined;
  #order: VisitingOrder | undefined;

  /** Instantiates the module and reads its tables of names: it decides nothing before `start`. */
  constructor(policy: PolicyModule, limits: EvaluationLimits) {
    const memory = createMemory(policy, limits);
    this.#memory = new MemoryView(memory);
    const { exports } = instantiate(policy.module, memory, this.#imports());
    this.#exports = exports as unknown as OpaExports;
    checkAbi(exports);
    // Below the arena, so that nothing that is written there too far could reach what the module keeps.
    this.#kept = align(this.#exports.opa_malloc(KEPT_MEMORY_BYTES + HEAP_ALIGNMENT) >>> 0);
    this.#arena = align(this.#exports.opa_malloc(ARENA_BYTES + HEAP_ALIGNMENT) >>> 0);
    this.#memory.refresh();
    this.data = new DataRegion(this.#exports, this.#memory, maximumPages(policy, limits) * PAGE_BYTES);
    this.entrypoints = readNames(this.#exports, this.#memory, "entrypoints");
    this.required = readNames(this.#exports, this.#memory, "builtins");
    this.#called = new Map([...this.required, ...policy.substitutes]);
  }

  /** @throws EvaluationError WASM_INVALID naming every builtin that is not there */
  start(options: MachineOptions): void {
    const [exports, memory, data] = [this.#exports, this.#memory, this.data];
    const { maxInputBytes, maxInputDepth } = options.limits;
    const rules = { maxBytes: maxInputBytes, maxDepth: maxInputDepth, refuseNul: options.refuseNul };
    const parts = {
      exports,
      memory,
      data,
      writer: new InputWriter(this.#inputTarget(), { name: "input", takesRego: true, ...rules }),
    };
    // Integers of 64 bits are safe only in a module whose arithmetic was widened for them.
    if (!this.#called.has(WIDENING) || !hasKnownLayout(exports, memory, this.#arena)) {
      this.#startHost(options, createTextCodec(exports, memory), NO_FAST_BUILTINS);
      this.#evaluation = new TextEvaluation(parts);
      return;
    }
    const codec = createLayoutCodec(exports, memory);
    const heap = new ValueHeap(exports, memory, this.#arena);
    const numbers = new AnswerNumbers(exports, memory);
    keepIn(exports, memory, this.#kept);
    this.#startHost(options, codec, createFastBuiltins(heap, numbers));
    this.#order = new VisitingOrder(memory, codec, (address) => data.holds(address));
    const reader = new ValueReader(memory, codec, this.#arena);
    this.#evaluation = new DirectEvaluation({ ...parts, heap, numbers, reader, rules });
  }

  #startHost({ builtins, sources, strictBuiltinErrors }: MachineOptions, codec: ValueCodec, fast: FastBuiltins): void {
    this.#host.start({ builtins, required: this.#called, sources, codec, fast, strict: strictBuiltinErrors });
  }

  /** Takes in the input of the evaluations that follow. `undefined` is no input. */
  takeInput(input: unknown): void {
    this.inputSerial = ++inputSerials;
    this.#started().takeInput(input);
  }

  /** The data is about to change, and with it where an input may stand. */
  forgetInput(): void {
    this.inputSerial = 0;
    this.#order?.forget();
  }

  /** Asks about the input that was taken in last; what the policy answers is read next. */
  evaluate(entrypoint: number, options: DecideOptions | undefined): void {
    this.#host.startDecision(options);
    this.#order?.startDecision();
    this.#started().evaluate(entrypoint);
  }

  readValue(entrypoint: string): DecisionValue {
    return this.#started().readValue(entrypoint);
  }

  /** As exact JSON text. */
  readText(entrypoint: string): string {
    return this.#started().readText(entrypoint);
  }

  #started(): Evaluation {
    if (this.#evaluation === undefined) throw new TypeError("the machine has not started");
    return this.#evaluation;
  }

  /** Of the decision before. */
  get builtinErrors(): readonly BuiltinErrorReport[] {
    return this.#host.errors;
  }

  #imports(): HostFunctions {
    const host = this.#host;
    return {
      opa_abort: (address) => {
        this.#memory.refresh();
        throw new PolicyAbort(this.#memory.readTerminated(address >>> 0));
      },
      opa_println: (address) => {
        this.#memory.refresh();
        host.print(this.#memory.readTerminated(address >>> 0));
      },
      opa_builtin0: (id) => host.callConstant(id),
      opa_builtin1: (id, _context, first) => host.callFast(id, first, 0, 0) || host.call(id, [first]),
      opa_builtin2: (id, _context, first, second) =>
        id === VISITING_ID
          ? this.#next(first >>> 0, second >>> 0)
          : host.callFast(id, first, second, 0) || host.call(id, [first, second]),
      opa_builtin3: (id, _context, first, second, third) =>
        host.callFast(id, first, second, third) || host.call(id, [first, second, third]),
      opa_builtin4: (id, _context, first, second, third, fourth) => host.call(id, [first, second, third, fourth]),
    };
  }

  #next(collection: number, previous: number): number {
    return this.#order === undefined ? NO_ORDER : this.#order.next(collection, previous);
  }

  #inputTarget(): InputTarget {
    const memory = this.#memory;
    const exports = this.#exports;
    return {
      get bytes() {
        return memory.bytes;
      },
      /**
       * The module grows its own memory, since its allocator must know where the memory ends. It writes the head of a
       * block where the heap starts: behind what is written.
       */
      grow(written: number, length: number) {
        exports.opa_heap_ptr_set(written);
        exports.opa_malloc(length);
        memory.refresh();
      },
    };
  }
}

function maximumPages({ memory }: PolicyModule, limits: EvaluationLimits): number {
  const cap = Math.floor(limits.maxMemoryBytes / PAGE_BYTES);
  return Math.min(cap, memory.maximumPages ?? cap);
}

function createMemory(policy: PolicyModule, limits: EvaluationLimits): WasmMemory {
  const maximum = maximumPages(policy, limits);
  const initial = policy.memory.minimumPages;
  if (initial > maximum) {
    const [needed, allowed] = [initial * PAGE_BYTES, maximum * PAGE_BYTES];
    throw invalid(`policy.wasm starts with ${needed} bytes of memory; ${allowed} are allowed. Raise maxMemoryBytes.`);
  }
  return new wasmEngine.Memory({ initial, maximum });
}

function instantiate(module: WasmModule, memory: WasmMemory, functions: HostFunctions) {
  return new wasmEngine.Instance(module, { [HOST_MODULE]: { memory, ...functions } });
}

function checkAbi(exports: WasmExports): void {
  const [version, minor] = [globalOf(exports, ABI_VERSION_GLOBAL), globalOf(exports, ABI_MINOR_GLOBAL)];
  if (version === ABI_VERSION && minor !== undefined && minor >= MINIMUM_ABI_MINOR) return;
  throw invalid(
    `policy.wasm has OPA's WASM ABI ${version ?? "?"}.${minor ?? "?"}; ` +
      `this host needs ${ABI_VERSION}.${MINIMUM_ABI_MINOR} or a later ${ABI_VERSION}.x. Build the pack again.`,
  );
}

function globalOf(exports: WasmExports, name: string): number | undefined {
  const exported = exports[name];
  if (typeof exported !== "object" || exported === null || !("value" in exported)) return undefined;
  return typeof exported.value === "number" ? exported.value : undefined;
}

/** Tells the module where to keep what it found out; one whose functions have other names finds it out each time. */
function keepIn(exports: OpaExports, memory: MemoryView, address: number): void {
  const kept = (exports as unknown as WasmExports)[KEPT_MEMORY_GLOBAL] as { value: number } | undefined;
  if (kept === undefined) return;
  memory.bytes.fill(0, address, address + KEPT_MEMORY_BYTES);
  kept.value = address;
}

/** What the module's allocator says at the cap. */
const OUT_OF_MEMORY = "opa_malloc: failed";
/** A policy may abort with a text of any length. */
const MAX_REASON_LENGTH = 1000;

/** What went wrong in the module, as the one error that callers know. */
export function toEvaluationError(thrown: unknown): EvaluationError {
  if (thrown instanceof EvaluationError) return thrown;
  const reason = messageOf(thrown).slice(0, MAX_REASON_LENGTH);
  if (thrown instanceof PolicyAbort && reason === OUT_OF_MEMORY) {
    const message = "The policy needs more memory than it may take; send a smaller input, or raise maxMemoryBytes.";
    return new EvaluationError("MEMORY_EXCEEDED", message, { cause: thrown });
  }
  return new EvaluationError(
    "EVALUATION_FAILED",
    thrown instanceof PolicyAbort ? `The policy stopped: ${reason}.` : `The policy could not be evaluated: ${reason}.`,
    { cause: thrown },
  );
}
