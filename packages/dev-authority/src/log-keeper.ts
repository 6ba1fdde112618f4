import { join } from "node:path";
import { ConfigError } from "@policy-pack/pack";
import type { LogEntry } from "@policy-pack/sign";
import { withLock } from "./lock.ts";
import type { LockOptions } from "./lock.ts";
import { rootHash } from "./merkle-tree.ts";
import { FILES, readState, replaceFile } from "./store.ts";
import { openCheckpoint, signCheckpoint, toLogEntry } from "./transparency-log.ts";
import type { EntryBody, TransparencyLog } from "./transparency-log.ts";
import { appendEntry } from "./tree-file.ts";

/** The files of a log without entries. */
export function emptyLog(log: TransparencyLog): Record<string, string> {
  const head = { size: 0, root: rootHash(0, () => new Uint8Array()) };
  return { [FILES.tree(log.version)]: "", [FILES.checkpoint(log.version)]: signCheckpoint(log, head) };
}

/**
 * Appends an entry and returns it with its proof. One writer at a time, over all processes; the tree is on the disk
 * before its head is signed, so that a kill leaves at most an entry that nobody got.
 * @throws ConfigError AUTHORITY_LOCKED, AUTHORITY_INVALID, OUTPUT_FAILED
 */
export function keepEntry(dir: string, log: TransparencyLog, body: EntryBody, options: KeepOptions): Promise<LogEntry> {
  const checkpointPath = join(dir, FILES.checkpoint(log.version));
  return withLock(
    join(dir, FILES.lock),
    async () => {
      const head = openCheckpoint(log, (await readState(checkpointPath)) ?? "");
      if (head === undefined) throw damaged(checkpointPath);
      const inclusion = appendEntry(join(dir, FILES.tree(log.version)), body.bytes, head);
      const entry = toLogEntry(log, body, inclusion, options.now());
      await replaceFile(checkpointPath, entry.inclusionProof?.checkpoint?.envelope ?? "");
      return entry;
    },
    options,
  );
}

export interface KeepOptions extends LockOptions {
  readonly now: () => Date;
}

function damaged(path: string): ConfigError {
  return new ConfigError(
    "AUTHORITY_INVALID",
    `${path} is not a head that this log signed; delete the development authority's folder and sign again.`,
  );
}
