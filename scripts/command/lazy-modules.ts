import { builtinModules } from "node:module";
import type { Plugin } from "rolldown";

const BUILTIN = "\0builtin:";
const PACKAGE = "\0lazy:";
const BUILTINS = new Set(builtinModules);

/** Packages of which most command lines use nothing, by the name of the file that each becomes: not even read before. */
export const LAZY_PACKAGES: Readonly<Record<string, string>> = {
  curves: "@noble/curves/abstract/weierstrass.js",
  hashes: "@noble/hashes/sha2.js",
  fflate: "fflate",
};
const LAZY_FILE = "lazy-file:";
const FILES = new Map(Object.entries(LAZY_PACKAGES).map(([name, id]) => [id, `${LAZY_FILE}${name}`]));

/** Whether it stands for the file of such a package. */
export function isLazyFile(id: string): boolean {
  return id.startsWith(LAZY_FILE);
}

/** A path would be taken as beside the module that names it; only in the written file is it beside that. */
export function withLazyFiles(source: string): string {
  return source.replace(/\brequire\((["`])lazy-file:(\w+)\1\)/g, 'require("./$2.cjs")');
}

export function isBuiltin(id: string): boolean {
  return id.startsWith("node:") || BUILTINS.has(id);
}

/**
 * Loads Node's own modules and a few packages at their first use instead of at the start: `node:child_process` and the
 * like take milliseconds, and most command lines never use them.
 */
export function lazyModules(): Plugin {
  return {
    name: "lazy-modules",
    resolveId(id, importer) {
      if (isBuiltin(id)) return `${BUILTIN}${id.replace(/^node:/, "")}`;
      // Without an importer it is the entry of the package's own file.
      return FILES.has(id) && importer !== undefined ? `${PACKAGE}${id}` : null;
    },
    load: async (id) => {
      if (id.startsWith(BUILTIN)) return toLazyBuiltin(`node:${id.slice(BUILTIN.length)}`);
      if (!id.startsWith(PACKAGE)) return null;
      const name = id.slice(PACKAGE.length);
      const module = (await import(name)) as object;
      return toLazyModule(Object.keys(module), `require(${JSON.stringify(FILES.get(name))})`);
    },
  };
}

/** A module that is itself a function is cheap. */
function toLazyBuiltin(specifier: string): string {
  const module: unknown = process.getBuiltinModule(specifier);
  const load = `process.getBuiltinModule(${JSON.stringify(specifier)})`;
  if (specifier === "node:process" || typeof module !== "object" || module === null) return `module.exports = ${load};`;
  return toLazyModule(Object.keys(module), load);
}

/** A CommonJS module whose exports are looked up when they are read. */
function toLazyModule(names: readonly string[], load: string): string {
  return [
    `for (const name of ${JSON.stringify(names)}) {`,
    `  Object.defineProperty(exports, name, { enumerable: true, get: () => ${load}[name] });`,
    "}",
  ].join("\n");
}
