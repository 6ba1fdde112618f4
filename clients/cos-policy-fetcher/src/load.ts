import type { Digest, PackContents } from "@policy-pack/pack";
import type { PoolOptions } from "@policy-pack/evaluate";
import { assessPack, extractPack, parseVerificationPolicy, verifyPack } from "@policy-pack/verify";
import type {
  AssessedPack,
  BundleSource,
  SeenVersions,
  Signer,
  TrustedRootSource,
  VerificationPolicy,
  VerificationReport,
  VerifiedPack,
  VerifyPackOptions,
} from "@policy-pack/verify";
import { writeContents, writeTempContents } from "./contents.ts";
import { checkDecider, createDecider, createPooledDecider } from "./decider.ts";
import type { Decider, DeciderOptions, PooledDecider } from "./decider.ts";
import { fetchPack } from "./fetch.ts";
import { checkObject, toFetchSettings } from "./options.ts";
import type { FetchOptions, FetchSettings } from "./options.ts";
import { checkLists, toBundles, toTrustedRoot } from "./trust.ts";
import { packIdOfUrl } from "./url.ts";

/** What a pack is fetched from and judged by. Both trust inputs come from you, never from the server or the pack. */
export interface VerifiedFetchOptions extends FetchOptions {
  /** The pack's address, `…/v1/policy/packs/<packId>`: http or https, without credentials. */
  readonly url: string | URL;
  /** Sigstore `trusted_root.json`, as text, bytes or parsed; left out exactly when the policy holds `trustedRoots`. */
  readonly trustedRoot?: TrustedRootSource | undefined;
  /**
   * Who may have signed; `packId` and `minimumRevision` guard against another or an older pack that they signed too.
   * Without `packId` it is the one that the address names, if it ends as above.
   */
  readonly verificationPolicy: VerificationPolicy;
  /** Sigstore bundles beside the one that the server sends: of other signers, and attestations that the policy demands. */
  readonly bundles?: readonly BundleSource[] | undefined;
  /** Bundles of the signed denylist; given exactly when the policy names who signs one. */
  readonly denylist?: BundleSource | readonly BundleSource[] | undefined;
  /** Bundles of the signed pause status; given exactly when the policy names who signs one. */
  readonly pause?: BundleSource | readonly BundleSource[] | undefined;
  /** The highest versions of both that you accepted before (`seen` of an earlier result); older ones are refused. */
  readonly seen?: SeenVersions | undefined;
  /** The time by which both must be current. Default: the system's clock when the pack has arrived. */
  readonly now?: Date | undefined;
}

export interface FolderOptions extends VerifiedFetchOptions {
  /** As for `writeContents`. Default: a fresh folder that only this user may enter, under the system's temporary one. */
  readonly dir?: string | undefined;
}

export interface LoadOptions extends FolderOptions, DeciderOptions {}

/** Of a policy that decides in threads. */
export interface PooledLoadOptions extends LoadOptions {
  readonly pool: PoolOptions;
}

/** What a loaded policy is. */
export interface PolicyFacts {
  /** Where it was unpacked, when `dir` was given. */
  readonly dir?: string;
  /** Of the pack's tar: exactly what was signed. */
  readonly digest: Digest;
  /** Signed with the pack; keep it as the next `minimumRevision` so that an older pack is refused. */
  readonly revision: string;
  readonly packId: string;
  readonly signers: readonly Signer[];
  /** The versions of denylist and pause status that were believed; keep them as the next `seen`. */
  readonly seen: SeenVersions;
  /** What was proven, step by step, as plain JSON. */
  readonly report: VerificationReport;
}

/** A verified pack, ready to decide. */
export interface LoadedPolicy extends PolicyFacts, Decider {}

/** A verified pack, ready to decide in threads. */
export interface PooledPolicy extends PolicyFacts, PooledDecider {}

/** A loaded policy whose pack also lies unpacked in a folder. */
export interface UnpackedPolicy extends LoadedPolicy {
  readonly dir: string;
}

export interface UnpackedPooledPolicy extends PooledPolicy {
  readonly dir: string;
}

/** Options checked before anything is asked of the network. */
interface Checked {
  readonly url: string | URL;
  readonly fetch: FetchSettings;
  readonly policy: VerificationPolicy;
  readonly trust: Pick<VerifiedFetchOptions, "trustedRoot" | "denylist" | "pause" | "seen" | "now">;
  readonly bundles: readonly BundleSource[];
}

/**
 * Fetches a pack and verifies it against your trusted root and verification policy. Only the fetch touches the network;
 * nothing is written.
 * @throws TypeError for a missing or wrong argument
 * @throws ConfigError CONFIG_INVALID; FormatError TRUSTED_ROOT_INVALID: before anything is fetched
 * @throws what `fetchPack` and `verifyPack` throw
 */
export async function fetchVerifiedPack(options: VerifiedFetchOptions): Promise<VerifiedPack> {
  return fetchAndCheck(check(options));
}

/**
 * As `fetchVerifiedPack`, and tells also of a pack that is refused what was seen: `pack` is there only when `verified` of the
 * report is true. Keep the versions of its lists in either case: whoever sends the list before the one that refused the
 * pack would get it accepted.
 * @throws as `fetchPack` and `assessPack`
 */
export async function fetchAssessedPack(options: VerifiedFetchOptions): Promise<AssessedPack> {
  return assessPack(await fetchEvidence(check(options)));
}

/**
 * Fetches a pack, verifies it, and unpacks it into a folder, which exists only if everything held.
 * @returns the absolute path of the folder
 * @throws as `fetchVerifiedPack`; FormatError of `extractPack`; ConfigError OUTPUT_FAILED
 */
