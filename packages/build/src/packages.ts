import { ConfigError, isJsonObject, parseJson, quotePath } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { BUILD_LIMITS } from "./limits.ts";
import { failed } from "./opa-run.ts";

/** One step of a reference as Rego prints it: `.cos`, `["a-b"]`. */
const STEP = /\.([A-Za-z_][A-Za-z0-9_]*)|\[("(?:[^"\\]|\\.)*")\]/y;

/** The segments of a package's path below `data`. */
export type PackagePath = readonly string[];

export interface InspectedPackage {
  readonly path: PackagePath;
  /** Relative to where OPA ran. */
  readonly files: readonly string[];
}

/**
 * Reads the packages out of what `opa inspect --format json` prints.
 * @throws ConfigError TOOL_FAILED
 */
export function parsePackages(text: string): readonly InspectedPackage[] {
  const { maxOpaOutputBytes: maxBytes } = BUILD_LIMITS;
  const value = parseJson(text, { maxBytes, code: "TOOL_FAILED", what: "What opa inspect printed" });
  const namespaces = isJsonObject(value) ? value["namespaces"] : undefined;
  if (!isJsonObject(namespaces)) throw failed(["inspect"], "printed no packages");
  return Object.entries(namespaces)
    .map(([reference, files]) => ({ path: toPath(reference), files: toRego(files) }))
    .filter(({ path, files }) => path.length > 0 && files.length > 0);
}

/**
 * Refuses data at or under a package's path: the rules would hide it in one evaluator and not in another.
 * @throws ConfigError SOURCE_INVALID
 */
export function checkPlaces(data: JsonObject, packages: readonly PackagePath[]): void {
  for (const path of packages) {
    let place: JsonValue | undefined = data;
    for (const segment of path) {
      if (!isJsonObject(place)) break;
      place = Object.hasOwn(place, segment) ? place[segment] : undefined;
    }
    if (place === undefined) continue;
    const shown = quotePath(path.join("/"));
    throw new ConfigError("SOURCE_INVALID", `data/ holds a value at ${shown}, which is a package's path; move one.`);
  }
}

/** The top-level names of `data` that belong to the pack, sorted. */
export function toRoots(data: JsonObject, packages: readonly PackagePath[]): readonly string[] {
  const names = new Set([...Object.keys(data), ...packages.flatMap(([top]) => (top === undefined ? [] : [top]))]);
  return [...names].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
}

function toRego(files: JsonValue): readonly string[] {
  if (!Array.isArray(files)) throw failed(["inspect"], "printed no files of a package");
  return (files as readonly JsonValue[]).map(String).filter((file) => file.endsWith(".rego"));
}

export function toPath(reference: string): PackagePath {
  if (!reference.startsWith("data")) throw failed(["inspect"], `printed the package ${quotePath(reference)}`);
  const path: string[] = [];
  STEP.lastIndex = "data".length;
  while (STEP.lastIndex < reference.length) {
    const [, name, quoted] = STEP.exec(reference) ?? [];
    if (name === undefined && quoted === undefined) {
      throw failed(["inspect"], `printed the package ${quotePath(reference)}`);
    }
    path.push(name ?? (JSON.parse(quoted ?? '""') as string));
  }
  return path;
}
