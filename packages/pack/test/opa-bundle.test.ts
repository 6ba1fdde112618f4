import { describe, expect, it } from "@jest/globals";

import { gunzipSync } from "node:zlib";
import { digestOf } from "../src/digest.ts";
import { encodeOpaBundle, isPolicyPath } from "../src/opa-bundle.ts";
import { parseOpaManifest } from "../src/opa-manifest.ts";
import { file, OPA_MANIFEST, packFiles } from "./files.ts";

/** Names and contents of a tar of short names. */
function listTar(tar: Buffer): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  for (let at = 0; tar[at] !== 0;) {
    const name = tar.toString("utf8", at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString("latin1", at + 124, at + 135), 8);
    entries.set(name, tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

describe("encodeOpaBundle", () => {
  it("when given a pack's files returns the manifest, the data and the policies alone", async () => {
    const entries = listTar(gunzipSync(await encodeOpaBundle(packFiles(), OPA_MANIFEST)));
    expect([...entries.keys()]).toEqual(["./.manifest", "./data.json", "./opa/a/a.rego"]);
    expect(parseOpaManifest(entries.get("./.manifest") ?? Buffer.alloc(0))).toEqual(OPA_MANIFEST);
    expect(entries.get("./data.json")?.toString()).toBe('{"config":{"x":{"limit":3}}}');
  });

  it("when files come in another order returns the same bytes", async () => {
    const bundle = await encodeOpaBundle(packFiles(), OPA_MANIFEST);
    expect(Buffer.compare(await encodeOpaBundle(packFiles().toReversed(), OPA_MANIFEST), bundle)).toBe(0);
  });

  it("when given the same files on any machine returns the same bytes", async () => {
    const bundle = await encodeOpaBundle(packFiles(), OPA_MANIFEST);
    expect(Buffer.from(bundle.subarray(0, 10)).toString("hex")).toBe("1f8b0800000000000203");
    expect(digestOf(bundle)).toBe("sha256:011b9da21dd643c9507e1752048abc4164c57d861ef5f21069a5009f76983e46");
  });

  it("when data holds numbers that no double has writes them as they are", async () => {
    const files = [file("data/a/data.json", "[9007199254740993, 1.0]"), file("data/b/data.json", "1")];
    const entries = listTar(gunzipSync(await encodeOpaBundle(files, OPA_MANIFEST)));
    expect(entries.get("./data.json")?.toString()).toBe('{"a":[9007199254740993,1.0],"b":1}');
  });

  it("when data cannot be merged throws", async () => {
    const files = [...packFiles(), file("data/data.json", '{"config":1}')];
    await expect(encodeOpaBundle(files, OPA_MANIFEST)).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
  });
});

describe("isPolicyPath", () => {
  it.each([
    ["opa/a.rego", true],
    ["opa/a_test.rego", false],
    ["opa/a.json", false],
    ["data/a.rego", false],
  ])("when given %s returns %s", (path, expected) => {
    expect(isPolicyPath(path)).toBe(expected);
  });
});