export async function fetchAndVerify(options: FolderOptions): Promise<string> {
  return (await fetchAndUnpack(options)).dir;
}

/** A folder and what was proven of the pack in it. */
export interface UnpackedPack {
  readonly dir: string;
  readonly verified: VerifiedPack;
}

/** `fetchAndVerify` with the proof beside the folder, for the command's `--json`. */
export async function fetchAndUnpack(options: FolderOptions): Promise<UnpackedPack> {
  const checked = check(options);
  const dir = toDir(options.dir);
  const verified = await fetchAndCheck(checked);
  return { dir: await write(extractPack(verified), dir), verified };
}

/**
 * Fetches a pack, verifies it and loads its WASM. Nothing is written unless `dir` is given, and then only once the WASM
 * is loaded. The result never fetches again: it decides by this revision until you load another. With `pool` it decides
 * in threads, and is closed when it is no longer needed.
 * @throws as `fetchAndVerify`; EvaluationError WASM_INVALID, CAPABILITY_MISSING
 */
export function loadVerifiedPolicy(options: PooledLoadOptions): Promise<PooledPolicy>;
export function loadVerifiedPolicy(options: LoadOptions): Promise<LoadedPolicy>;
export async function loadVerifiedPolicy(options: LoadOptions): Promise<LoadedPolicy | PooledPolicy> {
  const dir = toDir(options.dir);
  const loaded = await load(options);
  return dir === undefined ? Object.freeze(loaded.policy) : unpack(loaded, (contents) => writeContents(contents, dir));
}

/**
 * As `loadVerifiedPolicy`, and unpacks the pack in any case: into `dir`, or into a fresh private folder.
 * @throws as `loadVerifiedPolicy`
 */
export function loadUnpackedPolicy(options: PooledLoadOptions): Promise<UnpackedPooledPolicy>;
export function loadUnpackedPolicy(options: LoadOptions): Promise<UnpackedPolicy>;
export async function loadUnpackedPolicy(options: LoadOptions): Promise<UnpackedPolicy | UnpackedPooledPolicy> {
  const dir = toDir(options.dir);
  return unpack(await load(options), (contents) => write(contents, dir));
}

interface Loaded {
  readonly policy: LoadedPolicy | PooledPolicy;
  readonly contents: PackContents;
}

async function load(options: LoadOptions): Promise<Loaded> {
  const checked = check(options);
  checkDecider(options);
  const verified = await fetchAndCheck(checked);
  const contents = extractPack(verified);
  const { pool } = options;
  // Two branches, since what the two answer differs in type.
  const policy =
    pool === undefined
      ? withDecider(verified, contents, await createDecider(contents, options))
      : { ...factsOf(verified, contents), ...(await createPooledDecider(contents, pool, options)) };
  return { policy, contents };
}

/** Without a folder there is no policy either: its threads end. */
async function unpack(
  { policy, contents }: Loaded,
  writeTo: (contents: PackContents) => Promise<string>,
): Promise<UnpackedPolicy | UnpackedPooledPolicy> {
  try {
    return Object.freeze({ ...policy, dir: await writeTo(contents) });
  } catch (error) {
    if ("close" in policy) await policy.close({ graceMs: 0 });
    throw error;
  }
}

function withDecider(verified: VerifiedPack, contents: PackContents, decider: Decider): LoadedPolicy {
  return {
    ...factsOf(verified, contents),
    entrypoints: decider.entrypoints,
    decide: (input, entrypoint, options) => decider.decide(input, entrypoint, options),
  };
}

function factsOf({ signers, evidence, report }: VerifiedPack, contents: PackContents): PolicyFacts {
  const { digest, revision, packId } = contents;
  return { digest, revision, packId, signers, seen: evidence.seen, report };
}

function check(options: VerifiedFetchOptions): Checked {
  checkObject("options", options);
  checkObject("verificationPolicy", options.verificationPolicy);
  const policy = parseVerificationPolicy(options.verificationPolicy);
  checkLists(policy, options);
  const { url, denylist, pause, seen, now } = options;
  return {
    url,
    fetch: toFetchSettings(options),
    policy,
    trust: { trustedRoot: toTrustedRoot(policy, options.trustedRoot), denylist, pause, seen, now },
    bundles: toBundles(options.bundles),
  };
}

function toDir(dir: unknown): string | undefined {
  if (dir === undefined || (typeof dir === "string" && dir !== "")) return dir;
  throw new TypeError("dir must be a path that is not empty.");
}

async function fetchAndCheck(checked: Checked): Promise<VerifiedPack> {
  return verifyPack(await fetchEvidence(checked));
}

async function fetchEvidence({ url, fetch, policy: given, trust, bundles }: Checked): Promise<VerifyPackOptions> {
  const { bytes, bundle } = await fetchPack(url, fetch);
  const policy = demandPack(given, packIdOfUrl(url));
  const now = trust.now ?? new Date();
  return { ...trust, pack: bytes, bundle: [bundle, ...bundles], policy, now, limits: fetch.limits };
}

/** A server that is asked for one pack must not answer with another one that the same signer signed. */
function demandPack(policy: VerificationPolicy, packId: string | undefined): VerificationPolicy {
  return packId === undefined || policy.packId !== undefined ? policy : { ...policy, packId };
}

function write(contents: PackContents, dir: string | undefined): Promise<string> {
  return dir === undefined ? writeTempContents(contents) : writeContents(contents, dir);
}
