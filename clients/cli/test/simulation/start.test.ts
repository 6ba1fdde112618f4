import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "@jest/globals";

const SOURCE = join(import.meta.dirname, "../../src");
/** Imports that take place before a module runs; `import type` and `import()` do not. */
const STATIC_IMPORT = /^(?:import|export) (?!type )[^;]*? from "([^"]+)";|^import "([^"]+)";/gm;

/** The files and packages that a module loads with itself. */
function loadedBy(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  if (!file.startsWith("/")) return found;
  for (const [, from, alone] of readFileSync(file, "utf8").matchAll(STATIC_IMPORT)) {
    const name = from ?? alone ?? "";
    loadedBy(name.startsWith(".") ? resolve(file, "..", name) : name, found);
  }
  return found;
}

describe("policy-pack verify", () => {
  it.each(["index.ts", "commands/verify.ts"])("loads nothing of simulation with %s", (entry) => {
    const loaded = [...loadedBy(join(SOURCE, entry))];
    expect(loaded.length).toBeGreaterThan(10);
    expect(loaded).not.toContain("@policy-pack/simulate");
    expect(loaded.filter((name) => name.includes("/simulation/"))).toEqual([]);
  });

  it("would be seen to load it if it did", () => {
    expect([...loadedBy(join(SOURCE, "commands/diff.ts"))].some((name) => name.includes("/simulation/"))).toBe(true);
  });
});
