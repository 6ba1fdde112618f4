import { describe, expect, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { policyDigestOf } from "../../src/contract/policy-digest.ts";
import type { SourceFile } from "../../src/entries.ts";

const FILES: Readonly<Record<string, string>> = {
  "opa/b/b.rego": "package b\n",
  "opa/a/a.rego": "package a\n# ü\n",
  "opa/a/a_test.rego": "package a_test\n",
  "opa/schemas/a/input.json": "{}",
  "data/config/data.json": '{"limit": 3, "list": [1.0, "x"]}\n',
  "README.md": "# A\n",
  "signing/README.md": "nobody\n",
};

function toFiles(changes: Readonly<Record<string, string | undefined>> = {}): readonly SourceFile[] {
  return Object.entries({ ...FILES, ...changes }).flatMap(([path, text]) =>
    text === undefined ? [] : [{ path, bytes: Buffer.from(text) }],
  );
}

describe("policyDigestOf", () => {
  const digest = policyDigestOf(toFiles());

  it("returns the SHA-256 of the framed parts, in the order of the paths", () => {
    const text =
      "policy-pack-policy-v1\n" +
      "rego 12 15\nopa/a/a.regopackage a\n# ü\n" +
      "rego 12 10\nopa/b/b.regopackage b\n" +
      'data 37\n{"config":{"limit":3,"list":[1,"x"]}}';
    expect(digest).toBe(`sha256:${createHash("sha256").update(text).digest("hex")}`);
  });

  it("when the files come in another order returns the same", () => {
    expect(policyDigestOf(toFiles().toReversed())).toBe(digest);
  });

  it.each([
    ["a test", { "opa/a/a_test.rego": "package a_test\n\ntest_x if true\n" }],
    ["a schema", { "opa/schemas/a/input.json": '{"type": "object"}' }],
    ["the README", { "README.md": "# B\n" }],
    ["what the build adds", { "opa/policy.wasm": "wasm", "opa/.manifest": "{}" }],
    ["how data is spelled", { "data/config/data.json": '{"list":[1,"\\u0078"],"limit":3.0}' }],
    [
      "how data is spread",
      { "data/config/data.json": undefined, "data/data.json": '{"config":{"list":[1,"x"],"limit":3}}' },
    ],
  ])("when %s changes returns the same", (_what, changes: Record<string, string | undefined>) => {
    expect(policyDigestOf(toFiles(changes))).toBe(digest);
  });

  it.each([
    ["a policy", { "opa/a/a.rego": "package a\n# u\n" }],
    ["a policy's name", { "opa/b/b.rego": undefined, "opa/b/c.rego": "package b\n" }],
    ["a value of the data", { "data/config/data.json": '{"limit": 4, "list": [1, "x"]}' }],
    ["a policy's absence", { "opa/b/b.rego": undefined }],
    [
      "the border of two files",
      { "opa/a/a.rego": "package a\n# ü\nrego 12 10\nopa/b/b.regopackage b\n", "opa/b/b.rego": undefined },
    ],
    ["the border of name and content", { "opa/b/b.rego": undefined, "opa/b/b.regop.rego": "ackage b\n" }],
  ])("when %s changes returns another", (_what, changes: Record<string, string | undefined>) => {
    expect(policyDigestOf(toFiles(changes))).not.toBe(digest);
  });

  it("when two integers differ that one double stands for returns others, and the same for two spellings of one", () => {
    const ofNumber = (text: string) => policyDigestOf(toFiles({ "data/config/data.json": `[${text}]` }));
    expect(ofNumber("9007199254740993")).not.toBe(ofNumber("9007199254740992"));
    expect(ofNumber("9007199254740993")).toBe(ofNumber("9007199254740993.0"));
    expect(ofNumber("1e400")).toBe(ofNumber("10.0E399"));
    expect(ofNumber("1e400")).not.toBe(ofNumber("1e401"));
  });

  it("when data cannot be merged throws MANIFEST_INVALID", () => {
    const files = toFiles({ "data/config/limit/data.json": "4" });
    expect(() => policyDigestOf(files)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
  });
});
