import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { fileListing, sourceDigest } from "../../src/attestations/source-digest.ts";
import { readSource } from "../../src/source.ts";
import { sourceFiles, writeFiles } from "../sources.ts";

let temp: TempDir;
beforeEach(async () => {
  temp = await createTempDir();
});
afterEach(() => temp.remove());

const files = (...paths: string[]) => paths.map((path) => ({ path, bytes: Buffer.from(path) }));

describe("sourceDigest", () => {
  it("when a source is read returns what find, sort and sha256sum make of its files", async () => {
    writeFiles(
      temp.path,
      sourceFiles({ "opa/a-b.rego": "package b\n", "opa/é.rego": "package c\n", "opa/Z.rego": "" }),
    );
    writeFiles(temp.path, { "signing/cosign.bundle.json": "{}", "manifest.json": '{"manifest": {}}' });
    const sum =
      "find opa data README.md signing -type f ! -name cosign.bundle.json | LC_ALL=C sort | xargs -r sha256sum | sha256sum";
    const printed = execFileSync("sh", ["-c", sum], { cwd: temp.path, encoding: "utf8" });
    expect(sourceDigest(await readSource(temp.path))).toBe(`sha256:${printed.slice(0, 64)}`);
  });

  it("when files come in another order returns the same digest, and another for other bytes or names", () => {
    const digest = sourceDigest(files("a", "b"));
    expect(sourceDigest(files("b", "a"))).toBe(digest);
    expect(sourceDigest(files("a", "c"))).not.toBe(digest);
    expect(sourceDigest([{ path: "a", bytes: Buffer.from("x") }, ...files("b")])).not.toBe(digest);
  });
});

describe("fileListing", () => {
  it.each([["a\nb"], ["a\\b"], ["a\rb"]])("when a path is %j throws INPUT_INVALID", (path) => {
    expect(() => fileListing(files(path))).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });

  it("when a path is there twice throws INPUT_INVALID", () => {
    expect(() => fileListing(files("a", "b", "a"))).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });
});
