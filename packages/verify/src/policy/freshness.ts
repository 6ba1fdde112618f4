import { FormatError, TrustError } from "@policy-pack/pack";
import { timestamp } from "../encoding/fields.ts";
import { malformed, reading } from "../encoding/malformed.ts";
import { positive } from "./exact-fields.ts";

/** What a denylist and a pause status have in common: which one it is, and from when until when it may be believed. */
export interface DatedDocument {
  /** From 1, higher with each one that is issued. */
  readonly version: number;
  /** ISO 8601, UTC, in milliseconds. */
  readonly issuedAt: string;
  /** ISO 8601, UTC, in milliseconds; from this moment on it is not believed. */
  readonly expires: string;
}

export interface FreshnessOptions {
  /** The current time, from a clock that the caller trusts. */
  readonly now: Date;
  /** The highest version accepted before; without it there is nothing to go back behind. */
  readonly seen?: number | undefined;
  /** What the document is, for the message: "denylist". */
  readonly what: string;
  /** What to do about one that is over; default "get the current one". */
  readonly renewal?: string | undefined;
}

/** How far the issuer's clock may be ahead of the verifier's. */
const MAX_CLOCK_SKEW_MS = 5 * 60 * 1000;

/** The fields of a `DatedDocument`, for the table of one. */
export const datedFields = { version: positive, issuedAt: timestamp, expires: timestamp } as const;

/**
 * Turns what `datedFields` read into a `DatedDocument`.
 * @throws MalformedError when it expires before it is issued
 */
export function toDated(fields: { version: number; issuedAt: number; expires: number }): DatedDocument {
  const { version, issuedAt, expires } = fields;
  if (expires <= issuedAt) malformed("must expire after it is issued");
  return { version, issuedAt: new Date(issuedAt).toISOString(), expires: new Date(expires).toISOString() };
}

/**
 * Reads a predicate with its table; whatever is wrong with it has one code.
 * @throws FormatError METADATA_INVALID, LIMIT_EXCEEDED
 */
export function readDocument<T>(what: string, read: () => T): T {
  return reading(
    read,
    (reason, cause) =>
      new FormatError(
        "METADATA_INVALID",
        `The ${what} is malformed: ${reason}. Have whoever issues it sign a correct one.`,
        {
          cause,
        },
      ),
  );
}

/**
 * Checks that a document is the newest known and still valid: not below the version seen, issued by now (five minutes of
 * clock difference are allowed) and not expired. Whether a newer one exists elsewhere cannot be known; that is what the
 * expiry bounds.
 * @throws TrustError METADATA_ROLLBACK, METADATA_EXPIRED
 * @throws TypeError when `now` is no time or `seen` no version
 */
export function checkFresh(document: DatedDocument, { now, seen, what, renewal }: FreshnessOptions): void {
  const nowMs = now.getTime();
  if (!Number.isFinite(nowMs)) throw new TypeError("now must be a valid Date.");
  if (seen !== undefined && (!Number.isSafeInteger(seen) || seen < 0)) {
    throw new TypeError("The version seen before must be a whole number from 0.");
  }
  checkVersion(document, seen ?? 0, what);
  if (Date.parse(document.issuedAt) > nowMs + MAX_CLOCK_SKEW_MS) {
    throw new TrustError(
      "METADATA_EXPIRED",
      `The ${what} is dated ${document.issuedAt}, in the future of ${now.toISOString()}; set the clock of whichever is wrong.`,
    );
  }
  if (Date.parse(document.expires) > nowMs) return;
  throw new TrustError(
    "METADATA_EXPIRED",
    `The ${what} of version ${document.version} expired at ${document.expires}; ${renewal ?? "get the current one"}.`,
  );
}

function checkVersion({ version }: DatedDocument, seen: number, what: string): void {
  if (version >= seen) return;
  throw new TrustError(
    "METADATA_ROLLBACK",
    `The ${what} has version ${version}, and version ${seen} was accepted before; get the current one.`,
  );
}
