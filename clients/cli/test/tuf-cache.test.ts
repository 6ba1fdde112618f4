import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { commitTufFiles, readTufFiles, tufFolder } from "../src/tuf-cache.ts";
import type { TufFiles } from "../src/tuf-cache.ts";
import { refreshTarget } from "../src/tuf-refresh.ts";
import { withFolder } from "./support.ts";
import { createTufRepository } from "./tuf-repository.ts";

const files = (text: string): TufFiles =>
  new Map(["targets/t.json", "targets.json", "root.json"].map((name) => [name, Buffer.from(text)]));

describe("tufFolder", () => {
  it("returns one folder a repository, which no mirror leads out of", () => {
    expect(tufFolder("/c", new URL("https://h.example/a/"))).toBe("/c/h.example%2Fa");
    expect(tufFolder("/c", new URL("https://h.example/%2e%2e/x"))).toBe("/c/h.example%2Fx");
  });
});

describe("readTufFiles", () => {
  it("returns nothing of a folder that is not there", async () => {
    expect((await readTufFiles("/nonexistent")).size).toBe(0);
  });

  it("throws CONFIG_INVALID for what is no folder or no regular file", () =>
    withFolder(async (dir) => {
      await writeFile(join(dir, "f"), "");
      await expect(readTufFiles(join(dir, "f"))).rejects.toMatchObject({ code: "CONFIG_INVALID" });
      execFileSync("mkfifo", [join(dir, "root.json")]);
      await expect(readTufFiles(dir)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    }));

  it("throws LIMIT_EXCEEDED for a folder of too many files", () =>
    withFolder(async (dir) => {
      await Promise.all(Array.from({ length: 65 }, (_, i) => writeFile(join(dir, `${i}.json`), "")));
      await expect(readTufFiles(dir)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    }));
});

describe("commitTufFiles", () => {
  it("writes what changed and returns true", () =>
    withFolder(async (dir) => {
      expect(await commitTufFiles(join(dir, "r"), new Map(), files("a"))).toBe(true);
      expect(await commitTufFiles(join(dir, "r"), files("a"), files("b"))).toBe(true);
      expect(await readTufFiles(join(dir, "r"))).toEqual(new Map([...files("b")].toReversed().toSorted()));
      expect(await readdir(join(dir, "r"))).toEqual(["root.json", "targets", "targets.json"]);
    }));

  it("returns false and writes nothing when another process has written meanwhile", () =>
    withFolder(async (dir) => {
      await commitTufFiles(dir, new Map(), files("newer"));
      expect(await commitTufFiles(dir, new Map(), files("older"))).toBe(false);
      expect(await readFile(join(dir, "root.json"), "utf8")).toBe("newer");
    }));

  it("throws OUTPUT_FAILED where no folder can be", () =>
    withFolder(async (dir) => {
      await writeFile(join(dir, "f"), "");
      const committing = commitTufFiles(join(dir, "f", "r"), new Map(), files("a"));
      await expect(committing).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
    }));
});

describe("refreshTarget", () => {
  it("throws FETCH_TIMEOUT when the server is silent", () =>
    withFolder(async (cacheDir) => {
      const repository = await createTufRepository();
      try {
        repository.answer("/2.root.json", 200, { "content-length": "10" });
        const refreshing = refreshTarget({
          mirror: new URL(repository.url),
          initialRoot: repository.root,
          cacheDir,
          target: "trusted_root.json",
          check: () => undefined,
          signal: AbortSignal.timeout(100),
        });
        await expect(refreshing).rejects.toMatchObject({ code: "FETCH_TIMEOUT", retryable: true });
        expect(await readdir(cacheDir)).toEqual([]);
      } finally {
        await repository.close();
      }
    }));

  it("uses the given root when it is newer than the cached one", () =>
    withFolder(async (cacheDir) => {
      const repository = await createTufRepository();
      try {
        const mirror = new URL(repository.url);
        await mkdir(tufFolder(cacheDir, mirror), { recursive: true });
        await writeFile(join(tufFolder(cacheDir, mirror), "root.json"), '{"signed":{"version":0,"expires":""}}');
        repository.serve(Buffer.from("x"));
        const signal = AbortSignal.timeout(10_000);
        const options = { mirror, initialRoot: repository.root, cacheDir, check: () => undefined, signal };
        const { bytes } = await refreshTarget({ ...options, target: "trusted_root.json" });
        expect(Buffer.from(bytes).toString()).toBe("x");
        const absent = refreshTarget({ ...options, target: "absent.json" });
        await expect(absent).rejects.toMatchObject({ code: "METADATA_INVALID" });
      } finally {
        await repository.close();
      }
    }));
});
