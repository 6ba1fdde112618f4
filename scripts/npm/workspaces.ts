import { readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";

export interface Workspace {
  /** From the checkout's root. */
  readonly folder: string;
  readonly json: PackageJson;
}

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The workspaces that are published, each after those that it depends on. */
export async function readWorkspaces(): Promise<readonly Workspace[]> {
  const { workspaces } = await readJson<{ workspaces: readonly string[] }>("package.json");
  const found: Workspace[] = [];
  for (const folder of await foldersOf(workspaces)) {
    const json = await readJson<PackageJson>(`${folder}/package.json`);
    if (json.private !== true) found.push({ folder, json });
  }
  return inOrder(found);
}

async function foldersOf(patterns: readonly string[]): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const pattern of patterns) {
    if (!pattern.endsWith("/*")) folders.push(pattern);
    else for (const name of await readdir(dirname(pattern))) folders.push(`${dirname(pattern)}/${name}`);
  }
  return folders.sort();
}

function inOrder(workspaces: readonly Workspace[]): readonly Workspace[] {
  const names = new Set(workspaces.map(({ json }) => json.name));
  const ordered: Workspace[] = [];
  while (ordered.length < workspaces.length) {
    const ready = workspaces.find(
      (workspace) =>
        !ordered.includes(workspace) &&
        Object.keys(workspace.json.dependencies ?? {}).every(
          (name) => !names.has(name) || ordered.some(({ json }) => json.name === name),
        ),
    );
    if (ready === undefined) throw new Error("the workspaces depend on each other in a circle");
    ordered.push(ready);
  }
  return ordered;
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, "utf8")) as T;
}
