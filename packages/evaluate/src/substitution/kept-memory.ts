import { ANSWERS_BYTES, keepAnswers } from "./kept-answers.ts";
import { HASHES_BYTES, keepHashes } from "./kept-hashes.ts";
import type { ModuleFunctions } from "./module-functions.ts";

/** The global by which the host tells where the module may keep what it found out; 0 until then, when it keeps nothing. */
export const KEPT_MEMORY_GLOBAL = "policy_pack_kept_memory";
/** All zero at first; the host never writes there again. */
export const KEPT_MEMORY_BYTES = HASHES_BYTES + ANSWERS_BYTES;

/** Lets the module keep hashes, and its rules' answers within one decision, where that is faster than its own way. */
export function keepWhatIsFound(functions: ModuleFunctions): void {
  const global = functions.addGlobal(KEPT_MEMORY_GLOBAL);
  if (global === undefined) return;
  keepHashes(functions, { global, start: 0 });
  keepAnswers(functions, { global, start: HASHES_BYTES });
}
