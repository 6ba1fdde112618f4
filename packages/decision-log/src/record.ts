import { isUtf8 } from "node:buffer";

import { isDigest } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";

import { canonicalText, parseLogValue } from "./log-value.ts";
import type { LogObject, LogValue } from "./log-value.ts";
import { isRecord } from "./mask/mask-rule.ts";

/** What ties a record to the one before. */
export interface ChainFields {
  readonly id: string;
  readonly sequence: number;
  readonly previous: Digest | null;
}

/** A line as it was written: its place in its chain, and what it says. */
export interface ChainedRecord extends ChainFields {
  readonly record: LogObject;
}

/**
 * Reads one line of a log, without its line feed; undefined when it is not canonical JSON with a place in a chain. Who
 * wrote it is not told: a chain is no signature.
 */
export function parseChained(line: Uint8Array): ChainedRecord | undefined {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString();
  const record = parse(text);
  if (!isRecord(record) || canonicalText(record, Infinity) !== text || !isUtf8(line)) return undefined;
  const chain = record["chain"];
  if (!isRecord(chain)) return undefined;
  const { id, sequence, previous } = chain;
  if (typeof id !== "string" || typeof sequence !== "number" || !Number.isSafeInteger(sequence)) return undefined;
  if (sequence < 0 || (previous === null) !== (sequence === 0)) return undefined;
  if (previous === null) return { id, sequence, previous, record };
  return typeof previous === "string" && isDigest(previous) ? { id, sequence, previous, record } : undefined;
}

function parse(text: string): LogValue | undefined {
  try {
    return parseLogValue(text);
  } catch {
    return undefined;
  }
}
