import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import type { Plugin, RolldownLog } from "rolldown";
import { isBuiltin, isLazyFile, LAZY_PACKAGES, lazyModules, withLazyFiles } from "./lazy-modules.ts";

/** What every command line needs, and the verb whose start is measured: one file, the core. The rest is loaded on use. */
const CORE = ["./dist/index.js", "./dist/commands/verify.js", "./dist/proof.js", "@policy-pack/verify"];
const ENTRY = "policy-pack:core";

/** Third-party code that is small and that the core needs; all else stays in node_modules, where npm puts it. */
const BUNDLED_PACKAGES = /^(@noble\/curves|@noble\/hashes|commander|fflate)(\/|$)/;
const WORKSPACE = /^(@policy-pack\/|cos-policy-fetcher$)/;

/**
 * Writes the built command as a few CommonJS files: `main.cjs`, `core.cjs` and what they load on use. CommonJS, since
 * Node's loader of modules and its copies of the built-in ones take longer to start than the whole of the core.
 * @param cliDir the workspace of the command, compiled
 * @param outDir receives the files
 */
export async function bundleCommand(cliDir: string, outDir: string): Promise<void> {
  const core = new Set<string>();
  const bundle = await rolldown({
    input: { main: ENTRY, ...LAZY_PACKAGES },
    cwd: cliDir,
    platform: "node",
    plugins: [coreEntry(cliDir, core), lazyModules(), originalPlaces(outDir)],
    external: isExternal,
    onLog: (_level, log) => {
      refuse(log);
    },
  });
  const { output } = await bundle.write({
    dir: outDir,
    format: "cjs",
    keepNames: true,
    minify: { mangle: false, compress: false, codegen: true },
    entryFileNames: "[name].cjs",
    chunkFileNames: ({ name }) => (name === "core" ? "core.cjs" : "[name]-[hash].cjs"),
    codeSplitting: { groups: [{ name: "core", test: (id) => core.has(id) }] },
  });
  await bundle.close();
  for (const chunk of output) {
    if (chunk.type === "chunk")
      await writeFile(join(outDir, chunk.fileName), toAscii(withLazyFiles(withImporter(chunk.code))));
  }
}

/** Scripts that are compiled by hand cannot import packages; the loader, which is a module, does it for them. */
function withImporter(source: string): string {
  return source.replace(/\bimport\((?=`[^`./])/g, "importPackage(");
}

/** One byte a character, so that reading a file is no more than copying it; what is not ASCII stands in literals. */
function toAscii(source: string): string {
  return source.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Everything that the core's modules import statically is the core's as well. */
function coreEntry(cliDir: string, core: Set<string>): Plugin {
  return {
    name: "core-entry",
    resolveId(id, importer) {
      if (id === ENTRY) return `\0${ENTRY}`;
      return importer === `\0${ENTRY}` ? this.resolve(id, join(cliDir, "package.json")) : null;
    },
    load: (id) => {
      if (id !== `\0${ENTRY}`) return null;
      const hot = CORE.map((specifier) => `import ${JSON.stringify(specifier)};`);
      return `${hot.join("\n")}\nexport { main } from ${JSON.stringify(CORE[0])};`;
    },
    buildEnd() {
      const waiting = [`\0${ENTRY}`];
      for (const id of waiting) {
        if (core.has(id)) continue;
        core.add(id);
        waiting.push(...(this.getModuleInfo(id)?.importedIds ?? []));
      }
      core.delete(`\0${ENTRY}`);
    },
  };
}

/** `import.meta` goes on to mean the module's own file, not the one it was bundled into: threads are started from there. */
function originalPlaces(outDir: string): Plugin {
  return {
    name: "original-places",
    transform: (code, id) => {
      if (!code.includes("import.meta")) return null;
      const file = placeOf(id, outDir);
      const toUrl = 'require("node:url").pathToFileURL';
      return code
        .replaceAll("import.meta.url", `${toUrl}(${file}).href`)
        .replaceAll("import.meta.dirname", `require("node:path").dirname(${file})`)
        .replaceAll(
          "import.meta.resolve(",
          `((name) => ${toUrl}(require("node:module").createRequire(${file}).resolve(name)).href)(`,
        );
    },
  };
}

/**
 * An expression of a module's path. Another workspace is found as its package: beside the command in a checkout, and where
 * npm puts it when the command is installed.
 */
function placeOf(id: string, outDir: string): string {
  const path = (base: string, file: string): string => `require("node:path").join(${base}, ${JSON.stringify(file)})`;
  const manifest = findPackageJSON(pathToFileURL(id));
  const isOther = manifest !== undefined && dirname(manifest) !== CLI_DIR && WORKSPACE.test(nameIn(manifest));
  if (!isOther) return path("__dirname", relative(outDir, id));
  const found = `require("node:module").createRequire(__filename).resolve("${nameIn(manifest)}/package.json")`;
  return path(`require("node:path").dirname(${found})`, relative(dirname(manifest), id));
}

function nameIn(manifest: string): string {
  return (JSON.parse(readFileSync(manifest, "utf8")) as { readonly name: string }).name;
}

function isExternal(id: string): boolean {
  if (isLazyFile(id)) return true;
  const isName = /^[^./\0]/.test(id) && id !== ENTRY;
  return isName && !isBuiltin(id) && !WORKSPACE.test(id) && !BUNDLED_PACKAGES.test(id);
}

function refuse(log: RolldownLog): void {
  // The core names modules that are imported on use elsewhere: that they are loaded with it is what it is for.
  if (log.code === "INEFFECTIVE_DYNAMIC_IMPORT" || log.code === "UNRESOLVED_IMPORT") return;
  throw new Error(`${log.code ?? "bundling"}: ${log.message}`);
}

export const CLI_DIR = fileURLToPath(new URL("../../clients/cli", import.meta.url));
