import type { IncomingHttpHeaders } from "node:http";
import { parseHttpDate } from "./http-date.ts";
import { matchesEntityTag } from "./if-none-match.ts";

/** What an answer can be compared by. */
export interface Validators {
  readonly etag: string;
  readonly lastModified: string;
  /** `lastModified` in milliseconds since 1970, whole seconds. */
  readonly lastModifiedMs: number;
}

/**
 * Whether a GET or HEAD may be answered with 304: `If-None-Match` decides when it is there, whatever it holds;
 * otherwise `If-Modified-Since` when it is a date (RFC 9110, 13.1.3 and 13.2.2).
 */
export function isNotModified(headers: IncomingHttpHeaders, validators: Validators): boolean {
  const noneMatch = headers["if-none-match"];
  if (noneMatch !== undefined) return matchesEntityTag(noneMatch, validators.etag);
  const since = headers["if-modified-since"];
  if (since === undefined) return false;
  if (since === validators.lastModified) return true;
  const sinceMs = parseHttpDate(since, Date.now());
  return sinceMs !== undefined && sinceMs >= validators.lastModifiedMs;
}
