import { align, HEAP_ALIGNMENT } from "../../src/machine/data-region.ts";
import { ARENA_BYTES } from "../../src/machine/value-heap.ts";
import type { HostFunctions, OpaExports } from "../../src/module/abi.ts";
import { wasmEngine } from "../../src/module/engine.ts";
import { MemoryView } from "../../src/machine/memory.ts";
import { compileModule } from "../../src/module/module.ts";
import { compileRules } from "./policy.ts";

export interface RawModule {
  readonly exports: OpaExports;
  readonly memory: MemoryView;
  /** Room for what a ValueHeap keeps. */
  readonly arena: number;
}

/** A module's exports and memory, without the host around them. */
export async function startRaw(): Promise<RawModule> {
  const { wasm } = await compileRules("@yes := true");
  const { module, memory: limits } = await compileModule(wasm);
  const memory = new wasmEngine.Memory({ initial: limits.minimumPages, maximum: 1024 });
  const refuse = (): never => {
    throw new Error("the module calls its host");
  };
  const functions: HostFunctions = {
    opa_abort: refuse,
    opa_println: refuse,
    opa_builtin0: refuse,
    opa_builtin1: refuse,
    opa_builtin2: refuse,
    opa_builtin3: refuse,
    opa_builtin4: refuse,
  };
  const instance = new wasmEngine.Instance(module, { env: { memory, ...functions } });
  const exports = instance.exports as unknown as OpaExports;
  const arena = align(exports.opa_malloc(ARENA_BYTES + HEAP_ALIGNMENT));
  return { exports, memory: new MemoryView(memory), arena };
}
