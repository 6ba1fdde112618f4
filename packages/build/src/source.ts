import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  canonicalEntries,
  COMPANIONS,
  ConfigError,
  isCompanionPath,
  isSignaturePath,
  LIMITS,
  messageOf,
  PACK_FILES,
  parseManifest,
  parseReleaseFields,
  PolicyPackError,
  PRINT_BUILTIN,
  quotePath,
  systemCodeOf,
  TOP_NAMES,
} from "@policy-pack/pack";
import type { ReleaseFields, SourceFile } from "@policy-pack/pack";
import { leftoverOf } from "./leftover.ts";
import { kindOf, readRegularFile, reasonOf } from "./source-file.ts";
import { withFolder } from "./source-folder.ts";

/** A pack that was never released. */
const FIRST: ReleaseFields = Object.freeze({
  revision: 1,
  previousDigest: null,
  lifecycle: "draft",
  emergencyFlags: Object.freeze([]),
});
const NAME = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface Walk {
  readonly files: SourceFile[];
  bytes: number;
}

/**
 * Reads a pack's source folder: the files of `opa/`, `data/`, `README.md` and `signing/`, without signatures. What
 * stands in `cases/` is not looked at. Anything else that is not a plain file or folder, is hidden, has another place or exceeds the caps is refused by name. The Rego is
 * not looked at.
 * @throws ConfigError SOURCE_INVALID
 */
export async function readSource(dir: string): Promise<readonly SourceFile[]> {
  const walk: Walk = { files: [], bytes: 0 };
  const top = await lstat(dir).catch((cause: unknown) => {
    throw new ConfigError("SOURCE_INVALID", `The pack folder ${dir} cannot be read: ${messageOf(cause)}.`, { cause });
  });
  if (!top.isDirectory()) throw refused(dir, top.isFile() ? "is a file; name a folder" : `is ${kindOf(top)}`);
  await readFolder(walk, dir, "");
  canonicalEntries(walk.files);
  if (!walk.files.some(({ path }) => path.startsWith("opa/"))) {
    throw refused(dir, "holds no opa/ folder with policies; `policy-pack init` makes a folder to start from");
  }
  return walk.files;
}

/**
 * What only a release changes, as `manifest.json` states it; a folder without one is the draft of a first revision.
 * @throws ConfigError SOURCE_INVALID when it is another pack's, whose history would be taken over
 * @throws FormatError MANIFEST_INVALID | LIMIT_EXCEEDED
 */
export async function readRelease(dir: string, packId: string): Promise<ReleaseFields> {
  const bytes = await readStated(dir);
  if (bytes === undefined) return FIRST;
  const release = parseReleaseFields(bytes);
  if (release.packId === undefined || release.packId === packId) return release;
  const path = join(dir, COMPANIONS.manifest);
  throw refused(path, `is the manifest of ${release.packId}, not of ${packId}; remove it to start at revision 1`);
}

/**
 * Whether `manifest.json` records a module with its `print()` calls, so that the next one has them too; false where it
 * records none.
 * @throws as `readRelease`
 */
export async function readStatedPrint(dir: string): Promise<boolean> {
  const bytes = await readStated(dir);
  if (bytes === undefined) return false;
  const { packId } = parseReleaseFields(bytes);
  return packId !== undefined && parseManifest(bytes).requires?.builtins.includes(PRINT_BUILTIN) === true;
}

async function readStated(dir: string): Promise<Uint8Array | undefined> {
  const { manifest } = COMPANIONS;
  const path = join(dir, manifest);
  const stats = await lstat(path).catch((cause: unknown) => {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw refused(path, `cannot be read: ${messageOf(cause)}`, cause);
  });
  return stats === undefined ? undefined : readRegularFile(path, manifest, LIMITS.maxManifestBytes);
}

/** @param at the place of `folder` on the disk; `folder` is its path in the pack */
async function readFolder(walk: Walk, at: string, folder: string): Promise<void> {
  try {
    await withFolder(at, (held) => readItems(walk, held, folder));
  } catch (cause) {
    if (systemCodeOf(cause) === undefined || cause instanceof PolicyPackError) throw cause;
    throw refused(folder, `cannot be read: ${reasonOf(cause)}`, cause);
  }
}

async function readItems(walk: Walk, at: string, folder: string): Promise<void> {
  for (const item of await readdir(at, { withFileTypes: true, encoding: "buffer" })) {
    const name = decodeName(item.name, folder);
    const path = pathIn(folder, name);
    if (item.isDirectory()) {
      if (path === COMPANIONS.cases) continue;
      checkPlace(path);
      await readFolder(walk, join(at, name), path);
    } else if (!item.isFile()) {
      throw refused(path, `is ${kindOf(item)}; a pack holds plain files and folders`);
    } else if (isPacked(folder, name)) {
      checkPlace(path);
      checkData(path);
      await readFile(walk, join(at, name), path);
    }
  }
}

/** Neither a companion nor a signature is, nor what a killed build or signing left behind. */
function isPacked(folder: string, name: string): boolean {
  const target = leftoverOf(name);
  if (folder === "" && target !== undefined) return false;
  const path = pathIn(folder, target ?? name);
  const isCompanion = path !== COMPANIONS.cases && isCompanionPath(path);
  return !isCompanion && !isSignaturePath(path);
}

function pathIn(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

async function readFile(walk: Walk, at: string, path: string): Promise<void> {
  if (walk.files.length >= LIMITS.maxFiles) throw refused(path, `is beyond the ${LIMITS.maxFiles} files of a pack`);
  const bytes = await readRegularFile(at, path, LIMITS.maxFileBytes);
  walk.bytes += bytes.length;
  if (walk.bytes > LIMITS.maxPackBytes) {
    throw refused(path, `takes the pack beyond ${LIMITS.maxPackBytes} bytes`);
  }
  walk.files.push({ path, bytes });
}

/** What no file or folder of a source may be, whatever it holds. */
function checkPlace(path: string): void {
  const segments = path.split("/");
  // Each folder on the way stays open while it is read: how deep a source goes must have an end.
  if (Buffer.byteLength(path) > LIMITS.maxNameBytes) {
    throw refused(path, `has a name longer than ${LIMITS.maxNameBytes} bytes`);
  }
  if (path === PACK_FILES.wasm || path === PACK_FILES.opaManifest) {
    throw refused(path, "is written by the build and must not stand in the source; remove it");
  }
  if (segments.some((segment) => segment.startsWith("."))) {
    throw refused(path, "is hidden; remove it, or keep it outside the pack folder");
  }
  if (!TOP_NAMES.some((name) => name === segments[0])) {
    throw refused(
      path,
      "has no place in a pack's folder, which holds opa/, data/, README.md, signing/, manifest.json, CHANGELOG.md and cases/",
    );
  }
}

/** Base documents stand in `data/` and nothing else does, so that a pack's `data` is what its folders show. */
function checkData(path: string): void {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (path.startsWith("data/") && name !== "data.json") {
    throw refused(path, "is not named data.json; each data document is data/<its path in data>/data.json");
  }
  if (path.startsWith("opa/") && /^data\.(?:json|ya?ml)$/.test(name)) {
    throw refused(path, "is a data document; those stand under data/ as data.json");
  }
}

function decodeName(name: Buffer, folder: string): string {
  try {
    return NAME.decode(name);
  } catch (cause) {
    throw refused(folder, `holds the name ${name.toString("latin1")}, which is not UTF-8; rename it`, cause);
  }
}

function refused(path: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError("SOURCE_INVALID", `${quotePath(path)} ${why}.`, { cause });
}
