import {
  canonicalEntries,
  decodeTar,
  digestOf,
  encodeOpaBundle,
  encodeTar,
  PACK_FILES,
  parseOpaManifest,
} from "@policy-pack/pack";
import type { Digest, OpaManifest, PackFile, SourceFile } from "@policy-pack/pack";
import { SAMPLES } from "./samples.ts";

export type Digests = Readonly<Record<string, Digest>>;

const SAMPLE_MANIFEST: OpaManifest = {
  revision: "7",
  roots: ["sample"],
  rego_version: 1,
  metadata: { packId: "sample-v0", previousDigest: null, entrypoints: ["sample/a/allow"], opaVersion: "1.0.0" },
};

/** What both encoders make of the samples here. */
export async function sampleDigests(): Promise<Digests> {
  const tar = digestOf(encodeTar(canonicalEntries(SAMPLES)));
  const bundle = digestOf(await encodeOpaBundle(SAMPLES, SAMPLE_MANIFEST));
  return { "sample tar": tar, "sample bundle": bundle };
}

/** Both artifacts of the source as read here, with the module and OPA manifest of a tar that was built elsewhere. */
export async function packAgain(source: readonly SourceFile[], tar: Uint8Array): Promise<Digests> {
  const made = decodeTar(tar).filter(({ path }) => path === PACK_FILES.wasm || path === PACK_FILES.opaManifest);
  const manifest = made.find(({ path }) => path === PACK_FILES.opaManifest);
  if (made.length !== 2 || manifest === undefined) throw new TypeError("the tar is not a built pack");
  const bundle = await encodeOpaBundle(source, parseOpaManifest(manifest.bytes));
  return { "pack tar": digestOf(encodeTar(canonicalEntries([...source, ...made]))), "pack bundle": digestOf(bundle) };
}

/** The names of either side whose digests are not the same on both. */
export function differences(found: Digests, expected: Readonly<Record<string, string>>): readonly string[] {
  const names = new Set([...Object.keys(found), ...Object.keys(expected)]);
  return [...names].filter((name) => found[name] !== expected[name]);
}

/** The digests of a source's files, and those that its manifest has for them; what the build wrote is in neither. */
export function fileDigests(source: readonly SourceFile[], stated: readonly PackFile[]): readonly [Digests, Digests] {
  const built: readonly string[] = [PACK_FILES.wasm, PACK_FILES.opaManifest];
  return [
    Object.fromEntries(source.map(({ path, bytes }) => [path, digestOf(bytes)])),
    Object.fromEntries(stated.filter(({ path }) => !built.includes(path)).map(({ path, digest }) => [path, digest])),
  ];
}
