import {
  COMPANIONS,
  ConfigError,
  digestOf,
  inputSchemaOf,
  isJsonObject,
  isSignaturePath,
  LIMITS,
  manifestDigest,
  parseJson,
  parseManifest,
  PACK_FILES,
  quotePath,
  readInputSchemas,
  toContract,
} from "@policy-pack/pack";
import type { Digest, PackContract, PackManifest, SourceFile } from "@policy-pack/pack";

/** Whether a base's contract needs this file of a pack's source folder. */
export function isContractFile(path: string): boolean {
  return path === COMPANIONS.manifest || isSignaturePath(path) || inputSchemaOf(path) !== undefined;
}

export interface BaseOptions {
  /** What becomes of a base whose schemas are not those that were built: nothing, unless said, or one of unknown inputs. */
  readonly otherSchemas?: "refuse" | "unknown";
}

/**
 * The contract that a base's source states; undefined when it holds no manifest of a build.
 * @param files at least those for which `isContractFile` is true
 * @param name the base, for messages
 * @param digestInBundle the digest that a Sigstore bundle says it is about; undefined for one that says none
 * @throws ConfigError CONFIG_INVALID when its schemas are not those that were built: what they took cannot be told then
 * @throws FormatError MANIFEST_INVALID, INPUT_INVALID, LIMIT_EXCEEDED
 */
export function readBaseContract(
  files: readonly SourceFile[],
  name: string,
  digestInBundle: (bundle: Uint8Array) => Digest | undefined,
  { otherSchemas = "refuse" }: BaseOptions = {},
): PackContract | undefined {
  const bytes = files.find(({ path }) => path === COMPANIONS.manifest)?.bytes;
  if (bytes === undefined || !isBuilt(bytes)) return undefined;
  const manifest = parseManifest(bytes);
  const other = otherSchema(files, manifest);
  if (other !== undefined && otherSchemas === "refuse") throw notBuilt(other, name);
  const bundle = files.find(({ path }) => path === PACK_FILES.bundle)?.bytes;
  const isPublished = bundle !== undefined && digestInBundle(bundle) === manifestDigest(manifest);
  return toContract(manifest, { inputs: other === undefined ? readInputSchemas(files) : undefined, isPublished });
}

/** A pack that was never built has a manifest too, without a digest. */
function isBuilt(bytes: Uint8Array): boolean {
  const what = COMPANIONS.manifest;
  const document = parseJson(bytes, { maxBytes: LIMITS.maxManifestBytes, code: "MANIFEST_INVALID", what });
  const body = isJsonObject(document) ? document["manifest"] : undefined;
  return !isJsonObject(body) || Object.hasOwn(body, "digest");
}

/**
 * A schema of the source that is not the one that was built, by its path. Otherwise a field could go in two steps: out of
 * the schema on one day, and into the manifest on another.
 */
function otherSchema(files: readonly SourceFile[], manifest: PackManifest): string | undefined {
  const isSchema = ({ path }: { readonly path: string }): boolean => inputSchemaOf(path) !== undefined;
  const present = new Map(files.filter(isSchema).map(({ path, bytes }) => [path, digestOf(bytes)]));
  const built = new Map(manifest.files.filter(isSchema).map(({ path, digest }) => [path, digest]));
  return [...new Set([...present.keys(), ...built.keys()])].find((path) => present.get(path) !== built.get(path));
}

function notBuilt(path: string, name: string): ConfigError {
  return new ConfigError(
    "CONFIG_INVALID",
    `${quotePath(path)} of the base ${quotePath(name)} is not the one that its manifest.json lists; name a base whose` +
      " manifest was built from its source, or the published pack.",
  );
}
