import { digestOf, parseDigest } from "../digest.ts";
import type { Digest } from "../digest.ts";
import type { PackContents } from "../contents.ts";
import type { SourceFile } from "../entries.ts";
import { parseJson } from "../json.ts";
import type { JsonValue } from "../json.ts";
import { PACK_FILES } from "../layout.ts";
import { LIMITS } from "../limits.ts";
import { manifestDigest } from "../manifest.ts";
import type { PackFile, PackManifest } from "../manifest.ts";
import { parseOpaManifest } from "../opa-manifest.ts";
import { quotePath } from "../path.ts";
import { policyDigestOf } from "./policy-digest.ts";
import { UNSTATED_LIFECYCLE } from "./release-fields.ts";
import type { Lifecycle } from "./release-fields.ts";

/** What one revision of a pack promises, and its place in the chain of revisions. */
export interface PackContract {
  readonly packId: string;
  readonly revision: number;
  readonly previousDigest: Digest | null;
  /** The tar's. */
  readonly digest: Digest;
  /** Of what decides alone; undefined where nothing says it. */
  readonly policyDigest: Digest | undefined;
  /** Undefined where nothing says it: a tar does not. */
  readonly lifecycle: Lifecycle | undefined;
  /** Sorted; undefined where nothing says it. */
  readonly emergencyFlags: readonly string[] | undefined;
  readonly entrypoints: readonly string[];
  /** Every file of the tar. */
  readonly files: readonly PackFile[];
  /** The JSON Schema of each package's input by the package's path, such as `cos/abac`; undefined where they are unknown. */
  readonly inputs: ReadonlyMap<string, JsonValue> | undefined;
  /** Whether these bytes were signed or published under this revision: then they can never be others again. */
  readonly isPublished: boolean;
}

const INPUT_SCHEMA = /^opa\/schemas\/(.+)\/input\.json$/;

/** The package path whose input a file of a pack describes; undefined for any other file. */
export function inputSchemaOf(path: string): string | undefined {
  return INPUT_SCHEMA.exec(path)?.[1];
}

/**
 * The input schemas among a pack's files, by package path. That they are JSON Schemas is not checked.
 * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED
 */
export function readInputSchemas(files: readonly SourceFile[]): ReadonlyMap<string, JsonValue> {
  const schemas = new Map<string, JsonValue>();
  for (const { path, bytes } of files) {
    const name = inputSchemaOf(path);
    if (name === undefined) continue;
    const { maxSchemaBytes: maxBytes } = LIMITS;
    schemas.set(name, parseJson(bytes, { maxBytes, code: "INPUT_INVALID", what: quotePath(path) }));
  }
  return schemas;
}

/** What is known of a revision besides its manifest. */
export type ContractKnowledge = Pick<PackContract, "inputs" | "isPublished">;

/** The contract that a manifest states. Whether its files are as it says is not checked. */
export function toContract(manifest: PackManifest, { inputs, isPublished }: ContractKnowledge): PackContract {
  return {
    packId: manifest.packId,
    revision: manifest.revision,
    previousDigest: manifest.previousDigest,
    digest: manifestDigest(manifest),
    policyDigest: manifest.policyDigest,
    lifecycle: manifest.lifecycle ?? UNSTATED_LIFECYCLE,
    emergencyFlags: manifest.emergencyFlags ?? [],
    entrypoints: manifest.entrypoints,
    files: manifest.files,
    inputs,
    isPublished,
  };
}

/**
 * The contract of a pack in memory, which says nothing of lifecycle and emergency flags. It counts as published.
 * @throws FormatError MANIFEST_INVALID, INPUT_INVALID, ARCHIVE_INVALID, LIMIT_EXCEEDED
 */
export function contractOfPack(pack: PackContents): PackContract {
  const files = [...pack.files].map(([path, bytes]) => ({ path, bytes }));
  const { revision, metadata } = parseOpaManifest(pack.files.get(PACK_FILES.opaManifest) ?? new Uint8Array());
  return {
    packId: pack.packId,
    revision: Number(revision),
    previousDigest: metadata.previousDigest === null ? null : parseDigest(metadata.previousDigest),
    digest: pack.digest,
    policyDigest: policyDigestOf(files),
    lifecycle: undefined,
    emergencyFlags: undefined,
    entrypoints: pack.entrypoints,
    files: files.map(({ path, bytes }) => ({ path, digest: digestOf(bytes), size: bytes.length })),
    inputs: readInputSchemas(files),
    isPublished: true,
  };
}
