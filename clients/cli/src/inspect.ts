import { X509Certificate } from "node:crypto";
import {
  digestOf,
  EvaluationError,
  FormatError,
  isJsonObject,
  LIMITS,
  manifestDigest,
  parseJson,
  parseManifest,
  parseReleaseFields,
  readPackUnsafe,
  toRequires,
  UNSTATED_LIFECYCLE,
} from "@policy-pack/pack";
import type { JsonValue, PackRequires, ReleaseFields } from "@policy-pack/pack";
import type { BundleContent, SigningMaterial } from "@policy-pack/verify";
import { describeAuthorities } from "./authorities.ts";
import { isGzip, readOpaBundleUnsafe } from "./opa-bundle.ts";
import { formatSize, formatTable } from "./report.ts";
import type { Report } from "./report.ts";

const NOT_VERIFIED = "not verified: this is what the file says of itself, not what anyone has proven";

/** What a file says of itself, as lines of a table and as JSON. */
interface Facts {
  readonly kind: string;
  readonly rows: readonly (readonly string[])[];
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * Shows what a pack, stock OPA bundle, Sigstore bundle, manifest or trusted root holds. Its form is checked; who made
 * it, and whether anything in it is true, is not.
 * @throws FormatError with the code of the kind; INPUT_INVALID for JSON of no known kind; ARCHIVE_INVALID for the rest
 */
export async function inspectUnsafe(bytes: Uint8Array): Promise<Report> {
  const { kind, rows, json } = await readFactsUnsafe(bytes);
  const text = `${kind} (${NOT_VERIFIED})\n\n${formatTable(rows)}`;
  return { json: { kind, verified: false, ...json }, text };
}

/** JSON is told by its first brace, since a pack's tar starts with the name of its first folder. */
async function readFactsUnsafe(bytes: Uint8Array): Promise<Facts> {
  if (isGzip(bytes)) return opaBundleFactsUnsafe(bytes);
  if (!/^\s*\{/.test(Buffer.from(bytes.subarray(0, 64)).toString("latin1"))) return packFactsUnsafe(bytes);
  const what = "The file";
  const json = parseJson(bytes, { maxBytes: LIMITS.maxManifestBytes, code: "INPUT_INVALID", what });
  const mediaType = isJsonObject(json) ? json["mediaType"] : undefined;
  if (isJsonObject(json) && Object.hasOwn(json, "manifest")) return manifestFacts(bytes, json["manifest"]);
  if (typeof mediaType === "string" && mediaType.includes("sigstore.bundle")) return bundleFactsUnsafe(bytes);
  if (typeof mediaType === "string" && mediaType.includes("sigstore.trustedroot")) return trustedRootFacts(bytes);
  throw new FormatError(
    "INPUT_INVALID",
    "The file is JSON, but neither a Sigstore bundle, a manifest.json nor a trusted_root.json.",
  );
}

async function packFactsUnsafe(bytes: Uint8Array): Promise<Facts> {
  const { digest, packId, revision, entrypoints, files, wasm } = readPackUnsafe(bytes);
  const requires = await readRequires(wasm);
  const list = [...files].map(([path, content]) => ({ path, size: content.byteLength, digest: digestOf(content) }));
  return {
    kind: "pack",
    rows: [
      ["packId", packId],
      ["revision", revision],
      ["digest", digest],
      ["size", formatSize(bytes.byteLength)],
      ...entrypoints.map((entrypoint) => ["entrypoint", entrypoint]),
      ...requiresRows(requires),
      ...list.map(({ path, size }) => ["file", path, formatSize(size)]),
    ],
    json: { packId, revision, digest, size: bytes.byteLength, entrypoints, requires: requires ?? null, files: list },
  };
}

/** As the module itself says; undefined for what is no module of OPA. */
async function readRequires(wasm: Uint8Array): Promise<PackRequires | undefined> {
  const { compilePolicy, requiredBuiltins } = await import("@policy-pack/evaluate");
  try {
    return toRequires(requiredBuiltins(await compilePolicy(wasm)));
  } catch (thrown) {
    if (thrown instanceof EvaluationError) return undefined;
    throw thrown;
  }
}

/** What the module asks of its host; what reaches beyond computing stands out. */
function requiresRows(requires: PackRequires | undefined): string[][] {
  if (requires === undefined) return [];
  const { builtins, capabilities } = requires;
  return builtins.map((name) => ["needs", capabilities.includes(name) ? `${name} (a capability)` : name]);
}

async function opaBundleFactsUnsafe(bytes: Uint8Array): Promise<Facts> {
  const { manifest, files } = await readOpaBundleUnsafe(bytes);
  const digest = digestOf(bytes);
  const stated = isJsonObject(manifest) ? Object.entries(manifest) : [];
  return {
    kind: "OPA bundle",
    rows: [
      ["digest", digest],
      ["size", formatSize(bytes.byteLength)],
      ...stated.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
      ...files.map(({ path, size }) => ["file", `${path}  ${formatSize(size)}`]),
    ],
    json: { digest, size: bytes.byteLength, manifest: manifest ?? null, files },
  };
}

/** @param body what stands under the key `manifest`; without a digest it is of a pack that was never built */
function manifestFacts(bytes: Uint8Array, body: JsonValue | undefined): Facts {
  return isJsonObject(body) && !Object.hasOwn(body, "digest") ? releaseFacts(bytes) : builtFacts(bytes);
}

function releaseFacts(bytes: Uint8Array): Facts {
  const manifest = parseReleaseFields(bytes);
  return { kind: "manifest of a pack that is not built yet", rows: releaseRows(manifest), json: { manifest } };
}

function releaseRows({ revision, previousDigest, lifecycle, emergencyFlags = [] }: ReleaseFields): string[][] {
  return [
    ["revision", String(revision)],
    ["previous", previousDigest ?? "-"],
    ["lifecycle", lifecycle ?? `${UNSTATED_LIFECYCLE} (not stated)`],
    ...emergencyFlags.map((flag) => ["emergency flag", flag]),
  ];
}

function builtFacts(bytes: Uint8Array): Facts {
  const manifest = parseManifest(bytes);
  const { packId, artifacts, entrypoints, opa, policyDigest, requires } = manifest;
  return {
    kind: "manifest",
    rows: [
      ["packId", packId],
      ...releaseRows(manifest),
      ["digest", manifestDigest(manifest)],
      ...(policyDigest === undefined ? [] : [["policy digest", policyDigest]]),
      ["OPA", opa.version],
      ...artifacts.map(({ name, digest, size }) => ["artifact", `${name}  ${formatSize(size)}  ${digest}`]),
      ...entrypoints.map((entrypoint) => ["entrypoint", entrypoint]),
      ...requiresRows(requires),
    ],
    json: { manifest },
  };
}

async function bundleFactsUnsafe(bytes: Uint8Array): Promise<Facts> {
  const { parseBundle } = await import("@policy-pack/verify");
  const { version, material, content, logEntries, timestamps } = parseBundle(bytes);
  const entries = logEntries.map(({ logIndex, kind, version: entryVersion, integratedTime }) => ({
    logIndex: String(logIndex),
    kind: `${kind} ${entryVersion}`,
    integratedTime: integratedTime === 0n ? null : new Date(Number(integratedTime) * 1000).toISOString(),
  }));
  const signedBy = describeMaterial(material);
  const signed = describeContent(content);
  return {
    kind: "Sigstore bundle",
    rows: [
      ["version", version],
      ...Object.entries(signed),
      ...Object.entries(signedBy),
      ...entries.map(({ logIndex, kind, integratedTime }) => [
        "log entry",
        `${logIndex}  ${kind}  ${integratedTime ?? ""}`,
      ]),
      ["timestamps", String(timestamps.length)],
    ],
    json: { version, signed, signedBy, logEntries: entries, timestamps: timestamps.length },
  };
}

function describeMaterial(material: SigningMaterial): Record<string, string> {
  if (material.kind === "publicKey") return { keyHint: material.hint };
  try {
    const { subjectAltName = "", issuer, validFrom, validTo } = new X509Certificate(material.leaf);
    return { certificate: subjectAltName, certificateIssuer: issuer.replaceAll("\n", ", "), validFrom, validTo };
  } catch (cause) {
    throw new FormatError("BUNDLE_INVALID", "The bundle's certificate is not X.509.", { cause });
  }
}

function describeContent(content: BundleContent): Record<string, string> {
  if (content.kind === "message") {
    const { hash, value } = content.digest;
    return { content: "message signature", digest: `${hash}:${value.toString("hex")}` };
  }
  return { content: "DSSE envelope", payloadType: content.payloadType, payload: content.payload.toString("utf8") };
}

async function trustedRootFacts(bytes: Uint8Array): Promise<Facts> {
  const { parseTrustedRoot } = await import("@policy-pack/verify");
  const authorities = describeAuthorities(parseTrustedRoot(bytes));
  return {
    kind: "trusted root",
    rows: authorities.map(({ role, name, start, end }) => [role, name, `${start} to ${end ?? "open"}`]),
    json: { authorities },
  };
}
