import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readSeenVersions, rememberVersions } from "../src/seen-versions.ts";
import { withFolder } from "./support.ts";

describe("rememberVersions", () => {
  it("keeps what it is given, for the next to read, and leaves nothing else behind", () =>
    withFolder(async (dir) => {
      const path = join(dir, "state.json");
      expect(await readSeenVersions(path)).toEqual({});
      await rememberVersions(path, { denylistVersion: 3 });
      await rememberVersions(path, { pauseVersion: 1 });
      expect(await readSeenVersions(path)).toEqual({ denylistVersion: 3, pauseVersion: 1 });
      expect(await readdir(dir)).toEqual(["state.json"]);
    }));

  it("never lowers a version, and writes nothing when nothing is new", () =>
    withFolder(async (dir) => {
      const path = join(dir, "state.json");
      await rememberVersions(path, {});
      expect(await readdir(dir)).toEqual([]);
      await rememberVersions(path, { denylistVersion: 7, pauseVersion: 7 });
      await writeFile(join(dir, "state.json.lock"), "");
      await rememberVersions(path, { denylistVersion: 6, pauseVersion: 7 });
      expect(await readSeenVersions(path)).toEqual({ denylistVersion: 7, pauseVersion: 7 });
    }));

  it("keeps the highest of many that write at once", () =>
    withFolder(async (dir) => {
      const path = join(dir, "state.json");
      const versions = [4, 9, 2, 7, 1, 8, 3, 6, 5];
      await Promise.all(versions.map((version) => rememberVersions(path, { denylistVersion: version })));
      expect(await readSeenVersions(path)).toEqual({ denylistVersion: 9 });
    }));

  it("throws OUTPUT_FAILED where nothing can be written", async () => {
    const remembering = rememberVersions("/nonexistent/state.json", { pauseVersion: 1 });
    await expect(remembering).rejects.toMatchObject({ code: "OUTPUT_FAILED", exitCode: 2 });
  });
});

describe("readSeenVersions", () => {
  it.each([
    ["an empty file", ""],
    ["what is no JSON", "{"],
    ["what is no object", "1"],
    ["another format", '{"stateVersion":2}'],
    ["no format", '{"denylistVersion":1}'],
    ["a version of text", '{"stateVersion":1,"denylistVersion":"1"}'],
    ["a version of nothing", '{"stateVersion":1,"denylistVersion":null}'],
    ["a version below 1", '{"stateVersion":1,"pauseVersion":0}'],
    ["a version that is no whole number", '{"stateVersion":1,"pauseVersion":1.5}'],
    ["an unknown name", '{"stateVersion":1,"denylist":1}'],
    ["a name given twice", '{"stateVersion":1,"pauseVersion":2,"pauseVersion":1}'],
    ["too much", `{"stateVersion":1}${" ".repeat(5000)}`],
  ])("throws for %s, and the file stays", (_name, text) =>
    withFolder(async (dir) => {
      const path = join(dir, "state.json");
      await writeFile(path, text);
      const failure = { code: text.length > 4096 ? "LIMIT_EXCEEDED" : "CONFIG_INVALID" };
      await expect(readSeenVersions(path)).rejects.toMatchObject(failure);
      await expect(rememberVersions(path, { pauseVersion: 9 })).rejects.toMatchObject(failure);
      expect(await readFile(path, "utf8")).toBe(text);
    }),
  );

  it("throws CONFIG_INVALID for a folder", () =>
    withFolder(async (dir) => {
      await mkdir(join(dir, "state.json"));
      await expect(readSeenVersions(join(dir, "state.json"))).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    }));
});
