import { digestFromHex, hexOf, isDigest } from "./digest.ts";
import type { Digest } from "./digest.ts";
import { fail, isSorted, readArray, readDigest, readObject, readSize, readString } from "./fields.ts";
import { isJsonObject, parseJson } from "./json.ts";
import type { JsonValue } from "./json.ts";
import { packLocation } from "./layout.ts";
import { LIMITS } from "./limits.ts";
import { readEntrypoints, readPackId } from "./opa-manifest.ts";
import { readReleaseFields, RELEASE_KEYS } from "./contract/release-fields.ts";
import type { ReleaseFields } from "./contract/release-fields.ts";
import { readRequires } from "./requires.ts";
import type { PackRequires } from "./requires.ts";

export interface PackArtifact {
  readonly name: string;
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

export interface PackFile {
  readonly path: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** What `manifest.json` records of a built pack. It is not signed: the tar's own `opa/.manifest` is. */
export interface PackManifest extends ReleaseFields {
  readonly packId: string;
  /** The `vN` of the packId; absent in manifests that were written before it was kept. */
  readonly contractVersion?: string;
  /** The tar's digest. */
  readonly digest: { readonly algorithm: "sha256"; readonly value: string };
  /** Of what decides alone (`policyDigestOf`); absent in manifests that were written before it was kept. */
  readonly policyDigest?: Digest;
  /** The tar, then the stock OPA bundle. */
  readonly artifacts: readonly PackArtifact[];
  /** Every file of the tar, sorted by the bytes of its path. */
  readonly files: readonly PackFile[];
  readonly entrypoints: readonly string[];
  /** What `opa/policy.wasm` asks of its host; absent in manifests that were written before it was kept. */
  readonly requires?: PackRequires;
  readonly opa: { readonly version: string; readonly capabilitiesDigest: Digest };
  /** The policy-pack that built it, for who builds it again; absent in manifests that were written before it was kept. */
  readonly toolkit?: { readonly version: string };
}

/** What only a release changes, and the pack it is of when the manifest says so. */
export type StatedRelease = ReleaseFields & Partial<Pick<PackManifest, "packId">>;

const KEYS = [
  "packId",
  "contractVersion",
  ...RELEASE_KEYS,
  "digest",
  "policyDigest",
  "artifacts",
  "files",
  "entrypoints",
  "requires",
  "opa",
  "toolkit",
];

/**
 * Reads a built pack's `manifest.json`: exactly this version's keys, each of its type. Whether the artifacts have the
 * digests it names is not checked.
 * @throws FormatError MANIFEST_INVALID | LIMIT_EXCEEDED
 */
export function parseManifest(source: string | Uint8Array): PackManifest {
  const body = readObject(readBody(source), KEYS, "manifest");
  const digest = readObject(body["digest"], ["algorithm", "value"], "digest");
  if (digest["algorithm"] !== "sha256") fail("digest.algorithm", '"sha256"');
  const hex = readString(digest["value"], "digest.value");
  if (!isDigest(`sha256:${hex}`)) fail("digest.value", "64 lower-case hex characters");
  const opa = readObject(body["opa"], ["version", "capabilitiesDigest"], "opa");
  const packId = readPackId(readString(body["packId"], "packId"));
  return {
    packId,
    ...readContractVersion(body["contractVersion"], packId),
    ...readReleaseFields(body),
    digest: { algorithm: "sha256", value: hex },
    ...readPolicyDigest(body["policyDigest"]),
    artifacts: readArtifacts(body["artifacts"]),
    files: readFiles(body["files"]),
    entrypoints: readEntrypoints(body["entrypoints"], "entrypoints"),
    ...(body["requires"] === undefined ? {} : { requires: readRequires(body["requires"]) }),
    opa: {
      version: readString(opa["version"], "opa.version"),
      capabilitiesDigest: readDigest(opa["capabilitiesDigest"], "opa.capabilitiesDigest"),
    },
    ...readToolkit(body["toolkit"]),
  };
}

/**
 * Reads what only a release changes, also from the manifest of a pack that was never built, which holds nothing else.
 * Any other part-way manifest is refused.
 * @throws FormatError MANIFEST_INVALID | LIMIT_EXCEEDED
 */
export function parseReleaseFields(source: string | Uint8Array): StatedRelease {
  const body = readBody(source);
  if (isJsonObject(body) && Object.hasOwn(body, "digest")) {
    const manifest = parseManifest(source);
    return { packId: manifest.packId, ...orderRelease(manifest) };
  }
  return readReleaseFields(readObject(body, RELEASE_KEYS, "manifest"));
}

/** The one form of `manifest.json`: two-space JSON under the key `manifest`, in a fixed order, with a newline. */
export function encodeManifest(manifest: PackManifest): Uint8Array {
  const ordered: PackManifest = {
    packId: manifest.packId,
    ...(manifest.contractVersion === undefined ? {} : { contractVersion: manifest.contractVersion }),
    ...orderRelease(manifest),
    digest: { algorithm: "sha256", value: manifest.digest.value },
    ...(manifest.policyDigest === undefined ? {} : { policyDigest: manifest.policyDigest }),
    artifacts: manifest.artifacts.map(({ name, mediaType, digest, size }) => ({ name, mediaType, digest, size })),
    files: manifest.files.map(({ path, digest, size }) => ({ path, digest, size })),
    entrypoints: manifest.entrypoints,
    ...orderRequires(manifest.requires),
    opa: { version: manifest.opa.version, capabilitiesDigest: manifest.opa.capabilitiesDigest },
    ...(manifest.toolkit === undefined ? {} : { toolkit: { version: manifest.toolkit.version } }),
  };
  return Buffer.from(`${JSON.stringify({ manifest: ordered }, undefined, 2)}\n`);
}

/** The tar's digest that a manifest records. */
export function manifestDigest(manifest: Pick<PackManifest, "digest">): Digest {
  return digestFromHex(manifest.digest.value);
}

/** A digest in the form that a manifest writes it in. */
export function toManifestDigest(digest: Digest): PackManifest["digest"] {
  return { algorithm: "sha256", value: hexOf(digest) };
}

function readBody(source: string | Uint8Array): JsonValue | undefined {
  const what = "manifest.json";
  const value = parseJson(source, { maxBytes: LIMITS.maxManifestBytes, code: "MANIFEST_INVALID", what });
  return readObject(value, ["manifest"], what)["manifest"];
}

function orderRelease({ revision, previousDigest, lifecycle, emergencyFlags }: ReleaseFields): ReleaseFields {
  return {
    revision,
    previousDigest,
    ...(lifecycle === undefined ? {} : { lifecycle }),
    ...(emergencyFlags === undefined ? {} : { emergencyFlags }),
  };
}

function orderRequires(requires: PackRequires | undefined): Pick<PackManifest, "requires"> {
  if (requires === undefined) return {};
  return { requires: { builtins: requires.builtins, capabilities: requires.capabilities } };
}

function readContractVersion(value: JsonValue | undefined, packId: string): Pick<PackManifest, "contractVersion"> {
  if (value === undefined) return {};
  const { version } = packLocation(packId);
  return value === version ? { contractVersion: version } : fail("contractVersion", `${version}, as the packId ends`);
}

function readPolicyDigest(value: JsonValue | undefined): Pick<PackManifest, "policyDigest"> {
  return value === undefined ? {} : { policyDigest: readDigest(value, "policyDigest") };
}

function readToolkit(value: JsonValue | undefined): Pick<PackManifest, "toolkit"> {
  if (value === undefined) return {};
  const { version } = readObject(value, ["version"], "toolkit");
  return { toolkit: { version: readString(version, "toolkit.version") } };
}

function readArtifacts(value: JsonValue | undefined): readonly PackArtifact[] {
  const artifacts = readArray(value, "artifacts").map((item, index) => {
    const at = `artifacts[${index}]`;
    const artifact = readObject(item, ["name", "mediaType", "digest", "size"], at);
    return {
      name: readString(artifact["name"], `${at}.name`),
      mediaType: readString(artifact["mediaType"], `${at}.mediaType`),
      digest: readDigest(artifact["digest"], `${at}.digest`),
      size: readSize(artifact["size"], `${at}.size`),
    };
  });
  return artifacts.length === 2 ? artifacts : fail("artifacts", "the tar and the OPA bundle");
}

function readFiles(value: JsonValue | undefined): readonly PackFile[] {
  const files = readArray(value, "files").map((item, index) => {
    const at = `files[${index}]`;
    const file = readObject(item, ["path", "digest", "size"], at);
    return {
      path: readString(file["path"], `${at}.path`),
      digest: readDigest(file["digest"], `${at}.digest`),
      size: readSize(file["size"], `${at}.size`),
    };
  });
  return isSorted(files.map(({ path }) => path)) ? files : fail("files", "sorted by path, with nothing twice");
}
