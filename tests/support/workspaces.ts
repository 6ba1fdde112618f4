import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

interface PackageManifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Workspace {
  readonly folder: string;
  readonly name: string;
  readonly manifest: PackageManifest;
  readonly references: readonly string[];
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Every npm workspace of the checkout, with its package.json and its TypeScript project references. */
export function readWorkspaces(): readonly Workspace[] {
  const { workspaces } = readJson("package.json") as { workspaces: string[] };
  return workspaces
    .flatMap((pattern) => globSync(`${pattern}/package.json`))
    .sort()
    .map((file) => {
      const folder = path.dirname(file);
      const manifest = readJson(file) as PackageManifest;
      const { references = [] } = readJson(path.join(folder, "tsconfig.json")) as { references?: { path: string }[] };
      return { folder, name: manifest.name, manifest, references: references.map((reference) => reference.path) };
    });
}

/** The TypeScript files below a folder; none when there is no such folder. */
export function sourceFilesOf(folder: string): readonly string[] {
  return globSync(`${folder}/**/*.ts`).sort();
}

/** Every module a file names: imports, type-only ones, re-exports, dynamic imports. */
export function importsOf(file: string): readonly string[] {
  return ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles.map((entry) => entry.fileName);
}
