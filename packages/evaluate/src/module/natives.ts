import { ByteReader } from "./byte-reader.ts";
import { wasmEngine } from "./engine.ts";
import type { WasmModule } from "./engine.ts";
import { SUBSTITUTES } from "../substitution/substitutes.ts";
import type { Substitute } from "../substitution/substitutes.ts";

const FUNCTION_NAMES = 1;

/** The module's own functions that read a pattern or an address only up to its first U+0000. */
const END_AT_NUL: readonly string[] = [
  "opa_cidr_contains",
  "opa_cidr_intersects",
  "opa_glob_match",
  "opa_regex_find_all_string_submatch",
  "opa_regex_is_valid",
  "opa_regex_match",
];
/** A function that every module has. */
const ALWAYS_THERE = "opa_eval";

/**
 * Whether the policy may see another text than OPA where one holds U+0000. OPA takes functions that a policy does not
 * use out of the module and their names out of its name section; without a readable one the answer is yes. Functions for
 * which the host answers do not count.
 */
export function endsTextsAtNul(module: WasmModule, substitutes: ReadonlyMap<string, number>): boolean {
  const names = readFunctionNames(module);
  if (names?.has(ALWAYS_THERE) !== true) return true;
  const answered = new Set(SUBSTITUTES.filter(isAnswered(substitutes)).map(({ native }) => native));
  return END_AT_NUL.some((name) => names.has(name) && !answered.has(name));
}

/** Where the host answers only now and then, the module still reads the texts. */
function isAnswered(substitutes: ReadonlyMap<string, number>): (entry: Substitute) => boolean {
  return ({ builtin, when }) => when === undefined && substitutes.has(builtin);
}

/**
 * The names of the functions in the module, or undefined when it does not tell.
 *
 * @see https://webassembly.github.io/spec/core/appendix/custom.html#name-section
 */
function readFunctionNames(module: WasmModule): ReadonlySet<string> | undefined {
  const [section, ...others] = wasmEngine.Module.customSections(module, "name");
  if (section === undefined || others.length > 0) return undefined;
  try {
    return readSubsection(new ByteReader(new Uint8Array(section)));
  } catch {
    return undefined;
  }
}

function readSubsection(reader: ByteReader): ReadonlySet<string> | undefined {
  while (!reader.done) {
    const id = reader.unsigned();
    const length = reader.unsigned();
    if (id !== FUNCTION_NAMES) {
      reader.take(length);
      continue;
    }
    const names = new Set<string>();
    for (let left = reader.unsigned(); left > 0; left--) {
      reader.unsigned();
      names.add(Buffer.from(reader.take(reader.unsigned())).toString("latin1"));
    }
    return names;
  }
  return undefined;
}
