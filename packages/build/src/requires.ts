import { compilePolicy, HOST_BUILTINS, requiredBuiltins } from "@policy-pack/evaluate";
import { ConfigError, EvaluationError, isSameRequires, toRequires } from "@policy-pack/pack";
import type { PackManifest, PackRequires } from "@policy-pack/pack";

/**
 * What a module asks of its host, by its own table of builtins.
 * @throws ConfigError SOURCE_INVALID for a module that no host of ours takes
 */
export async function readRequires(wasm: Uint8Array): Promise<PackRequires> {
  try {
    return toRequires(requiredBuiltins(await compilePolicy(wasm)));
  } catch (cause) {
    if (!(cause instanceof EvaluationError)) throw cause;
    throw new ConfigError("SOURCE_INVALID", `The compiled policies do not load: ${cause.message}`, { cause });
  }
}

/**
 * Refuses a module that asks for what no host has.
 * @throws ConfigError SOURCE_INVALID naming the builtins
 */
export function checkProvided({ builtins }: PackRequires): void {
  const missing = builtins.filter((name) => !HOST_BUILTINS.includes(name));
  if (missing.length === 0) return;
  throw new ConfigError(
    "SOURCE_INVALID",
    `A compiled policy cannot call ${missing.join(", ")}: no host of modules has it.`,
  );
}

/**
 * Refuses a manifest that says otherwise than the module what that asks of its host. One that was written before this was
 * kept says nothing, and neither does a module of which nothing is known.
 * @throws ConfigError MANIFEST_OUTDATED
 */
export function checkRequires({ requires }: Pick<PackManifest, "requires">, actual: PackRequires | undefined): void {
  if (requires === undefined || actual === undefined || isSameRequires(requires, actual)) return;
  throw new ConfigError(
    "MANIFEST_OUTDATED",
    `manifest.json says that the module asks its host for ${wordsOf(requires)}, and it asks for ${wordsOf(actual)}; run` +
      " policy-pack build and commit the manifest.",
  );
}

function wordsOf({ builtins }: PackRequires): string {
  return builtins.length === 0 ? "nothing" : builtins.join(", ");
}
