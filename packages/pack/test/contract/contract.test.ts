import { describe, expect, it } from "@jest/globals";
import { contractOfPack, inputSchemaOf, readInputSchemas, toContract } from "../../src/contract/contract.ts";
import { policyDigestOf } from "../../src/contract/policy-digest.ts";
import { readPackUnsafe } from "../../src/contents.ts";
import { digestOf } from "../../src/digest.ts";
import { canonicalEntries } from "../../src/entries.ts";
import type { SourceFile } from "../../src/entries.ts";
import type { PackManifest } from "../../src/manifest.ts";
import { encodeOpaManifest } from "../../src/opa-manifest.ts";
import { encodeTar } from "../../src/tar.ts";

const DIGEST = digestOf(Buffer.from("before"));

function file(path: string, text: string): SourceFile {
  return { path, bytes: Buffer.from(text) };
}

const FILES = [
  file("opa/a/a.rego", "package a"),
  file("opa/schemas/a/input.json", '{"type": "object"}'),
  file("opa/schemas/a/b/input.json", "true"),
  file("opa/schemas/a/other.json", "{"),
  file("data/config/data.json", '{"limit": 3}'),
  file("README.md", "# A"),
];

describe("readInputSchemas", () => {
  it("when given a pack's files returns the schemas of inputs by package path", () => {
    expect([...readInputSchemas(FILES)]).toEqual([
      ["a", { type: "object" }],
      ["a/b", true],
    ]);
  });

  it.each(["opa/schemas/input.json", "opa/schemas/a/output.json", "schemas/a/input.json", "opa/a/input.json", ""])(
    "when given %j takes it for no schema of an input",
    (path) => {
      expect(inputSchemaOf(path)).toBeUndefined();
    },
  );

  it("when one is malformed, or huge, throws", () => {
    const read = (text: string) => () => readInputSchemas([file("opa/schemas/a/input.json", text)]);
    expect(read('{"a": 1, "a": 2}')).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
    expect(read("{")).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
    expect(read(`"${"x".repeat(1024 * 1024)}"`)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  });
});

describe("contractOfPack", () => {
  it("when given a pack returns what its bytes tell, as published", () => {
    const metadata = { packId: "test-pack-v1", previousDigest: DIGEST, entrypoints: ["a/allow"], opaVersion: "1" };
    const opaManifest = encodeOpaManifest({ revision: "7", roots: ["a", "config"], rego_version: 1, metadata });
    const built = [...FILES, { path: "opa/.manifest", bytes: opaManifest }, file("opa/policy.wasm", "wasm")];
    const tar = encodeTar(canonicalEntries(built));
    const contract = contractOfPack(readPackUnsafe(tar));
    expect(contract).toMatchObject({
      packId: "test-pack-v1",
      revision: 7,
      previousDigest: DIGEST,
      digest: digestOf(tar),
      policyDigest: policyDigestOf(FILES),
      lifecycle: undefined,
      emergencyFlags: undefined,
      entrypoints: ["a/allow"],
      isPublished: true,
    });
    expect(contract.inputs?.size).toBe(2);
    expect(contract.files).toHaveLength(built.length);
  });
});

describe("toContract", () => {
  const manifest: PackManifest = {
    packId: "test-pack-v1",
    revision: 1,
    previousDigest: null,
    digest: { algorithm: "sha256", value: DIGEST.slice(7) },
    artifacts: [],
    files: [],
    entrypoints: [],
    opa: { version: "1", capabilitiesDigest: DIGEST },
  };
  const known = { inputs: undefined, isPublished: false };

  it("when an old manifest says nothing of lifecycle and flags returns active and none", () => {
    expect(toContract(manifest, known)).toMatchObject({ digest: DIGEST, lifecycle: "active", emergencyFlags: [] });
  });

  it("when the manifest says them returns them", () => {
    const stated = { lifecycle: "retired", emergencyFlags: ["x"], policyDigest: DIGEST } as const;
    expect(toContract({ ...manifest, ...stated }, known)).toMatchObject(stated);
  });
});
