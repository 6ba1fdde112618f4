import type { HostFunctions, OpaExports } from "../../src/module/abi.ts";
import { wasmEngine } from "../../src/module/engine.ts";
import { MemoryView } from "../../src/machine/memory.ts";
import { compileModule } from "../../src/module/module.ts";
import { compileRules } from "./policy.ts";

/** A module's exports and memory, without the host around them. */
export async function startRaw(): Promise<{ exports: OpaExports; memory: MemoryView }> {
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
  const { exports } = new wasmEngine.Instance(module, { env: { memory, ...functions } });
  return { exports: exports as unknown as OpaExports, memory: new MemoryView(memory) };
}
