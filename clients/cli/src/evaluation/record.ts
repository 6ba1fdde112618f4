import { open } from "node:fs/promises";
import { resolve } from "node:path";
import type { DecisionLog } from "@policy-pack/decision-log";
import type { DecisionRecorder } from "@policy-pack/evaluate";
import { ConfigError } from "@policy-pack/pack";
import type { Terminal } from "../terminal.ts";
import { readVersion } from "../version.ts";
import type { AskedPolicy } from "./policy.ts";

const MASKING = ["system/log/mask", "system/log/drop"];

/** Where a log stands when it is complete. */
export interface RecordSummary {
  readonly records: number;
  /** Records that the pack's own rule dropped. */
  readonly dropped: number;
  /** The digest of the last line: kept elsewhere, it proves later that the log was not cut. */
  readonly head: string | null;
}

/** A decision log that is being written. */
export interface Recording {
  readonly recorder: DecisionRecorder;
  /** To be called after at most `MAX_UNWRITTEN` decisions. @throws ConfigError OUTPUT_FAILED when the disk takes no more */
  flush(): Promise<void>;
  /** Writes what is left and lets the file go. @throws as `flush` */
  close(): Promise<RecordSummary>;
}

/** Decisions whose records fit into the log's buffer, several entrypoints each. */
export const MAX_UNWRITTEN = 5_000;

/**
 * Opens a decision log; a decision that is not recorded does not stand. The pack's own rules mask and drop, if it has any.
 * @throws ConfigError OUTPUT_FAILED, DECISION_LOG_LOCKED; FormatError DECISION_LOG_INVALID for a file that is none
 */
export async function openRecording(terminal: Terminal, path: string, policy: AskedPolicy): Promise<Recording> {
  const { createDecisionLog, fileSink } = await import("@policy-pack/decision-log");
  const { dataDigest } = policy;
  const place = resolve(terminal.cwd, path);
  const log = await createDecisionLog({
    // On disk at the end, all at once: a round trip to the disk for each batch takes longer than to decide it.
    sinks: [fileSink(place, { sync: "never" })],
    mask: await maskOf(policy),
    labels: {
      program: "policy-pack",
      version: readVersion(),
      ...(dataDigest === undefined ? {} : { data: dataDigest }),
    },
    required: true,
  });
  const flush = async (): Promise<void> => {
    await log.flush();
    checkWritten(log, path);
  };
  return {
    recorder: log,
    flush,
    close: async () => {
      await log.flush();
      await log.close();
      checkWritten(log, path);
      await sync(place);
      return summaryOf(log);
    },
  };
}

async function maskOf({ contents, capabilities }: AskedPolicy) {
  if (!contents.entrypoints.some((name) => MASKING.includes(name))) return undefined;
  const { createInstance } = await import("@policy-pack/evaluate");
  return createInstance(contents, { capabilities });
}

function checkWritten(log: DecisionLog, path: string): void {
  const [sink] = log.stats().sinks;
  if (sink?.pending === 0) return;
  throw new ConfigError(
    "OUTPUT_FAILED",
    `The decision log ${path} cannot be written: ${sink?.lastError ?? "it is not open"}. Make room, or name another file.`,
  );
}

async function sync(place: string): Promise<void> {
  await using file = await open(place, "r+");
  await file.datasync();
}

function summaryOf(log: DecisionLog): RecordSummary {
  const { decisions, sinks } = log.stats();
  const dropped = sinks[0]?.dropped.drop_rule ?? 0;
  return { records: decisions - dropped, dropped, head: sinks[0]?.head.digest ?? null };
}
