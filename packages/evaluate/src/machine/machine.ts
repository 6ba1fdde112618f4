import { EvaluationError, messageOf } from "@policy-pack/pack";

import {
  ABI_MINOR_GLOBAL,
  ABI_VERSION,
  ABI_VERSION_GLOBAL,
  HOST_FUNCTIONS,
  HOST_MODULE,
  MINIMUM_ABI_MINOR,
  VALUE_FORMAT,
} from "../module/abi.ts";
import type { HostFunctions, OpaExports } from "../module/abi.ts";
import { BuiltinHost } from "./builtin-host.ts";
import type { BuiltinSources } from "./builtin-host.ts";
import type { BuiltinFamily } from "../builtins/builtin.ts";
import { InputWriter } from "./input-writer.ts";
import type { InputTarget } from "./input-writer.ts";
import { wasmEngine } from "../module/engine.ts";
import type { WasmExports, WasmMemory, WasmModule } from "../module/engine.ts";
import { hasKnownLayout } from "./layout-check.ts";
import type { EvaluationLimits } from "../limits.ts";
import { MemoryView } from "./memory.ts";
import { invalid } from "../module/module.ts";
import type { PolicyModule } from "../module/module.ts";
import { createLayoutCodec, createTextCodec } from "./value-codec.ts";
import { RegoObject } from "../values/values.ts";
import { parseValueText } from "../values/value-text.ts";

const PAGE_BYTES = 65_536;
/** Keeps OPA's own structures on the boundaries that its compiler expects. */
const HEAP_ALIGNMENT = 8;

export interface MachineOptions {
  /** The data documents as JSON. */
  readonly data: Uint8Array;
  readonly builtins: BuiltinFamily;
  readonly limits: EvaluationLimits;
  readonly sources: BuiltinSources;
}

/** What `opa_abort` says: the policy itself stopped, as on two values for one complete rule. */
export class PolicyAbort extends Error {}

/**
 * One running module with its data loaded once. Between decisions the heap goes back to where the data ends. After a
 * trap or an abort its stack pointer is wrong for good: drop it and start another.
 */
export class Machine {
  readonly entrypoints: ReadonlyMap<string, number>;
  readonly #exports: OpaExports;
  readonly #memory: MemoryView;
  readonly #host: BuiltinHost;
  readonly #writer: InputWriter;
  readonly #dataAddress: number;
  readonly #heap: number;

  constructor(policy: PolicyModule, options: MachineOptions) {
    const memory = createMemory(policy, options.limits);
    this.#memory = new MemoryView(memory);
    this.#host = new BuiltinHost(options.builtins, options.sources);
    const { exports } = instantiate(policy.module, memory, this.#imports());
    this.#exports = exports as unknown as OpaExports;
    checkAbi(exports);
    this.entrypoints = readNames(this.#exports, this.#memory, this.#exports.entrypoints());
    const known = hasKnownLayout(this.#exports, this.#memory);
    const createCodec = known ? createLayoutCodec : createTextCodec;
    this.#host.start(
      readNames(this.#exports, this.#memory, this.#exports.builtins()),
      createCodec(this.#exports, this.#memory),
    );
    this.#dataAddress = this.#loadJson(options.data);
    this.#heap = align(this.#exports.opa_heap_ptr_get() >>> 0);
    this.#writer = new InputWriter(this.#inputTarget(), {
      name: "input",
      maxBytes: options.limits.maxInputBytes,
      maxDepth: options.limits.maxInputDepth,
    });
  }

  /** Where the text of the result set starts; read it before the next decision. */
  evaluate(entrypoint: number, input: unknown): number {
    this.#host.startDecision();
    const start = this.#heap;
    const end = input === undefined ? start : this.#writer.write(input, start);
    const result = this.#exports.opa_eval(
      0,
      entrypoint,
      this.#dataAddress,
      end === start ? 0 : start,
      end - start,
      align(end),
      VALUE_FORMAT,
    );
    this.#memory.refresh();
    return result >>> 0;
  }

  get memory(): MemoryView {
    return this.#memory;
  }

  #imports(): HostFunctions {
    const host = this.#host;
    return {
      opa_abort: (address) => {
        this.#memory.refresh();
        throw new PolicyAbort(this.#memory.readTerminated(address >>> 0));
      },
      opa_println: () => undefined,
      opa_builtin0: (id) => host.callConstant(id),
      opa_builtin1: (id, _context, first) => host.call(id, [first]),
      opa_builtin2: (id, _context, first, second) => host.call(id, [first, second]),
      opa_builtin3: (id, _context, first, second, third) => host.call(id, [first, second, third]),
      opa_builtin4: (id, _context, first, second, third, fourth) => host.call(id, [first, second, third, fourth]),
    };
  }

  #loadJson(json: Uint8Array): number {
    const start = this.#exports.opa_malloc(json.length) >>> 0;
    this.#memory.refresh();
    this.#memory.bytes.set(json, start);
    const address = this.#exports.opa_json_parse(start, json.length) >>> 0;
    this.#memory.refresh();
    if (address === 0) throw invalid("policy.wasm does not take the pack's data documents; build the pack again.");
    return address;
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

/**
 * The builtins that a module calls, by the names in its own table. Nothing else of it runs.
 *
 * @throws EvaluationError WASM_INVALID
 */
export function readRequiredBuiltins(policy: PolicyModule, limits: EvaluationLimits): readonly string[] {
  const memory = createMemory(policy, limits);
  const refuse = (): never => {
    throw invalid("policy.wasm calls its host before it is asked anything; do not use this pack.");
  };
  const functions = Object.fromEntries(HOST_FUNCTIONS.map((name) => [name, refuse])) as unknown as HostFunctions;
  const { exports } = instantiate(policy.module, memory, functions);
  checkAbi(exports);
  const opa = exports as unknown as OpaExports;
  return [...readNames(opa, new MemoryView(memory), opa.builtins()).keys()];
}

/** The module's tables of names are objects of name to number. */
function readNames(exports: OpaExports, memory: MemoryView, address: number): Map<string, number> {
  const text = exports.opa_value_dump(address) >>> 0;
  memory.refresh();
  const table = parseValueText(memory.readTerminated(text));
  const names = new Map<string, number>();
  for (const [name, id] of table instanceof RegoObject ? table.entries : []) {
    if (typeof name === "string" && typeof id === "bigint") names.set(name, Number(id));
  }
  return names;
}

function createMemory({ memory }: PolicyModule, limits: EvaluationLimits): WasmMemory {
  const cap = Math.floor(limits.maxMemoryBytes / PAGE_BYTES);
  const maximum = Math.min(cap, memory.maximumPages ?? cap);
  const initial = memory.minimumPages;
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

function align(address: number): number {
  return Math.ceil(address / HEAP_ALIGNMENT) * HEAP_ALIGNMENT;
}

/** What went wrong in the module, as the one error that callers know. */
export function toEvaluationError(thrown: unknown): EvaluationError {
  if (thrown instanceof EvaluationError) return thrown;
  const reason = messageOf(thrown);
  return new EvaluationError(
    "EVALUATION_FAILED",
    thrown instanceof PolicyAbort ? `The policy stopped: ${reason}.` : `The policy could not be evaluated: ${reason}.`,
    { cause: thrown },
  );
}
