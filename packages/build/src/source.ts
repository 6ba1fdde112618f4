import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  canonicalEntries,
  ConfigError,
  isSignaturePath,
  LIMITS,
  messageOf,
  PACK_FILES,
  parseReleaseFields,
  quotePath,
  systemCodeOf,
  TOP_NAMES,
} from "@policy-pack/pack";
import type { ReleaseFields, SourceFile } from "@policy-pack/pack";
import { isLeftover } from "./leftover.ts";
import { kindOf, readRegularFile } from "./source-file.ts";

const MANIFEST = "manifest.json";
/** A pack that was never released. */
const FIRST: ReleaseFields = Object.freeze({ revision: 1, previousDigest: null });
const NAME = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface Walk {
  readonly root: string;
  readonly files: SourceFile[];
  bytes: number;
}

/**
 * Reads a pack's source folder: the files of `opa/`, `data/`, `README.md` and `signing/`, without signatures. Anything
 * that is not a plain file or folder, is hidden, has another place or exceeds the caps is refused by name. The Rego is
 * not looked at.
 * @throws ConfigError SOURCE_INVALID
 */
export async function readSource(dir: string): Promise<readonly SourceFile[]> {
  const walk: Walk = { root: dir, files: [], bytes: 0 };
  const top = await lstat(dir).catch((cause: unknown) => {
    throw new ConfigError("SOURCE_INVALID", `The pack folder ${dir} cannot be read: ${messageOf(cause)}.`, { cause });
  });
  if (!top.isDirectory()) throw refused(dir, top.isFile() ? "is a file; name a folder" : `is ${kindOf(top)}`);
  await readFolder(walk, "");
  canonicalEntries(walk.files);
  if (!walk.files.some(({ path }) => path.startsWith("opa/"))) {
    throw refused(dir, "holds no opa/ folder with policies; `policy-pack init` makes a folder to start from");
  }
  return walk.files;
}

/**
 * The revision and previous digest that `manifest.json` states; a folder without one is a first revision.
 * @throws ConfigError SOURCE_INVALID when it is another pack's, whose history would be taken over
 * @throws FormatError MANIFEST_INVALID | LIMIT_EXCEEDED
 */
export async function readRelease(dir: string, packId: string): Promise<ReleaseFields> {
  const path = join(dir, MANIFEST);
  const stats = await lstat(path).catch((cause: unknown) => {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw refused(path, `cannot be read: ${messageOf(cause)}`, cause);
  });
  if (stats === undefined) return FIRST;
  const release = parseReleaseFields(await readRegularFile(path, MANIFEST, LIMITS.maxManifestBytes));
  if (release.packId === undefined || release.packId === packId) return release;
  throw refused(path, `is the manifest of ${release.packId}, not of ${packId}; remove it to start at revision 1`);
}

async function readFolder(walk: Walk, folder: string): Promise<void> {
  const items = await readdir(join(walk.root, folder), { withFileTypes: true, encoding: "buffer" }).catch(
    (cause: unknown) => {
      throw refused(folder, `cannot be read: ${messageOf(cause)}`, cause);
    },
  );
  for (const item of items) {
    const path = `${folder === "" ? "" : `${folder}/`}${decodeName(item.name, folder)}`;
    if (item.isDirectory()) {
      checkPlace(path);
      await readFolder(walk, path);
    } else if (!item.isFile()) {
      throw refused(path, `is ${kindOf(item)}; a pack holds plain files and folders`);
    } else if (path !== MANIFEST && !isSignaturePath(path) && !(folder === "" && isLeftover(path))) {
      checkPlace(path);
      checkData(path);
      await readFile(walk, path);
    }
  }
}

async function readFile(walk: Walk, path: string): Promise<void> {
  if (walk.files.length >= LIMITS.maxFiles) throw refused(path, `is beyond the ${LIMITS.maxFiles} files of a pack`);
  const bytes = await readRegularFile(join(walk.root, path), path, LIMITS.maxFileBytes);
  walk.bytes += bytes.length;
  if (walk.bytes > LIMITS.maxPackBytes) {
    throw refused(path, `takes the pack beyond ${LIMITS.maxPackBytes} bytes`);
  }
  walk.files.push({ path, bytes });
}

/** What no file or folder of a source may be, whatever it holds. */
function checkPlace(path: string): void {
  const segments = path.split("/");
  if (path === PACK_FILES.wasm || path === PACK_FILES.opaManifest) {
    throw refused(path, "is written by the build and must not stand in the source; remove it");
  }
  if (segments.some((segment) => segment.startsWith("."))) {
    throw refused(path, "is hidden; remove it, or keep it outside the pack folder");
  }
  if (!TOP_NAMES.some((name) => name === segments[0])) {
    throw refused(path, "has no place in a pack, which holds opa/, data/, README.md, signing/ and manifest.json");
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
