import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { readRecordedCases } from "../src/recorded-cases.ts";
import { writeFiles } from "./sources.ts";

let temp: TempDir;
beforeEach(async () => {
  temp = await createTempDir();
});
afterEach(() => temp.remove());

const cases = (...names: readonly string[]): string =>
  JSON.stringify({
    cases: names.map((name) => ({ name, entrypoint: "a/allow", input: {}, expected: true, why: "so" })),
  });

describe("readRecordedCases", () => {
  it("when there are files of cases returns theirs by the names of the files, and looks at nothing else", async () => {
    writeFiles(temp.path, {
      "cases/b.json": cases("three"),
      "cases/a.json": cases("one", "two"),
      "cases/baseline.json": "{}",
      "cases/outcomes.json": "{}",
      "cases/decisions.jsonl": "no case",
    });
    expect((await readRecordedCases(temp.path)).map(({ id }) => id)).toEqual(["one", "two", "three"]);
  });

  it("when there is no folder of cases returns none", async () => {
    expect(await readRecordedCases(temp.path)).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["is none", { "cases/a.json": "[]" }, "BASELINE_INVALID"],
    [
      "has a name that another file has",
      { "cases/a.json": cases("one"), "cases/b.json": cases("one") },
      "BASELINE_INVALID",
    ],
    ["is a folder", { "cases/a.json/x": "" }, "SOURCE_INVALID"],
    ["lies in what is no folder", { cases: "" }, "SOURCE_INVALID"],
  ])("when a file of cases %s throws", async (_what, files, code) => {
    writeFiles(temp.path, files);
    await expect(readRecordedCases(temp.path)).rejects.toMatchObject({ code });
  });

  it("when a file of cases is a link throws SOURCE_INVALID", async () => {
    writeFiles(temp.path, { "cases/a.json": cases("one") });
    symlinkSync(join(temp.path, "cases/a.json"), join(temp.path, "cases/b.json"));
    await expect(readRecordedCases(temp.path)).rejects.toMatchObject({ code: "SOURCE_INVALID" });
  });
});
