import { closeSync, lstatSync, openSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { messageOf, systemCodeOf, TransportError } from "@policy-pack/pack";
import { EVIDENCE_LIMITS } from "./limits.ts";
import { migrate, schemaProblem } from "./migrations.ts";
import type { SchemaProblem } from "./migrations.ts";
import { openSqlite } from "./sqlite.ts";

const PROBLEMS: Readonly<Record<SchemaProblem, string>> = {
  foreign: "it belongs to another program; name another file",
  newer: "a newer version of policy-pack wrote it; run that version",
};

/** Of the lower eight bits: https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
const RETRY_MS = 20;

export interface DatabaseOptions {
  readonly maxBytes?: number;
  readonly busyTimeoutMs?: number;
}

/**
 * Opens the evidence store's file, making it when it is not there. Each write is on disk before it returns
 * (write-ahead log with full synchronisation), and other processes may have the file open. A damaged file and one that
 * is no evidence store are refused untouched.
 * @param path absolute; its folder must exist and be on a local disk
 * @throws TransportError STORE_FAILED
 */
export function openDatabase(path: string, options: DatabaseOptions = {}): DatabaseSync {
  const { maxBytes = EVIDENCE_LIMITS.maxStoreBytes, busyTimeoutMs = EVIDENCE_LIMITS.busyTimeoutMs } = options;
  const until = performance.now() + busyTimeoutMs;
  for (;;) {
    let database: DatabaseSync | undefined;
    try {
      claimPlace(path);
      database = openSqlite(path, busyTimeoutMs);
      prepare(database, path, maxBytes);
      return database;
    } catch (cause) {
      database?.close();
      if (cause instanceof TransportError) throw cause;
      if (isBusy(cause) && performance.now() < until) pause();
      else throw refused(path, `${messageOf(cause)}; check the folder, its disk and its permissions`, cause);
    }
  }
}

/** SQLite does not wait by itself where two processes make one new file a log of writes at once. */
function isBusy(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY
  );
}

/** Blocks, as opening does: a server answers nothing before its store is there. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
}

function prepare(database: DatabaseSync, path: string, maxBytes: number): void {
  const damage = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (damage !== "ok") throw refused(path, `it is damaged (${String(damage)}); restore it from a copy`);
  const before = schemaProblem(database);
  if (before !== undefined) throw refused(path, PROBLEMS[before]);
  // Full: a commit has reached the disk when it returns, so that an answer to it is a promise.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF");
  const pageBytes = Number(database.prepare("PRAGMA page_size").get()?.["page_size"]);
  database.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / pageBytes)}`);
  const problem = migrate(database);
  if (problem !== undefined) throw refused(path, PROBLEMS[problem]);
}

/** What is not there is made for its owner alone; SQLite gives its other files the same mode. */
function claimPlace(path: string): void {
  try {
    if (!lstatSync(path).isFile()) throw refused(path, "it is no regular file; name another");
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error;
    closeSync(openSync(path, "a", 0o600));
  }
}

function refused(path: string, reason: string, cause?: unknown): TransportError {
  const message = `The evidence store ${path} cannot be opened: ${reason}.`;
  return new TransportError("STORE_FAILED", message, { cause, retryable: false });
}
