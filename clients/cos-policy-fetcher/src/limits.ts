import { ARCHIVE_LIMITS, LIMITS } from "@policy-pack/pack";
import type { ArchiveLimits } from "@policy-pack/pack";

/** Time-outs of a fetch, in milliseconds. */
export interface FetchTimeouts {
  /** The whole call with all its requests: a server that drips a byte now and then must not hold it for ever. */
  readonly timeoutMs: number;
  /** The longest silence, before the first byte or between two. */
  readonly idleTimeoutMs: number;
}

/** Caps on what a server may send and an archive may hold, in bytes where they are not counts. */
export interface FetchLimits extends ArchiveLimits {
  /** The Sigstore bundle, from the header or from `/attestation`. */
  readonly maxBundleBytes: number;
}

/** What applies where an option is left out. */
export const DEFAULTS: Readonly<FetchTimeouts & { readonly limits: FetchLimits }> = Object.freeze({
  timeoutMs: 30_000,
  idleTimeoutMs: 30_000,
  limits: Object.freeze({ ...ARCHIVE_LIMITS, maxBundleBytes: LIMITS.maxBundleBytes }),
});

/** All header fields together: the largest inline bundle is 12 KiB, and proxies add a few of their own. */
export const MAX_HEADER_BYTES = 32 * 1024;

/** A problem document is read for its code alone; real ones are a few hundred bytes. */
export const MAX_PROBLEM_BYTES = 8 * 1024;

/** Longer timers overflow and fire at once (Node's setTimeout). */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** No pack takes this long to unpack: what is older beside its folder was left by a process that was killed. */
export const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/** Files written at once: enough to overlap the waits for fsync, few enough for any descriptor limit. */
export const MAX_OPEN_FILES = 16;
