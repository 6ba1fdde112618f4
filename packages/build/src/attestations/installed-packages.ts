import { readFile, realpath } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { ConfigError, isJsonObject, messageOf, parseJson, systemCodeOf } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { BUILD_LIMITS } from "../limits.ts";

/** An npm package as it is installed. */
export interface InstalledPackage {
  /** `name@version`, which is what it is called among the others. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, as the package states it. */
  readonly license: string | undefined;
  /** SHA-512 of the package's archive in lower-case hex, as the lockfile of the installation records it. */
  readonly sha512: string | undefined;
  /** The ids of those it needs, sorted. */
  readonly dependsOn: readonly string[];
}

interface Walk {
  readonly found: Map<string, InstalledPackage>;
  readonly integrity: ReadonlyMap<string, string>;
  readonly root: string | undefined;
}

/**
 * What a package needs to run, with itself first and the others sorted by id: its dependencies as Node finds them from
 * its folder, and theirs; optional ones when they are installed. That the files are the archive's is not checked.
 * @throws ConfigError TOOL_FAILED when one of them is not there or cannot be read
 */
export async function readInstalledPackages(packageDir: string): Promise<readonly InstalledPackage[]> {
  const dir = await realpath(packageDir).catch((cause: unknown) => {
    throw broken(packageDir, messageOf(cause), cause);
  });
  const { root, integrity } = await readLockfile(dir);
  const walk: Walk = { found: new Map(), integrity, root };
  const id = await visit(walk, dir);
  const own = walk.found.get(id);
  const others = [...walk.found.values()].filter((it) => it.id !== id);
  return [...(own === undefined ? [] : [own]), ...others.sort((left, right) => (left.id < right.id ? -1 : 1))];
}

async function visit(walk: Walk, dir: string): Promise<string> {
  const manifest = await readManifest(dir);
  if (manifest === undefined) throw broken(dir, "it has no package.json");
  const { name, version, license } = manifest;
  if (typeof name !== "string" || typeof version !== "string") throw broken(dir, "it has no name and version");
  const id = `${name}@${version}`;
  if (walk.found.has(id)) return id;
  if (walk.found.size >= BUILD_LIMITS.maxInstalledPackages) throw broken(dir, "too many packages are installed");
  const own = { id, name, version, license: typeof license === "string" ? license : undefined };
  const sha512 = sha512Of(walk, dir);
  // Known before its dependencies are, which may need it in turn.
  walk.found.set(id, { ...own, sha512, dependsOn: [] });
  const dependsOn: string[] = [];
  for (const needed of neededBy(manifest)) {
    const place = await findPackage(dir, needed.name);
    if (place !== undefined) dependsOn.push(await visit(walk, place));
    else if (!needed.isOptional) throw broken(dir, `its dependency ${needed.name} is not installed`);
  }
  walk.found.set(id, { ...own, sha512, dependsOn: dependsOn.sort() });
  return id;
}

function neededBy(manifest: JsonObject): readonly { readonly name: string; readonly isOptional: boolean }[] {
  const { dependencies, optionalDependencies } = manifest;
  const optional = new Set(isJsonObject(optionalDependencies) ? Object.keys(optionalDependencies) : []);
  const all = new Set([...(isJsonObject(dependencies) ? Object.keys(dependencies) : []), ...optional]);
  return [...all].sort().map((name) => ({ name, isOptional: optional.has(name) }));
}

/** Source: Node.js documentation, "Loading from node_modules folders". */
async function findPackage(from: string, name: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, "node_modules", name);
    if ((await readManifest(place)) !== undefined) return realpath(place);
    if (folder === dirname(folder)) return undefined;
  }
}

async function readManifest(dir: string): Promise<JsonObject | undefined> {
  return readJson(join(dir, "package.json"));
}

async function readJson(path: string): Promise<JsonObject | undefined> {
  try {
    const { maxLockfileBytes: maxBytes } = BUILD_LIMITS;
    const value = parseJson(await readFile(path), { maxBytes, code: "TOOL_FAILED", what: path });
    return isJsonObject(value) ? value : undefined;
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw cause instanceof ConfigError ? cause : broken(path, messageOf(cause), cause);
  }
}

/** npm keeps what it installed in `node_modules/.package-lock.json` of the folder it ran in (lockfile version 3). */
async function readLockfile(dir: string): Promise<Pick<Walk, "root" | "integrity">> {
  for (let root = dir; ; root = dirname(root)) {
    const packages = (await readJson(join(root, "node_modules", ".package-lock.json")))?.["packages"];
    if (isJsonObject(packages)) {
      const entries = Object.entries(packages).flatMap(([path, entry]) =>
        isJsonObject(entry) && typeof entry["integrity"] === "string" ? [[path, entry["integrity"]] as const] : [],
      );
      return { root, integrity: new Map(entries) };
    }
    if (root === dirname(root)) return { root: undefined, integrity: new Map() };
  }
}

function sha512Of({ root, integrity }: Walk, dir: string): string | undefined {
  if (root === undefined) return undefined;
  const recorded = integrity.get(relative(root, dir).split(sep).join("/"));
  const base64 = /^sha512-([A-Za-z0-9+/]{86}==)$/.exec(recorded ?? "")?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("hex");
}

function broken(dir: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError("TOOL_FAILED", `The packages of policy-pack cannot be listed at ${dir}: ${why}.`, { cause });
}
