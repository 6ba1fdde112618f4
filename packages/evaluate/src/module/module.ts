import { EvaluationError, messageOf } from "@policy-pack/pack";

import { HOST_FUNCTIONS, HOST_MODULE, REQUIRED_FUNCTIONS } from "./abi.ts";
import { wasmEngine } from "./engine.ts";
import type { WasmModule } from "./engine.ts";
import { readMemoryImport } from "./memory-import.ts";
import type { MemoryImport } from "./memory-import.ts";
import { endsTextsAtNul } from "./natives.ts";
import { substitute } from "../substitution/substitute.ts";

/** Compiled, with imports and exports as OPA makes them; nothing of it has run yet. */
export interface PolicyModule {
  readonly module: WasmModule;
  readonly memory: MemoryImport;
  /** Whether a text with U+0000 could be another one to the policy than to OPA. */
  readonly endsTextsAtNul: boolean;
  /** The builtins that the host answers in the module's place, by the numbers that it is called with. */
  readonly substitutes: ReadonlyMap<string, number>;
}

/**
 * Compiles `policy.wasm` and checks that it asks for nothing but OPA's host functions and one memory.
 *
 * @throws EvaluationError WASM_INVALID
 */
export async function compileModule(wasm: Uint8Array): Promise<PolicyModule> {
  // A copy: the engine compiles in the background, and the caller's bytes must not change under it.
  const { bytes, substitutes } = substitute(new Uint8Array(wasm));
  const module = await wasmEngine.compile(bytes).catch((cause: unknown) => {
    throw invalid(`policy.wasm does not compile: ${messageOf(cause)}. Build the pack again.`, cause);
  });
  checkImports(module);
  checkExports(module);
  const memory = readMemoryImport(bytes);
  if (memory === undefined) throw invalid("policy.wasm imports no memory; build it with `opa build -t wasm`.");
  return Object.freeze({ module, memory, endsTextsAtNul: endsTextsAtNul(module, substitutes), substitutes });
}

function checkImports(module: WasmModule): void {
  const functions = new Set<string>(HOST_FUNCTIONS);
  for (const { module: from, name, kind } of wasmEngine.Module.imports(module)) {
    const known = kind === "function" ? functions.has(name) : kind === "memory" && name === "memory";
    if (from === HOST_MODULE && known) continue;
    throw invalid(`policy.wasm imports the ${kind} ${from}.${name}, which no OPA policy needs; do not use this pack.`);
  }
}

function checkExports(module: WasmModule): void {
  const exported = wasmEngine.Module.exports(module);
  const functions = new Set(exported.filter(({ kind }) => kind === "function").map(({ name }) => name));
  const missing = REQUIRED_FUNCTIONS.filter((name) => !functions.has(name));
  if (missing.length === 0) return;
  throw invalid(`policy.wasm lacks ${missing.join(", ")}; build it with \`opa build -t wasm\` of OPA 0.27 or later.`);
}

export function invalid(message: string, cause?: unknown): EvaluationError {
  return new EvaluationError("WASM_INVALID", message, { cause });
}
