import {
  canonicalEntries,
  ConfigError,
  digestOf,
  encodeOpaBundle,
  encodeOpaManifest,
  encodeTar,
  FormatError,
  MEDIA_TYPES,
  mergeData,
  PACK_FILES,
  packLocation,
  policyDigestOf,
  readPackUnsafe,
  toManifestDigest,
  UNSTATED_LIFECYCLE,
} from "@policy-pack/pack";
import type {
  Digest,
  JsonObject,
  OpaManifest,
  PackArtifact,
  PackFile,
  PackManifest,
  ReleaseFields,
  SourceFile,
} from "@policy-pack/pack";
import { compileRego } from "./compile.ts";
import type { CompiledRego, CompileOptions } from "./compile.ts";
import { OPA_VERSION } from "./opa-tool.ts";
import { toRoots } from "./packages.ts";
import type { ParityReport } from "./parity/parity.ts";
import type { TestReport } from "./test-report.ts";
import { TOOLKIT_VERSION } from "./toolkit.ts";

export interface PackSource {
  readonly files: readonly SourceFile[];
  readonly packId: string;
  readonly release: ReleaseFields;
}

/** A built pack in memory: nothing of it is written yet. */
export interface AssembledPack {
  readonly digest: Digest;
  readonly tar: Uint8Array;
  readonly opaBundle: Uint8Array;
  readonly manifest: PackManifest;
  readonly tests: TestReport;
  readonly coverage: number;
  /** What OPA says to people of tests that fail or are left out; undefined when none is. */
  readonly failures: string | undefined;
  /** How the module held against OPA; undefined when nobody asked. */
  readonly parity: ParityReport | undefined;
}

/**
 * Compiles a source and encodes both artifacts and the manifest. The same source gives the same bytes: nothing of the
 * folder, the machine or the time enters them.
 * @throws ConfigError SOURCE_INVALID | SOURCE_TESTS_FAILED | PARITY_FAILED | TOOL_FAILED | OUTPUT_FAILED
 */
export async function assemblePack(source: PackSource, options: CompileOptions): Promise<AssembledPack> {
  const data = readData(source.files);
  canonicalEntries(source.files);
  const compiled = await compileRego({ files: source.files, data }, options);
  return options.steps.time("encode", () => encode(source, compiled, toOpaManifest(source, compiled, data)));
}

async function encode(source: PackSource, compiled: CompiledRego, opaManifest: OpaManifest): Promise<AssembledPack> {
  const files = [
    ...source.files,
    { path: PACK_FILES.wasm, bytes: compiled.wasm },
    { path: PACK_FILES.opaManifest, bytes: encodeOpaManifest(opaManifest) },
  ];
  const tar = encodeTar(canonicalEntries(files));
  const opaBundle = await encodeOpaBundle(source.files, opaManifest);
  const digest = checkReadable(tar);
  const { packId, release } = source;
  const manifest: PackManifest = {
    packId,
    contractVersion: packLocation(packId).version,
    revision: release.revision,
    previousDigest: release.previousDigest,
    lifecycle: release.lifecycle ?? UNSTATED_LIFECYCLE,
    emergencyFlags: release.emergencyFlags ?? [],
    digest: toManifestDigest(digest),
    policyDigest: policyDigestOf(source.files),
    artifacts: [
      toArtifact(`${packId}.tar`, MEDIA_TYPES.packTar, tar),
      toArtifact(`${packId}.bundle.tar.gz`, MEDIA_TYPES.opaBundle, opaBundle),
    ],
    files: files.map(toFile).sort((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path))),
    entrypoints: compiled.entrypoints,
    requires: compiled.requires,
    opa: { version: OPA_VERSION, capabilitiesDigest: compiled.capabilities.digest },
    toolkit: { version: TOOLKIT_VERSION },
  };
  const { tests, coverage, failures, parity } = compiled;
  return { digest, tar, opaBundle, manifest, tests, coverage, failures, parity };
}

function toOpaManifest(source: PackSource, compiled: CompiledRego, data: JsonObject): OpaManifest {
  const { packId, release } = source;
  const { entrypoints } = compiled;
  return {
    revision: String(release.revision),
    roots: toRoots(data, compiled.packages),
    rego_version: 1,
    metadata: { packId, previousDigest: release.previousDigest, entrypoints, opaVersion: OPA_VERSION },
  };
}

/** What every reader of packs does first: a pack that they would refuse is not written. */
function checkReadable(tar: Uint8Array): Digest {
  return asSource(() => readPackUnsafe(tar).digest);
}

function readData(files: readonly SourceFile[]): JsonObject {
  return asSource(() => mergeData(files));
}

function asSource<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof FormatError) throw new ConfigError("SOURCE_INVALID", cause.message, { cause });
    throw cause;
  }
}

function toArtifact(name: string, mediaType: string, bytes: Uint8Array): PackArtifact {
  return { name, mediaType, digest: digestOf(bytes), size: bytes.length };
}

function toFile({ path, bytes }: SourceFile): PackFile {
  return { path, digest: digestOf(bytes), size: bytes.length };
}
