import { builtinModules } from "node:module";
import type { Plugin } from "rolldown";

const PREFIX = "\0builtin:";
const NAMES = new Set(builtinModules);

/**
 * Loads Node's own modules at their first use instead of at the start: `node:child_process` and the like take
 * milliseconds, and most command lines never use them.
 */
export function lazyBuiltins(): Plugin {
  return {
    name: "lazy-builtins",
    resolveId: (id) => {
      const name = id.replace(/^node:/, "");
      return NAMES.has(name) || id.startsWith("node:") ? `${PREFIX}${name}` : null;
    },
    load: (id) => (id.startsWith(PREFIX) ? toLazyModule(`node:${id.slice(PREFIX.length)}`) : null),
  };
}

/** A CommonJS module whose exports are looked up when they are read. A module that is itself a function is cheap. */
function toLazyModule(specifier: string): string {
  const module: unknown = process.getBuiltinModule(specifier);
  const load = `process.getBuiltinModule(${JSON.stringify(specifier)})`;
  if (specifier === "node:process" || typeof module !== "object" || module === null) return `module.exports = ${load};`;
  return [
    `for (const key of ${JSON.stringify(Object.keys(module))}) {`,
    `  Object.defineProperty(exports, key, { enumerable: true, get: () => ${load}[key] });`,
    "}",
  ].join("\n");
}
