import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, FormatError, isJsonObject, parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { Updater } from "tuf-js";
import { CLI_LIMITS } from "./limits.ts";
import { commitTufFiles, readTufFiles, tufFolder, writeWorkFiles } from "./tuf-cache.ts";
import type { TufFiles } from "./tuf-cache.ts";
import { toTufError } from "./tuf-errors.ts";
import { createTufFetcher } from "./tuf-fetcher.ts";

export interface RefreshOptions {
  /** Where the TUF repository is. */
  readonly mirror: URL;
  /** TUF root metadata from a place that the caller trusts: everything else is believed because of it. */
  readonly initialRoot: Uint8Array;
  /** Absolute; remembers what was accepted, so that nothing older is. Without it nothing is kept. */
  readonly cacheDir?: string | undefined;
  /** The target to fetch, such as `trusted_root.json`. */
  readonly target: string;
  /** Judges the fetched target before anything is kept; what it throws ends the refresh. */
  readonly check: (target: Uint8Array) => void;
  readonly signal: AbortSignal;
}

export interface RefreshedTarget {
  readonly bytes: Uint8Array;
  /** Version and expiry (ISO 8601) by role: root, timestamp, snapshot, targets. */
  readonly metadata: ReadonlyMap<string, RoleFacts>;
}

export interface RoleFacts {
  readonly version: number;
  readonly expires: string;
}

const ROLES = ["root", "timestamp", "snapshot", "targets"] as const;
/** How often another process may have changed the cache meanwhile. */
const ATTEMPTS = 3;

/**
 * Fetches one target of a TUF repository as the client workflow demands (TUF specification, section 5): signatures by
 * the roles' thresholds, versions that never fall, expiry, lengths and hashes. All of it happens in a folder of its own
 * that is removed; the cache changes only when everything held, and nothing else is written.
 * @throws VerificationError SIGNATURE_INVALID, DIGEST_MISMATCH; TrustError METADATA_EXPIRED, METADATA_ROLLBACK
 * @throws FormatError METADATA_INVALID, LIMIT_EXCEEDED; TransportError; ConfigError CONFIG_INVALID, OUTPUT_FAILED
 */
export async function refreshTarget(options: RefreshOptions): Promise<RefreshedTarget> {
  const { cacheDir, mirror, initialRoot } = options;
  if (cacheDir === undefined) return (await update(withRoot(new Map(), initialRoot), options)).target;
  const folder = tufFolder(cacheDir, mirror);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const cached = await readTufFiles(folder);
    const { target, files } = await update(withRoot(cached, initialRoot), options);
    if (await commitTufFiles(folder, cached, files)) return target;
  }
  throw new ConfigError("OUTPUT_FAILED", `The cache ${folder} is being changed by others; try again.`);
}

/** The newer of the cached and the given root is where the chain of roots begins. */
function withRoot(cached: TufFiles, initialRoot: Uint8Array): TufFiles {
  const root = cached.get("root.json");
  const isNewer =
    root !== undefined && factsOf(root, "The cached root").version >= factsOf(initialRoot, "The root").version;
  return isNewer ? cached : new Map([...cached, ["root.json", initialRoot]]);
}

async function update(
  start: TufFiles,
  { mirror, target: name, check, signal }: RefreshOptions,
): Promise<{ target: RefreshedTarget; files: TufFiles }> {
  const folder = await mkdtemp(join(tmpdir(), "policy-pack-tuf-"));
  try {
    await writeWorkFiles(folder, start);
    await runUpdater(folder, mirror, name, signal);
    const files = await readTufFiles(folder);
    const bytes = files.get(`targets/${encodeURIComponent(name)}`);
    if (bytes === undefined) throw missing(name, mirror);
    check(bytes);
    const metadata = new Map(
      ROLES.map((role) => [role, factsOf(files.get(`${role}.json`) ?? new Uint8Array(), `The ${role} metadata`)]),
    );
    return { target: { bytes, metadata }, files };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runUpdater(folder: string, mirror: URL, name: string, signal: AbortSignal): Promise<void> {
  const fetcher = createTufFetcher(folder, signal);
  const base = mirror.href.replace(/\/$/, "");
  try {
    const updater = new Updater({
      metadataDir: folder,
      metadataBaseUrl: base,
      targetDir: join(folder, "targets"),
      targetBaseUrl: `${base}/targets`,
      fetcher,
    });
    const info = await updater.getTargetInfo(name);
    if (info === undefined) throw missing(name, mirror);
    if ((await updater.findCachedTarget(info)) === undefined) await updater.downloadTarget(info);
  } catch (thrown) {
    throw toTufError(thrown, fetcher.failure(), mirror);
  }
}

function missing(name: string, mirror: URL): FormatError {
  return new FormatError("METADATA_INVALID", `The TUF repository ${mirror.href} names no ${name}; use another mirror.`);
}

/** @throws FormatError METADATA_INVALID */
function factsOf(bytes: Uint8Array, what: string): RoleFacts {
  const { maxTufFileBytes: maxBytes } = CLI_LIMITS;
  const json = parseJson(bytes, { maxBytes, code: "METADATA_INVALID", what });
  const signed: JsonValue | undefined = isJsonObject(json) ? json["signed"] : undefined;
  const { version, expires } = isJsonObject(signed) ? signed : {};
  if (typeof version === "number" && Number.isSafeInteger(version) && typeof expires === "string") {
    return { version, expires };
  }
  throw new FormatError("METADATA_INVALID", `${what} is no TUF metadata: it has no version or no expiry.`);
}
