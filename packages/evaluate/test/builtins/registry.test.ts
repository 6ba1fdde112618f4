import { readFile } from "node:fs/promises";

import { describe, expect, it } from "@jest/globals";

import { BUILTINS } from "../../src/builtins/registry.ts";

describe("BUILTINS", () => {
  it("are those that the README lists", async () => {
    const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    const provided = /<!-- provided -->(.*?)<!-- refused -->/s.exec(readme)?.[1] ?? "";
    const names = [...provided.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    expect(names).toEqual(Object.keys(BUILTINS).toSorted());
  });
});
