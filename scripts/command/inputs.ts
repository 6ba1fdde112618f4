import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { VERSION } from "rolldown";
import { CLI_DIR } from "./bundle.ts";

/**
 * What the compiler touches when it writes a workspace that the command is made of, as paths relative to the bundle: a
 * bundle older than one of them is of an older program.
 */
export function compiledWorkspaces(cliDir: string, bundleDir: string): readonly string[] {
  const waiting = [cliDir];
  for (const dir of waiting) {
    waiting.push(...referencesOf(dir).filter((other) => !waiting.includes(other)));
  }
  return waiting.map((dir) => relative(bundleDir, join(dir, "dist/.tsbuildinfo")));
}

function referencesOf(dir: string): readonly string[] {
  const config: unknown = JSON.parse(readFileSync(join(dir, "tsconfig.json"), "utf8"));
  if (typeof config !== "object" || config === null || !("references" in config)) return [];
  return (config.references as readonly { path: string }[]).map(({ path }) => join(dir, path));
}

/** What else decides what the bundle is: the Node whose code it keeps, the bundler and these files. */
export async function digestOfMakers(): Promise<string> {
  const hash = createHash("sha256").update(`${process.version} ${process.arch} ${process.platform} ${VERSION}\n`);
  for (const dir of [import.meta.dirname, join(CLI_DIR, "bin")]) {
    for (const name of (await readdir(dir)).toSorted()) hash.update(await readFile(join(dir, name)));
  }
  return hash.digest("hex");
}
