import { isDigest } from "./digest.ts";
import { fail, readArray, readObject, readSortedStrings, readString } from "./fields.ts";
import { parseJson } from "./json.ts";
import { isPackId } from "./layout.ts";
import { LIMITS } from "./limits.ts";

/**
 * The `.manifest` of an OPA bundle (OPA documentation, "Bundle File Format"), as it stands in the tar and in the stock
 * OPA bundle: what a decision reports about itself is therefore signed.
 */
export interface OpaManifest {
  /** The pack's revision as a decimal number. */
  readonly revision: string;
  /** Top-level names in `data` that the pack owns, sorted. */
  readonly roots: readonly string[];
  readonly rego_version: 1;
  readonly metadata: {
    readonly packId: string;
    readonly previousDigest: string | null;
    /** Sorted paths such as `cos/abac/allow`. */
    readonly entrypoints: readonly string[];
    readonly opaVersion: string;
  };
}

const REVISION = /^[1-9][0-9]{0,15}$/;
const ENTRYPOINT = /^[^/\p{Cc}]+(?:\/[^/\p{Cc}]+)+$/u;

/**
 * Reads `opa/.manifest`: exactly the keys of this version, each of its type, and the very bytes that
 * `encodeOpaManifest` writes for them.
 * @throws FormatError MANIFEST_INVALID | LIMIT_EXCEEDED
 */
export function parseOpaManifest(bytes: Uint8Array): OpaManifest {
  const what = "opa/.manifest";
  const value = parseJson(bytes, { maxBytes: LIMITS.maxManifestBytes, code: "MANIFEST_INVALID", what });
  const top = readObject(value, ["revision", "roots", "rego_version", "metadata"], what);
  const { packId, previousDigest, entrypoints, opaVersion } = readObject(
    top["metadata"],
    ["packId", "previousDigest", "entrypoints", "opaVersion"],
    "metadata",
  );
  if (top["rego_version"] !== 1) fail("rego_version", "1");
  if (previousDigest !== null && !isDigest(readString(previousDigest, "metadata.previousDigest"))) {
    fail("metadata.previousDigest", "null or sha256:<64 lower-case hex>");
  }
  const manifest: OpaManifest = {
    revision: readRevision(readString(top["revision"], "revision")),
    roots: readSortedStrings(top["roots"], "roots"),
    rego_version: 1,
    metadata: {
      packId: readPackId(readString(packId, "metadata.packId")),
      previousDigest: previousDigest === null ? null : readString(previousDigest, "metadata.previousDigest"),
      entrypoints: readEntrypoints(entrypoints, "metadata.entrypoints"),
      opaVersion: readString(opaVersion, "metadata.opaVersion"),
    },
  };
  if (readArray(top["roots"], "roots").length === 0) fail("roots", "not empty");
  if (Buffer.compare(bytes, encodeOpaManifest(manifest)) !== 0) fail(what, "written in its one form");
  return manifest;
}

/** The one form of `opa/.manifest`: two-space JSON in a fixed order of keys, with a newline. */
export function encodeOpaManifest(manifest: OpaManifest): Uint8Array {
  const { packId, previousDigest, entrypoints, opaVersion } = manifest.metadata;
  const ordered: OpaManifest = {
    revision: manifest.revision,
    roots: manifest.roots,
    rego_version: 1,
    metadata: { packId, previousDigest, entrypoints, opaVersion },
  };
  return Buffer.from(`${JSON.stringify(ordered, undefined, 2)}\n`);
}

export function readEntrypoints(value: Parameters<typeof readArray>[0], at: string): readonly string[] {
  const entrypoints = readSortedStrings(value, at);
  const wrong = entrypoints.findIndex((entrypoint) => !ENTRYPOINT.test(entrypoint));
  return wrong === -1 ? entrypoints : fail(`${at}[${wrong}]`, "a path such as cos/abac/allow");
}

export function readPackId(text: string): string {
  return isPackId(text) ? text : fail("packId", "<name>-v<number>");
}

function readRevision(text: string): string {
  const isRevision = REVISION.test(text) && Number.isSafeInteger(Number(text));
  return isRevision ? text : fail("revision", "a positive whole number without leading zeros");
}
