import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A package as npm installs it. */
export interface InstalledPackage {
  readonly name: string;
  readonly folder: string;
  /** Of the files that are published. */
  readonly bytes: number;
}

interface Manifest {
  readonly name: string;
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What `npm install NAME` brings with it, the package itself included; peers that are optional are not. */
export function closureOf(name: string, from: string): readonly InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const visit = (wanted: string, importer: string): void => {
    const folder = folderOf(wanted, importer);
    if (found.has(folder)) return;
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
    found.set(folder, { name: wanted, folder, bytes: publishedBytes(folder, manifest) });
    for (const dependency of Object.keys(manifest.dependencies ?? {})) visit(dependency, folder);
  };
  visit(name, from);
  return [...found.values()];
}

export function totalBytes(packages: readonly InstalledPackage[]): number {
  return packages.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Not every package lets its package.json be resolved, so the folders are looked through as Node does. */
function folderOf(name: string, importer: string): string {
  const paths = createRequire(join(importer, "package.json")).resolve.paths(name) ?? [];
  const folder = paths.map((path) => join(path, name)).find((path) => isFile(join(path, "package.json")));
  if (folder === undefined) throw new Error(`${name} is not installed for ${importer}.`);
  return realpathSync(folder);
}

/** A workspace holds more than it publishes; what is installed from a registry is all published. */
function publishedBytes(folder: string, { files }: Manifest): number {
  if (dirname(folder).includes("node_modules") || files === undefined) return bytesBelow(folder);
  return ["package.json", "README.md", ...files].reduce((sum, name) => sum + bytesBelow(join(folder, name)), 0);
}

function bytesBelow(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || path.endsWith(".tsbuildinfo") || path.endsWith("/node_modules")) return 0;
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesBelow(join(path, name)), 0);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
