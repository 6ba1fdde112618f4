import { describe, expect, it } from "@jest/globals";
import { digestOf } from "../src/digest.ts";
import { encodeManifest, manifestDigest, parseManifest, parseReleaseFields } from "../src/manifest.ts";
import type { PackManifest } from "../src/manifest.ts";

const DIGEST = digestOf(Buffer.from("tar"));
const MANIFEST: PackManifest = {
  packId: "test-pack-v0",
  contractVersion: "v0",
  revision: 2,
  previousDigest: DIGEST,
  lifecycle: "active",
  emergencyFlags: ["break-glass", "freeze"],
  digest: { algorithm: "sha256", value: DIGEST.slice(7) },
  policyDigest: DIGEST,
  artifacts: [
    { name: "test-pack-v0.tar", mediaType: "application/x-tar", digest: DIGEST, size: 10_240 },
    { name: "test-pack-v0.bundle.tar.gz", mediaType: "application/gzip", digest: DIGEST, size: 0 },
  ],
  files: [
    { path: "README.md", digest: DIGEST, size: 3 },
    { path: "opa/a.rego", digest: DIGEST, size: 4 },
  ],
  entrypoints: ["a/allow", "a/reasons"],
  requires: { builtins: ["http.send", "time.now_ns"], capabilities: ["http.send"] },
  opa: { version: "1.2.3", capabilitiesDigest: DIGEST },
  toolkit: { version: "0.1.0" },
};

/** The manifest's JSON with one place changed, reached by a path of keys. */
function changed(path: string, value: unknown): string {
  const top = JSON.parse(Buffer.from(encodeManifest(MANIFEST)).toString()) as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let place = top;
  for (const key of keys) place = place[key] as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(place, last);
  else place[last] = value;
  return JSON.stringify(top);
}

