import { describe, expect, it } from "@jest/globals";
import { gzipSync } from "node:zlib";
import { digestOf, encodeOpaBundle, LIMITS } from "@policy-pack/pack";
import { Header } from "tar";
import { inspectUnsafe } from "../src/inspect.ts";
import { readOpaBundleUnsafe } from "../src/opa-bundle.ts";

const REGO = Buffer.from("package a\n");

const OURS = await encodeOpaBundle([{ path: "opa/a/a.rego", bytes: REGO }], {
  revision: "3",
  roots: ["a"],
  rego_version: 1,
  metadata: { packId: "test-pack-v0", previousDigest: null, entrypoints: ["a/b"], opaVersion: "1.0.0" },
});

interface Entry {
  readonly path: string;
  readonly type?: "File" | "Directory" | "SymbolicLink";
  readonly bytes?: Uint8Array;
}

/** A tar as other writers make them. */
function tarOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = "File", bytes = Buffer.alloc(0) }) => {
    const header = Buffer.alloc(512);
    new Header({ path, type, mode: 0o644, size: bytes.length, linkpath: type === "SymbolicLink" ? "x" : "" }).encode(
      header,
      0,
    );
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

describe("readOpaBundleUnsafe", () => {
  it("returns the manifest and the files of our own bundle", async () => {
    const { manifest, files } = await readOpaBundleUnsafe(OURS);
    expect(manifest).toMatchObject({ revision: "3", roots: ["a"] });
    expect(files.map(({ path }) => path)).toEqual([".manifest", "data.json", "opa/a/a.rego"]);
    expect(files[2]).toEqual({ path: "opa/a/a.rego", size: REGO.length, digest: digestOf(REGO) });
  });

  it("returns those of a bundle that OPA wrote, with or without a manifest", async () => {
    const entries: Entry[] = [
      { path: "/a", type: "Directory" },
      { path: "/data.json", bytes: Buffer.from("{}") },
    ];
    const { manifest, files } = await readOpaBundleUnsafe(gzipSync(tarOf(entries)));
    expect([manifest, files.map(({ path }) => path)]).toEqual([undefined, ["data.json"]]);
  });

  it.each<[string, string, Uint8Array]>([
    ["gzip that breaks off", "ARCHIVE_INVALID", OURS.subarray(0, OURS.length / 2)],
    ["gzip of noise", "ARCHIVE_INVALID", gzipSync("noise".repeat(1000))],
    ["gzip of nothing", "ARCHIVE_INVALID", gzipSync("")],
    [
      "a tar that breaks off",
      "ARCHIVE_INVALID",
      gzipSync(tarOf([{ path: "a", bytes: Buffer.alloc(2000) }]).subarray(0, 900)),
    ],
    ["a bundle compressed twice", "ARCHIVE_INVALID", gzipSync(OURS)],
    ["a link", "ARCHIVE_INVALID", gzipSync(tarOf([{ path: "a", type: "SymbolicLink" }]))],
    ["a manifest that is not JSON", "MANIFEST_INVALID", gzipSync(tarOf([{ path: "/.manifest", bytes: REGO }]))],
    ["more bytes than a pack holds", "LIMIT_EXCEEDED", gzipSync(Buffer.alloc(LIMITS.maxPackBytes + 1))],
    [
      "more entries than a pack holds",
      "LIMIT_EXCEEDED",
      gzipSync(tarOf(Array.from({ length: LIMITS.maxFiles + 1 }, (_, i) => ({ path: `f${i}` })))),
    ],
  ])("throws on %s", async (_name, code, bytes) => {
    await expect(readOpaBundleUnsafe(bytes)).rejects.toMatchObject({ name: "FormatError", code });
  });
});

describe("inspectUnsafe", () => {
  it("shows an OPA bundle and says that nothing is verified", async () => {
    const { json, text } = await inspectUnsafe(OURS);
    expect(json).toMatchObject({
      kind: "OPA bundle",
      verified: false,
      digest: digestOf(OURS),
      manifest: { revision: "3" },
    });
    expect(text).toMatch(/^file +opa\/a\/a\.rego +10 B$/m);
  });

  it("shows the manifest of a pack that was never built", async () => {
    const { json } = await inspectUnsafe(Buffer.from('{"manifest": {"revision": 2, "previousDigest": null}}'));
    expect(json).toMatchObject({ verified: false, manifest: { revision: 2, previousDigest: null } });
  });

  it("throws on a built manifest that lacks something", async () => {
    const manifest = { revision: 1, previousDigest: null, digest: { algorithm: "sha256", value: "0".repeat(64) } };
    await expect(inspectUnsafe(Buffer.from(JSON.stringify({ manifest })))).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
    });
  });
});
