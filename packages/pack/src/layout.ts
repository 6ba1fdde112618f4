import { join } from "node:path";
import { FormatError } from "./errors.ts";

/** The two parts of a packId: `policy-pack-v0` is version `v0` of `policy-pack`. */
export interface PackLocation {
  readonly packId: string;
  readonly name: string;
  readonly version: string;
}

/** Where a checkout keeps a pack's source and what is built from it. */
export interface PackPaths {
  readonly source: string;
  readonly output: string;
  readonly tar: string;
  readonly opaBundle: string;
  readonly manifest: string;
  readonly bundle: string;
}

const MAX_PACK_ID = 100;
const PACK_ID = /^([a-z0-9]+(?:-[a-z0-9]+)*)-(v[0-9]+)$/;

/** The names that stand inside a pack beside the author's files: what the build writes, and what is never packed. */
export const PACK_FILES = Object.freeze({
  wasm: "opa/policy.wasm",
  opaManifest: "opa/.manifest",
  bundle: "signing/cosign.bundle.json",
} as const);

/** What stands in a pack's source folder for its authors and is never packed: the last one is a folder. */
export const COMPANIONS = Object.freeze({
  manifest: "manifest.json",
  changelog: "CHANGELOG.md",
  cases: "cases",
} as const);

/** Whether a path of a source folder is a companion, or lies in one. Signatures are not among them. */
export function isCompanionPath(path: string): boolean {
  const { manifest, changelog, cases } = COMPANIONS;
  return path === manifest || path === changelog || path === cases || path.startsWith(`${cases}/`);
}

/**
 * Splits a packId. The one form makes it safe in paths, URLs and headers.
 * @throws FormatError INPUT_INVALID
 */
export function packLocation(packId: string): PackLocation {
  const [, name, version] = (packId.length <= MAX_PACK_ID ? PACK_ID.exec(packId) : null) ?? [];
  if (name !== undefined && version !== undefined) return { packId, name, version };
  throw new FormatError(
    "INPUT_INVALID",
    `${JSON.stringify(packId.slice(0, MAX_PACK_ID))} is not a pack's id; write <name>-v<number> in lower case.`,
  );
}

/** Whether `packLocation` would take it. */
export function isPackId(text: string): boolean {
  return text.length <= MAX_PACK_ID && PACK_ID.test(text);
}

/**
 * The id of version `v0` of a name.
 * @throws FormatError INPUT_INVALID when the two do not make one
 */
export function packIdOf(name: string, version: string): string {
  return packLocation(`${name}-${version}`).packId;
}

/**
 * The paths of a pack below a checkout's root; nothing is read.
 * @throws FormatError INPUT_INVALID
 */
export function packPaths(root: string, packId: string): PackPaths {
  const { name, version } = packLocation(packId);
  const source = join(root, "contracts", name, version);
  const output = join(root, "dist", name, version);
  return {
    source,
    output,
    tar: join(output, `${packId}.tar`),
    opaBundle: join(output, `${packId}.bundle.tar.gz`),
    manifest: join(source, "manifest.json"),
    bundle: join(source, PACK_FILES.bundle),
  };
}