describe("encodeManifest", () => {
  it("when given a manifest returns two-space JSON that parses to it again", () => {
    const bytes = encodeManifest(MANIFEST);
    expect(parseManifest(bytes)).toEqual(MANIFEST);
    expect(Buffer.from(bytes).toString()).toMatch(/^\{\n {2}"manifest": \{\n {4}"packId": "test-pack-v0",\n[^]*\}\n$/);
  });

  it("when keys come in another order, or more of them, returns the same bytes", () => {
    const reversed = Object.fromEntries(Object.entries({ ...MANIFEST, extra: 1 }).toReversed());
    expect(encodeManifest(reversed as unknown as PackManifest)).toEqual(encodeManifest(MANIFEST));
  });
});

describe("parseManifest", () => {
  it.each([
    ["manifest", undefined],
    ["manifest", []],
    ["manifest", null],
    ["extra", 1],
    ["manifest.extra", 1],
    ["manifest.packId", "Test"],
    ["manifest.packId", undefined],
    ["manifest.revision", "2"],
    ["manifest.revision", 0],
    ["manifest.revision", 1.5],
    ["manifest.revision", 2 ** 53],
    ["manifest.revision", null],
    ["manifest.previousDigest", undefined],
    ["manifest.previousDigest", "x"],
    ["manifest.previousDigest", false],
    ["manifest.contractVersion", "v1"],
    ["manifest.contractVersion", 0],
    ["manifest.lifecycle", "Active"],
    ["manifest.lifecycle", ""],
    ["manifest.lifecycle", null],
    ["manifest.lifecycle", "constructor"],
    ["manifest.emergencyFlags", "break-glass"],
    ["manifest.emergencyFlags", null],
    ["manifest.emergencyFlags", ["freeze", "break-glass"]],
    ["manifest.emergencyFlags", ["freeze", "freeze"]],
    ["manifest.emergencyFlags", ["Break-Glass"]],
    ["manifest.emergencyFlags", ["break--glass"]],
    ["manifest.emergencyFlags", ["break glass"]],
    ["manifest.emergencyFlags", ["a".repeat(65)]],
    ["manifest.emergencyFlags", Array.from({ length: 33 }, (_, index) => `f${100 + index}`)],
    ["manifest.emergencyFlags", [1]],
    ["manifest.policyDigest", DIGEST.slice(7)],
    ["manifest.policyDigest", null],
    ["manifest.digest", DIGEST],
    ["manifest.digest.algorithm", "sha512"],
    ["manifest.digest.value", DIGEST],
    ["manifest.digest.value", DIGEST.slice(7).toUpperCase()],
    ["manifest.digest.extra", 1],
    ["manifest.artifacts", {}],
    ["manifest.artifacts", []],
    ["manifest.artifacts.0.size", -1],
    ["manifest.artifacts.0.size", "1"],
    ["manifest.artifacts.1.digest", ""],
    ["manifest.artifacts.1.name", ""],
    ["manifest.artifacts.1.mediaType", 3],
    ["manifest.artifacts.0.extra", 3],
    ["manifest.files", null],
    ["manifest.files.0.path", "z"],
    ["manifest.files.0.path", "opa/a.rego"],
    ["manifest.files.0.digest", DIGEST.toUpperCase()],
    ["manifest.files.0.size", 0.5],
    ["manifest.files.0.extra", 0],
    ["manifest.entrypoints", "a/allow"],
    ["manifest.entrypoints", ["a/reasons", "a/allow"]],
    ["manifest.entrypoints", ["a/allow", "a/allow"]],
    ["manifest.entrypoints", ["allow/"]],
    ["manifest.entrypoints", [""]],
    ["manifest.requires", null],
    ["manifest.requires", []],
    ["manifest.requires.extra", 1],
    ["manifest.requires.builtins", undefined],
    ["manifest.requires.builtins", "http.send"],
    ["manifest.requires.builtins", ["time.now_ns", "http.send"]],
    ["manifest.requires.builtins", ["http.send", "http.send"]],
    ["manifest.requires.builtins", ["http.send", "time now"]],
    ["manifest.requires.builtins", ["Http.send", "http.send"]],
    ["manifest.requires.builtins", ["http.send", "opa.runtime", "time.now_ns"]],
    ["manifest.requires.builtins", ["time.now_ns"]],
    ["manifest.requires.capabilities", undefined],
    ["manifest.requires.capabilities", []],
    ["manifest.requires.capabilities", ["http.send", "time.now_ns"]],
    ["manifest.opa", null],
    ["manifest.opa.version", ""],
    ["manifest.opa.capabilitiesDigest", null],
    ["manifest.opa.extra", null],
    ["manifest.toolkit", null],
    ["manifest.toolkit.version", ""],
    ["manifest.toolkit.extra", null],
  ])("when %s is %j throws MANIFEST_INVALID", (path, value) => {
    expect(() => parseManifest(changed(path, value))).toThrow(
      expect.objectContaining({ code: "MANIFEST_INVALID", exitCode: 3 }),
    );
  });

  it("when it was written before later fields were recorded returns it without them", () => {
    const { toolkit, contractVersion, lifecycle, emergencyFlags, policyDigest, requires, ...older } = MANIFEST;
    for (const later of [toolkit, contractVersion, lifecycle, emergencyFlags, policyDigest, requires]) {
      expect(later).toBeDefined();
    }
    expect(parseManifest(encodeManifest(older))).toEqual(older);
  });

  it("when it lists as many emergency flags as it may, as long as they may be, returns them", () => {
    const flags = Array.from({ length: 32 }, (_, index) => `f${100 + index}`.padEnd(64, "x"));
    expect(parseManifest(changed("manifest.emergencyFlags", flags)).emergencyFlags).toEqual(flags);
  });

  it("when a key is there twice, or the text is cut, throws MANIFEST_INVALID", () => {
    const text = Buffer.from(encodeManifest(MANIFEST)).toString();
    for (const bad of [text.replace('"revision": 2', '"revision": 2, "revision": 3'), text.slice(0, -3), "", "[]"]) {
      expect(() => parseManifest(bad)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
    }
  });

  it("when it is huge throws LIMIT_EXCEEDED", () => {
    const huge = Buffer.alloc(4 * 1024 * 1024 + 1, " ");
    expect(() => parseManifest(huge)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  });
});

describe("parseReleaseFields", () => {
  it("when the pack was built returns its fields and id", () => {
    expect(parseReleaseFields(encodeManifest(MANIFEST))).toEqual({
      packId: "test-pack-v0",
      revision: 2,
      previousDigest: DIGEST,
      lifecycle: "active",
      emergencyFlags: ["break-glass", "freeze"],
    });
  });

  it("when the pack was never built returns what stands there", () => {
    const text = '{"manifest": {"revision": 1, "previousDigest": null}}';
    expect(parseReleaseFields(text)).toEqual({ revision: 1, previousDigest: null });
  });

  it("when the pack was never built returns its lifecycle and flags too", () => {
    const fields = { revision: 1, previousDigest: null, lifecycle: "draft", emergencyFlags: [] };
    expect(parseReleaseFields(JSON.stringify({ manifest: fields }))).toEqual(fields);
  });

  it.each([
    changed("manifest.files", undefined),
    '{"manifest": {}}',
    '{"manifest": {"revision": 1}}',
    '{"manifest": {"revision": 0, "previousDigest": null}}',
    '{"manifest": {"revision": 1, "previousDigest": null, "x": 1}}',
  ])("when given %s throws MANIFEST_INVALID", (text) => {
    expect(() => parseReleaseFields(text)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
  });
});

describe("manifestDigest", () => {
  it("when given a manifest returns the tar's digest", () => {
    expect(manifestDigest(MANIFEST)).toBe(DIGEST);
  });
});
