import { canonicalEntries, encodeOpaManifest, encodeTar } from "@policy-pack/pack";

/** The tar of a small pack of this revision. */
export function packOf(revision: string, packId = "test-pack-v0"): Uint8Array {
  const manifest = encodeOpaManifest({
    revision,
    roots: ["test"],
    rego_version: 1,
    metadata: { packId, previousDigest: null, entrypoints: ["test/allow"], opaVersion: "1.0.0" },
  });
  return encodeTar(
    canonicalEntries([
      { path: "README.md", bytes: Buffer.from("# Test\n") },
      { path: "opa/.manifest", bytes: manifest },
      { path: "opa/policy.wasm", bytes: Buffer.from("not looked at") },
      { path: "data/test/data.json", bytes: Buffer.from('{"limit":3}') },
    ]),
  );
}
