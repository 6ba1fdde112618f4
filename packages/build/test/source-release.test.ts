import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf, encodeManifest } from "@policy-pack/pack";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { readRelease } from "../src/source.ts";

let temp: TempDir;
let dir = "";
beforeEach(async () => {
  temp = await createTempDir();
  dir = temp.path;
});
afterEach(() => temp.remove());

describe("readRelease", () => {
  const digest = digestOf(Buffer.alloc(0));
  const built = encodeManifest({
    packId: "policy-pack-v0",
    revision: 4,
    previousDigest: digest,
    digest: { algorithm: "sha256", value: digest.slice(7) },
    artifacts: [
      { name: "t", mediaType: "m", digest, size: 0 },
      { name: "b", mediaType: "m", digest, size: 0 },
    ],
    files: [],
    entrypoints: [],
    opa: { version: "1", capabilitiesDigest: digest },
  });

  it("when there is no manifest returns the draft of a first revision", async () => {
    const first = { revision: 1, previousDigest: null, lifecycle: "draft", emergencyFlags: [] };
    expect(await readRelease(dir, "policy-pack-v0")).toEqual(first);
  });

  it("when the manifest was built returns its revision and previous digest", async () => {
    writeFileSync(join(dir, "manifest.json"), built);
    expect(await readRelease(dir, "policy-pack-v0")).toMatchObject({ revision: 4, previousDigest: digest });
  });

  it("when the manifest is another pack's throws SOURCE_INVALID", async () => {
    writeFileSync(join(dir, "manifest.json"), built);
    await expect(readRelease(dir, "policy-pack-v1")).rejects.toMatchObject({ code: "SOURCE_INVALID" });
  });

  it("when the manifest is malformed throws MANIFEST_INVALID", async () => {
    writeFileSync(join(dir, "manifest.json"), '{"manifest": {}}');
    await expect(readRelease(dir, "policy-pack-v0")).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
  });

  it("when the manifest is a link throws SOURCE_INVALID", async () => {
    symlinkSync("/etc/passwd", join(dir, "manifest.json"));
    await expect(readRelease(dir, "policy-pack-v0")).rejects.toMatchObject({ code: "SOURCE_INVALID" });
  });
});
