import { describe, expect, it } from "@jest/globals";
import { toRequires } from "@policy-pack/pack";
import { compilePack } from "@policy-pack/testkit";
import { checkProvided, checkRequires, readRequires } from "../src/requires.ts";

describe("readRequires", () => {
  it("when given a module of OPA returns the builtins that it leaves to its host", async () => {
    const rego =
      'package a\n\n# METADATA\n# scope: document\n# entrypoint: true\nx := [time.now_ns(), http.send({"url": input.u})]\n';
    const { contents, manifest } = await compilePack({ "opa/a/a.rego": rego });
    const requires = { builtins: ["http.send", "time.now_ns"], capabilities: ["http.send"] };
    expect(await readRequires(contents.wasm)).toEqual(requires);
    expect(manifest.requires).toEqual(requires);
  });

  it("when given something else throws SOURCE_INVALID", async () => {
    await expect(readRequires(Buffer.from("no module"))).rejects.toMatchObject({ code: "SOURCE_INVALID" });
  });
});

describe("checkProvided", () => {
  it("when no host has a builtin throws SOURCE_INVALID", () => {
    expect(() => {
      checkProvided(toRequires(["time.now_ns", "rego.parse_module"]));
    }).toThrow(expect.objectContaining({ code: "SOURCE_INVALID" }));
    expect(() => {
      checkProvided(toRequires(["time.now_ns", "http.send"]));
    }).not.toThrow();
  });
});

describe("checkRequires", () => {
  it("when manifest and module disagree throws MANIFEST_OUTDATED", () => {
    const [some, more] = [toRequires(["time.now_ns"]), toRequires(["http.send", "time.now_ns"])];
    for (const [stated, actual] of [
      [some, more],
      [more, some],
      [toRequires([]), some],
    ] as const) {
      expect(() => {
        checkRequires({ requires: stated }, actual);
      }).toThrow(expect.objectContaining({ code: "MANIFEST_OUTDATED" }));
    }
  });

  it("when they agree, or one of them says nothing, does nothing", () => {
    const some = toRequires(["time.now_ns"]);
    expect(() => {
      checkRequires({ requires: some }, some);
      checkRequires({}, some);
      checkRequires({ requires: some }, undefined);
    }).not.toThrow();
  });
});
