import { DEFAULT_LIMITS } from "../limits.ts";
import { Machine } from "../machine/machine.ts";
import { compileModule } from "./module.ts";
import type { PolicyModule } from "./module.ts";

declare const COMPILED: unique symbol;

/**
 * A module compiled once, for any number of instances. Opaque plain data: `postMessage` carries it to other threads,
 * which share the compiled code.
 */
export interface CompiledPolicy {
  readonly [COMPILED]: "CompiledPolicy";
}

/**
 * Compiles `policy.wasm` and checks that it asks for nothing but OPA's host functions and one memory. Nothing of it has
 * run yet; whether it is to be trusted is decided before.
 *
 * @throws EvaluationError WASM_INVALID
 */
export async function compilePolicy(wasm: Uint8Array): Promise<CompiledPolicy> {
  return (await compileModule(wasm)) as PolicyModule & CompiledPolicy;
}

/** What stands behind the opaque type. */
export function moduleOf(policy: CompiledPolicy): PolicyModule {
  return policy as CompiledPolicy & PolicyModule;
}

const known = new WeakMap<CompiledPolicy, readonly string[]>();

/**
 * The host's builtins that a module calls, sorted, by the names in its own table: the module is started for that, but
 * asked nothing. Those that are native in it are not among them.
 *
 * @throws EvaluationError WASM_INVALID
 */
export function requiredBuiltins(policy: CompiledPolicy): readonly string[] {
  let names = known.get(policy);
  if (names === undefined) {
    names = Object.freeze([...new Machine(moduleOf(policy), DEFAULT_LIMITS).required.keys()].toSorted());
    known.set(policy, names);
  }
  return names;
}
