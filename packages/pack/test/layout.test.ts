import { describe, expect, it } from "@jest/globals";
import { isCompanionPath, isPackId, packIdOf, packLocation, packPaths } from "../src/layout.ts";

describe("packLocation", () => {
  it("when given an id returns its parts", () => {
    expect(packLocation("policy-pack-v0")).toEqual({ packId: "policy-pack-v0", name: "policy-pack", version: "v0" });
    expect(packLocation("a-v1-v12")).toEqual({ packId: "a-v1-v12", name: "a-v1", version: "v12" });
  });

  it.each(["", "v0", "-v0", "pack", "pack-v", "pack-0", "Pack-v0", "pack--x-v0", "pack-v0\n", "../x-v0", "a/b-v0"])(
    "when given %j throws INPUT_INVALID",
    (packId) => {
      expect(isPackId(packId)).toBe(false);
      expect(() => packLocation(packId)).toThrow(expect.objectContaining({ code: "INPUT_INVALID", exitCode: 3 }));
    },
  );

  it("when given an endless id throws INPUT_INVALID", () => {
    expect(() => packLocation(`${"a".repeat(98)}-v0`)).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });
});

describe("packIdOf", () => {
  it("when given a name and a version returns the id", () => {
    expect(packIdOf("policy-pack", "v0")).toBe("policy-pack-v0");
  });

  it("when the version is none throws INPUT_INVALID", () => {
    expect(() => packIdOf("policy-pack", "main")).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });
});

describe("packPaths", () => {
  it("when given a root returns the contract's paths", () => {
    expect(packPaths("/r", "policy-pack-v0")).toEqual({
      source: "/r/contracts/policy-pack/v0",
      output: "/r/dist/policy-pack/v0",
      tar: "/r/dist/policy-pack/v0/policy-pack-v0.tar",
      opaBundle: "/r/dist/policy-pack/v0/policy-pack-v0.bundle.tar.gz",
      manifest: "/r/contracts/policy-pack/v0/manifest.json",
      bundle: "/r/contracts/policy-pack/v0/signing/cosign.bundle.json",
    });
  });
});

describe("isCompanionPath", () => {
  it.each(["manifest.json", "CHANGELOG.md", "cases", "cases/a.json", "cases/b/c"])(
    "when given %s returns true",
    (path) => {
      expect(isCompanionPath(path)).toBe(true);
    },
  );

  it.each(["README.md", "changelog.md", "casesx", "opa/cases/a.rego", "opa/manifest.json", "manifest.json/x", ""])(
    "when given %j returns false",
    (path) => {
      expect(isCompanionPath(path)).toBe(false);
    },
  );
});
