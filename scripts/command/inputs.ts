import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { VERSION } from "rolldown";
import { CLI_DIR } from "./bundle.ts";

/**
 * What the compiler touches when it writes a workspace that the command is made of, as paths relative to the bundle, with
 * the time in milliseconds: where one has another time, the bundle is of another program. Ask before bundling.
 */
export function compiledWorkspaces(cliDir: string, bundleDir: string): Readonly<Record<string, number>> {
  const waiting = [cliDir];
  for (const dir of waiting) {
    waiting.push(...referencesOf(dir).filter((other) => !waiting.includes(other)));
  }
  const touched = waiting.map((dir) => join(dir, "dist/.tsbuildinfo"));
  return Object.fromEntries(touched.map((path) => [relative(bundleDir, path), statSync(path).mtimeMs]));
}

function referencesOf(dir: string): readonly string[] {
  const config: unknown = JSON.parse(readFileSync(join(dir, "tsconfig.json"), "utf8"));
  if (typeof config !== "object" || config === null || !("references" in config)) return [];
  return (config.references as readonly { path: string }[]).map(({ path }) => join(dir, path));
}

/** What npm installed: some packages are bundled too, and a newer one must not leave an older in the bundle. */
const INSTALLED = join(CLI_DIR, "../../node_modules/.package-lock.json");

/** What else decides what the bundle is: the Node whose code it keeps, the bundler, npm's packages and these files. */
export async function digestOfMakers(): Promise<string> {
  const hash = createHash("sha256").update(`${process.version} ${process.arch} ${process.platform} ${VERSION}\n`);
  if (existsSync(INSTALLED)) hash.update(await readFile(INSTALLED));
  for (const dir of [import.meta.dirname, join(CLI_DIR, "bin")]) {
    for (const name of (await readdir(dir)).toSorted()) hash.update(await readFile(join(dir, name)));
  }
  return hash.digest("hex");
}
