import { describe, expect, it } from "@jest/globals";
import { digestOf } from "../src/digest.ts";
import { encodeOpaManifest, parseOpaManifest } from "../src/opa-manifest.ts";
import { OPA_MANIFEST } from "./files.ts";

const TEXT = Buffer.from(encodeOpaManifest(OPA_MANIFEST)).toString();

describe("parseOpaManifest", () => {
  it("when given what encodeOpaManifest wrote returns it", () => {
    const released = {
      ...OPA_MANIFEST,
      metadata: { ...OPA_MANIFEST.metadata, previousDigest: digestOf(Buffer.from("before")) },
    };
    expect(parseOpaManifest(encodeOpaManifest(OPA_MANIFEST))).toEqual(OPA_MANIFEST);
    expect(parseOpaManifest(encodeOpaManifest(released))).toEqual(released);
  });

  it.each([
    ["another revision form", '"3"', '"03"'],
    ["a revision that is a number", '"3"', "3"],
    ["revision 0", '"3"', '"0"'],
    ["a revision no number holds", '"3"', '"9007199254740993"'],
    ["another Rego version", '"rego_version": 1', '"rego_version": 0'],
    ["an unknown key", '"rego_version": 1', '"rego_version": 1, "wasm": []'],
    ["a missing key", '"rego_version": 1,', ""],
    ["no roots", '"a",\n    "config"', ""],
    ["unsorted roots", '"a",\n    "config"', '"config",\n    "a"'],
    ["a bad packId", "test-pack-v0", "../x"],
    ["a bad digest", "null", '"x"'],
    ["a digest of another type", "null", "3"],
    ["a bad entrypoint", "a/allow", "allow"],
    ["no OPA version", "1.2.3", ""],
    ["another form", "{\n", "{ \n"],
    ["no newline at the end", "}\n", "}"],
    ["cut text", "}\n", ""],
  ])("when it has %s throws MANIFEST_INVALID", (_, from, to) => {
    const at = TEXT.lastIndexOf(from);
    expect(at).toBeGreaterThanOrEqual(0);
    const text = TEXT.slice(0, at) + to + TEXT.slice(at + from.length);
    expect(() => parseOpaManifest(Buffer.from(text))).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
  });

  it("when it owns no roots throws MANIFEST_INVALID", () => {
    const bytes = encodeOpaManifest({ ...OPA_MANIFEST, roots: [] });
    expect(() => parseOpaManifest(bytes)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
  });

  it("when it is of another Rego version says so", () => {
    const bytes = Buffer.from(TEXT.replace('"rego_version": 1', '"rego_version": 0'));
    expect(() => parseOpaManifest(bytes)).toThrow("rego_version");
  });

  it("when any single byte is changed throws or returns another value (each byte, bit 0)", () => {
    for (let at = 0; at < TEXT.length; at += 1) {
      const bytes = Buffer.from(TEXT);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      try {
        expect(parseOpaManifest(bytes)).not.toEqual(OPA_MANIFEST);
      } catch (thrown) {
        if ((thrown as { matcherResult?: unknown }).matcherResult !== undefined) throw thrown;
        expect(thrown).toMatchObject({ code: "MANIFEST_INVALID" });
      }
    }
  });
});
