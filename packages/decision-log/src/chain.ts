import { randomUUID } from "node:crypto";

import { digestOf } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";

/** Where a chain of records stands. */
export interface ChainHead {
  /** The same for all records of one chain. */
  readonly id: string;
  /** How many records it has. */
  readonly length: number;
  /** Of the last record's line, or null before the first. */
  readonly digest: Digest | null;
}

/** A record's members by name, each as its JSON text. */
export type RecordFields = ReadonlyMap<string, string>;

export function newChain(): ChainHead {
  return { id: randomUUID(), length: 0, digest: null };
}

export interface SealedRecord {
  /** One line of canonical JSON, without a line feed. */
  readonly line: Buffer;
  /** The chain with this record at its end. */
  readonly head: ChainHead;
}

/** Puts a record at the end of a chain: the digest of the line before goes into it, and that of this one into the next. */
export function sealRecord(fields: RecordFields, { id, length, digest }: ChainHead): SealedRecord {
  const chain = `{"id":${JSON.stringify(id)},"previous":${JSON.stringify(digest)},"sequence":${length}}`;
  const members = [...fields, ["chain", chain] as const].sort(([left], [right]) => (left < right ? -1 : 1));
  const line = Buffer.from(`{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`);
  return { line, head: { id, length: length + 1, digest: digestOf(line) } };
}

/** The same members without a chain: what a mask policy sees. */
export function recordText(fields: RecordFields): string {
  const members = [...fields].sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
}
