import { readOpaArchive } from "./opa-archive.ts";
import type { CompiledModule } from "./opa-archive.ts";
import { runOpa } from "./opa-run.ts";
import type { OpaOutput, OpaRun } from "./opa-run.ts";

export interface ModuleSource {
  /** Relative to where OPA runs: absolute names would end up in the module. */
  readonly rego: readonly string[];
  /** Beside those that annotations mark, and then no others: paths such as `a_test/test_allow`. */
  readonly entrypoints?: readonly string[];
  /** Whether `print()` calls are compiled; otherwise they are left out. */
  readonly includesPrint: boolean;
}

/**
 * Has OPA compile Rego to a module.
 * @param archive where OPA writes
 * @returns what OPA says when it refuses
 * @throws ConfigError TOOL_FAILED
 */
export async function buildModule(
  run: OpaRun,
  archive: string,
  source: ModuleSource,
): Promise<CompiledModule | OpaOutput> {
  const { rego, entrypoints = [], includesPrint } = source;
  const named = entrypoints.flatMap((entrypoint) => ["--entrypoint", entrypoint]);
  const flags = [...(named.length === 0 ? [] : ["--prune-unused"]), ...(includesPrint ? ["--wasm-include-print"] : [])];
  const built = await runOpa(run, ["build", "--target", "wasm", "--output", archive, ...flags, ...named, ...rego]);
  return built.exitCode === 0 ? readOpaArchive(archive) : built;
}

export function isCompiled(built: CompiledModule | OpaOutput): built is CompiledModule {
  return "wasm" in built;
}
