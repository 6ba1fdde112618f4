import { compareBytes, fail, readObject, readSortedStrings } from "./fields.ts";
import type { JsonValue } from "./json.ts";

/** What a pack's module asks of the host that runs it. */
export interface PackRequires {
  /** The builtins that the module leaves to its host, sorted by the bytes of their names. */
  readonly builtins: readonly string[];
  /** Those of them that reach beyond computing, which a host grants one by one (`CAPABILITY_BUILTINS`); sorted. */
  readonly capabilities: readonly string[];
}

/** The builtins that look at the world outside the decision: a host refuses them unless its owner allows them. */
export const CAPABILITY_BUILTINS: readonly string[] = Object.freeze(["http.send", "net.lookup_ip_addr", "opa.runtime"]);

/** The builtin that compiled `print()` calls need, so that its presence tells how a module was compiled. */
export const PRINT_BUILTIN = "internal.print";

const BUILTIN = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$/;

/** What a module needs whose table of builtins holds these names. */
export function toRequires(names: Iterable<string>): PackRequires {
  const builtins = [...new Set(names)].sort(compareBytes);
  return { builtins, capabilities: capabilitiesOf(builtins) };
}

/**
 * Reads them out of a manifest's body. Whether the module says the same is not checked.
 * @throws FormatError MANIFEST_INVALID, also where the capabilities are not exactly those that the builtins name
 */
export function readRequires(value: JsonValue): PackRequires {
  const body = readObject(value, ["builtins", "capabilities"], "requires");
  const builtins = readSortedStrings(body["builtins"], "requires.builtins");
  const wrong = builtins.findIndex((name) => !BUILTIN.test(name));
  if (wrong !== -1) fail(`requires.builtins[${wrong}]`, "the name of a builtin such as time.now_ns");
  const capabilities = readSortedStrings(body["capabilities"], "requires.capabilities");
  const named = JSON.stringify(capabilitiesOf(builtins));
  if (JSON.stringify(capabilities) !== named) fail("requires.capabilities", `${named}, as requires.builtins says`);
  return { builtins, capabilities };
}

/** Whether two modules ask the same of their hosts. */
export function isSameRequires(left: PackRequires, right: PackRequires): boolean {
  return JSON.stringify(left.builtins) === JSON.stringify(right.builtins);
}

function capabilitiesOf(builtins: readonly string[]): readonly string[] {
  return builtins.filter((name) => CAPABILITY_BUILTINS.includes(name));
}
