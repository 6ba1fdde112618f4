import { ConfigError, FormatError, parseDigest } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import { digestOfArtifact } from "../bundle/signed-content.ts";
import type { Artifact } from "../bundle/signed-content.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import type { CompiledPolicy } from "../policy/compiled-policy.ts";
import { readPolicy } from "../policy/verification-policy.ts";
import { parseTrustedRoot } from "../trusted-root.ts";
import type { TrustedRoot } from "../trusted-root.ts";
import type { BundleSource, SeenVersions, TrustedRootSource, TrustOptions } from "../verify-options.ts";

/** A trusted root with the name that the policy gives it; the one beside the policy has none. */
export interface NamedRoot {
  readonly name: string | undefined;
  readonly root: TrustedRoot;
}

/** The options of a verification, checked; nothing of the bundles is read yet. */
export interface Inputs {
  readonly artifact: Artifact;
  readonly digest: Digest;
  readonly compiled: CompiledPolicy;
  readonly roots: readonly NamedRoot[];
  readonly bundles: readonly BundleSource[];
  readonly denylist: readonly BundleSource[] | undefined;
  readonly pause: readonly BundleSource[] | undefined;
  readonly seen: SeenVersions;
  readonly now: Date | undefined;
}

/**
 * Checks what the caller answers for, before anything that came from elsewhere is looked at.
 * @throws ConfigError CONFIG_INVALID; TypeError; FormatError TRUSTED_ROOT_INVALID, LIMIT_EXCEEDED, INPUT_INVALID
 */
export function readInputs(options: TrustOptions, given: Artifact): Inputs {
  const compiled = readPolicy(options.policy);
  const artifact = readArtifact(given);
  return {
    artifact,
    digest: digestOfArtifact(artifact),
    compiled,
    roots: readRoots(compiled, options.trustedRoot),
    bundles: toSources("bundle", options.bundle),
    denylist: readList("denylist", compiled.denylist !== undefined, options.denylist),
    pause: readList("pause", compiled.pause !== undefined, options.pause),
    seen: readSeen(options.seen),
    now: readNow(compiled, options.now),
  };
}

/** Read once, as every argument: what is hashed and what is then judged is the same. */
function readArtifact(given: unknown): Artifact {
  if (typeof given === "object" && given !== null) {
    if ("bytes" in given) {
      const { bytes } = given;
      if (bytes instanceof Uint8Array) return { bytes };
    } else if ("digest" in given) {
      const { digest } = given;
      if (typeof digest === "string") return { digest: parseDigest(digest) };
    }
  }
  throw new TypeError('options.artifact must be {bytes: Uint8Array} or {digest: "sha256:..."}.');
}

/**
 * The caps on how much is read; beyond them nothing is.
 * @throws FormatError LIMIT_EXCEEDED
 */
export function checkBundleLimits(sources: readonly BundleSource[]): void {
  const { maxBundles, maxBundleBytesTotal } = VERIFY_LIMITS;
  if (sources.length > maxBundles) {
    throw new FormatError("LIMIT_EXCEEDED", `There are ${sources.length} bundles; at most ${maxBundles} are read.`);
  }
  // A text has at least as many bytes as characters; each bundle's own cap is exact.
  const size = sources.reduce((sum, source) => sum + source.length, 0);
  if (size <= maxBundleBytesTotal) return;
  throw new FormatError("LIMIT_EXCEEDED", `The bundles have ${size} bytes; at most ${maxBundleBytesTotal} are read.`);
}

function readRoots(compiled: CompiledPolicy, given: TrustedRootSource | undefined): readonly NamedRoot[] {
  const { trustedRoots } = compiled;
  if ((trustedRoots === undefined) === (given === undefined)) {
    throw new ConfigError(
      "CONFIG_INVALID",
      given === undefined
        ? "There is no trusted root: give one beside the policy, or name some in its trustedRoots."
        : "The policy has trusted roots of its own, and another is given beside it; leave one of the two out.",
    );
  }
  if (trustedRoots !== undefined) return [...trustedRoots].map(([name, root]) => ({ name, root }));
  if (given === undefined) return [];
  if (typeof given === "string" || given instanceof Uint8Array) {
    return [{ name: undefined, root: parseTrustedRoot(given) }];
  }
  if (!isTrustedRoot(given)) {
    throw new TypeError("options.trustedRoot must be JSON text, bytes or what parseTrustedRoot returned.");
  }
  return [{ name: undefined, root: given }];
}

function isTrustedRoot(given: unknown): boolean {
  if (typeof given !== "object" || given === null) return false;
  const kinds = ["certificateAuthorities", "timestampAuthorities", "logs", "ctLogs"] satisfies (keyof TrustedRoot)[];
  const found: Readonly<Record<string, unknown>> = { ...given };
  return kinds.every((kind) => Array.isArray(found[kind]));
}

/** A list that nobody is named to sign cannot be believed, and one that is silently ignored would look enforced. */
function readList(
  name: "denylist" | "pause",
  isDemanded: boolean,
  given: BundleSource | readonly BundleSource[] | undefined,
): readonly BundleSource[] | undefined {
  if (given === undefined) return undefined;
  if (isDemanded) return toSources(name, given);
  throw new ConfigError(
    "CONFIG_INVALID",
    `A ${name} is given, and the policy does not name who signs it; add "${name}": {"signers": [...]} to the policy.`,
  );
}

function toSources(name: string, given: BundleSource | readonly BundleSource[]): readonly BundleSource[] {
  const sources: unknown = isSource(given) ? [given] : given;
  const copy: readonly unknown[] = Array.isArray(sources) ? Array.from(sources as readonly unknown[]) : [undefined];
  if (copy.every(isSource)) return copy;
  const index = Array.isArray(given) ? `[${copy.findIndex((source) => !isSource(source))}]` : "";
  throw new TypeError(
    `options.${name}${index} must be the JSON of a Sigstore bundle, as text or bytes; JSON.stringify one that is parsed.`,
  );
}

function isSource(value: unknown): value is BundleSource {
  return typeof value === "string" || value instanceof Uint8Array;
}

const SEEN_NAMES: readonly string[] = ["denylistVersion", "pauseVersion"] satisfies (keyof SeenVersions)[];

/** A name in another spelling would be a rollback that nobody notices. */
function readSeen(given: unknown): SeenVersions {
  const seen = given === undefined ? {} : given;
  if (typeof seen !== "object" || seen === null || Array.isArray(seen)) throw new TypeError("seen must be an object.");
  const versions: [string, unknown][] = Object.entries(seen);
  for (const [name, version] of versions) {
    if (!SEEN_NAMES.includes(name)) throw new TypeError(`seen.${name} is unknown; it takes ${SEEN_NAMES.join(", ")}.`);
    if (version !== undefined && (!Number.isSafeInteger(version) || (version as number) < 0)) {
      throw new TypeError(`seen.${name} must be a whole number.`);
    }
  }
  return Object.fromEntries(versions);
}

/** Without a time an expired list would pass for a current one. */
function readNow({ denylist, pause }: CompiledPolicy, now: Date | undefined): Date | undefined {
  if (now !== undefined) {
    const time: unknown = typeof now.getTime === "function" ? now.getTime() : undefined;
    if (typeof time === "number" && Number.isFinite(time)) return new Date(time);
    throw new TypeError("options.now must be a valid Date.");
  }
  if (denylist === undefined && pause === undefined) return undefined;
  throw new ConfigError(
    "CONFIG_INVALID",
    "The policy demands a denylist or a pause status, which must be current: give the time as `now`.",
  );
}
