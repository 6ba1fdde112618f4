import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ownCases, readInputs } from "../../src/simulation/inputs.ts";
import type { WrittenInputs } from "../../src/simulation/inputs.ts";
import { createTerminal, withFolder } from "../support.ts";

const record = (name: string): string => {
  const entry = { name, entrypoint: "cos/abac/allow", input: { name }, expected: true, why: "an example" };
  return JSON.stringify({ cases: [entry] });
};
const line = `${JSON.stringify({ path: "cos/abac/allow", input: 1 })}\n`;

/** Reads the paths in a folder that holds the files. */
async function read(files: Readonly<Record<string, string>>, ...paths: readonly string[]): Promise<WrittenInputs> {
  return withFolder(async (cwd) => {
    await mkdir(join(cwd, "cases", "within"), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
    const terminal = createTerminal({ cwd, stdin: [line] });
    return readInputs(terminal, { paths, entrypoints: new Set(["cos/abac/allow"]), allowTornTail: false });
  });
}

async function codeOf(pending: Promise<unknown>): Promise<unknown> {
  return pending.catch((thrown: unknown) => (thrown as { code: unknown }).code);
}

describe("readInputs", () => {
  it("when a folder is named reads its cases and logs by name, and nothing else", async () => {
    const files = {
      "cases/b.json": record("b"),
      "cases/a.json": record("a"),
      "cases/baseline.json": "{}",
      "cases/outcomes.json": "{}",
      "cases/readme.md": "#",
      "cases/z.jsonl": line,
      "cases/y.log": line + line,
      "cases/within/c.json": record("c"),
    };
    const { cases, logs } = await read(files, "cases");
    expect(cases.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(logs.map(({ file, inputs }) => [file, inputs.length])).toEqual([
      [join("cases", "y.log"), 2],
      [join("cases", "z.jsonl"), 1],
    ]);
  });

  it("when a file is named twice reads it once", async () => {
    const { cases, logs } = await read(
      { "cases/a.json": record("a"), "log.txt": line },
      "cases",
      "cases/a.json",
      "log.txt",
      "./log.txt",
    );
    expect([cases.length, logs.length]).toEqual([1, 1]);
  });

  it("when - is named reads a log from stdin", async () => {
    const { logs } = await read({}, "-");
    expect(logs.map(({ file, inputs }) => [file, inputs.length])).toEqual([["stdin", 1]]);
  });

  it.each<[string, Record<string, string>, readonly string[], string]>([
    ["what is not there", {}, ["nowhere.json"], "CONFIG_INVALID"],
    ["a folder of nothing", {}, ["cases"], "CONFIG_INVALID"],
    ["a folder of a baseline alone", { "cases/baseline.json": "{}" }, ["cases"], "CONFIG_INVALID"],
    [
      "two cases of one name",
      { "cases/a.json": record("a"), "b.json": record("a") },
      ["cases", "b.json"],
      "BASELINE_INVALID",
    ],
    ["a file of no cases", { "a.json": line }, ["a.json"], "BASELINE_INVALID"],
    ["cases as a log", { "a.txt": record("a") }, ["a.txt"], "DECISION_LOG_INVALID"],
  ])("when %s is named throws", async (_, files, paths, code) => {
    expect(await codeOf(read(files, ...paths))).toBe(code);
  });
});

describe("ownCases", () => {
  it.each([
    ["cases", { "a.json": record("a") }, "cases"],
    ["a log", { "a.jsonl": line }, "cases"],
    ["a baseline alone", { "baseline.json": "{}" }, undefined],
    ["nothing", {}, undefined],
  ])("when the folder holds %s returns its name or undefined", async (_, files, expected) => {
    await withFolder(async (cwd) => {
      await mkdir(join(cwd, "cases"));
      for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, "cases", name), text);
      expect(await ownCases(createTerminal({ cwd }), cwd)).toBe(expected);
    });
  });

  it("when there is no folder returns undefined", async () => {
    await withFolder(async (cwd) => {
      expect(await ownCases(createTerminal({ cwd }), cwd)).toBeUndefined();
    });
  });

  it("when it cannot be read throws CONFIG_INVALID, since its cases would be passed over", async () => {
    await withFolder(async (cwd) => {
      await writeFile(join(cwd, "cases"), "");
      expect(await codeOf(ownCases(createTerminal({ cwd }), cwd))).toBe("CONFIG_INVALID");
    });
  });
});
