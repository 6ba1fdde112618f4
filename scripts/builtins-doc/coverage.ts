import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { loadCases } from "../../tests/compliance/cases.ts";
import type { BuiltinFacts } from "./probe.ts";

const TESTS = "packages/evaluate/test";
const MOST_FOLDERS = 4;

/** In which files and folders a builtin is called. */
export type Coverage = (builtin: Pick<BuiltinFacts, "name" | "infix">) => string;

/**
 * Of OPA's own cases: how many call a builtin, and in which folders most do. They are there twice, for both versions of
 * Rego; the first counts only for what the second no longer has.
 */
export async function readCompliance(folder: string): Promise<Coverage> {
  const cases = await loadCases(folder, []);
  const texts = cases.map(({ rego, group, query, modules }) => ({ rego, group, text: [query, ...modules].join("\n") }));
  return (builtin) => {
    const call = callPattern(builtin);
    const calling = texts.filter(({ text }) => call.test(text));
    const current = calling.filter(({ rego }) => rego === "v1");
    const counted = current.length > 0 ? current : calling;
    const counts = new Map<string, number>();
    for (const { group } of counted) counts.set(group, (counts.get(group) ?? 0) + 1);
    return countedFolders(counts, counted.length);
  };
}

function countedFolders(counts: ReadonlyMap<string, number>, total: number): string {
  if (total === 0) return "none";
  const sorted = [...counts].toSorted(([a, most], [b, more]) => more - most || (a < b ? -1 : 1));
  const rest = sorted.length > MOST_FOLDERS ? `, ${sorted.length - MOST_FOLDERS} more` : "";
  const named = sorted.slice(0, MOST_FOLDERS).map(([group]) => `\`${group}\``);
  return `${total} in ${named.join(", ")}${rest}`;
}

/** This host's own tests: the folders and files under packages/evaluate/test that name a builtin. */
export async function readTests(): Promise<Coverage> {
  const names = (await readdir(TESTS, { recursive: true })).filter((name) => name.endsWith(".test.ts")).toSorted();
  const files = await Promise.all(
    names.map(async (name) => ({ place: placeOf(name), text: await readFile(join(TESTS, name), "utf8") })),
  );
  return (builtin) => {
    const call = callPattern({ name: builtin.name, infix: undefined });
    const isNamed = (text: string): boolean => text.includes(`"${builtin.name}"`) || call.test(text);
    const places = new Set(files.filter(({ text }) => isNamed(text)).map(({ place }) => place));
    return places.size === 0 ? "" : [...places].map((place) => `\`${place}\``).join(", ");
  };
}

/** `builtins/net/index.test.ts` as `net`: a file more in a folder says nothing new. */
function placeOf(name: string): string {
  const parts = name.split(sep);
  const below = parts[0] === "builtins" ? parts.slice(1) : parts;
  return (below[0] ?? name).replace(/\.test\.ts$/, "");
}

/** The call of a function by its name, or an operator between spaces. */
function callPattern({ name, infix }: Pick<BuiltinFacts, "name" | "infix">): RegExp {
  const escaped = name.replaceAll(".", "\\.");
  const operator = infix === undefined ? "" : `|\\s${infix.replace(/[|*+]/g, "\\$&")}\\s`;
  return new RegExp(`(?<![\\w.])${escaped}\\(${operator}`);
}
