import { digestOf, FormatError, VerificationError } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";

import type { ChainHead } from "./chain.ts";
import type { DropCounts } from "./drops.ts";
import { MAX_LINE_BYTES } from "./limits.ts";
import { readLines } from "./lines.ts";
import type { LineSource } from "./lines.ts";
import type { LogObject } from "./log-value.ts";
import { isRecord } from "./mask/mask-rule.ts";
import { parseChained } from "./record.ts";
import type { ChainedRecord } from "./record.ts";

export interface VerifyLogOptions {
  /** For messages: the file's name. */
  readonly name?: string | undefined;
  /** Where the log must begin to follow on: the head of the part before it. A log without it begins its chain. */
  readonly after?: Pick<ChainHead, "id" | "length" | "digest"> | undefined;
  /** The digest of a line that must be in it: what somebody else kept. */
  readonly contains?: Digest | undefined;
  /** Leaves out a last line without a line feed, which a crash may cut, instead of refusing it. */
  readonly allowTornTail?: boolean | undefined;
  readonly maxLineBytes?: number | undefined;
}

export interface VerifiedLog {
  /** Records of decisions; those that stand for missing ones are not among them. */
  readonly records: number;
  /** What the log itself says is missing, by reason. */
  readonly dropped: DropCounts;
  readonly head: ChainHead;
  readonly isTailTorn: boolean;
}

/**
 * Reads a log through, line by line, and holds each record to the one before it. Proves that no line was changed, taken
 * out, put in or moved up to the last, as long as that one is as it was written: a chain is no signature, so whoever can
 * write the file can make another chain. Keep its head elsewhere, and hand that in as `contains`.
 *
 * @throws VerificationError DECISION_LOG_BROKEN at the first line that does not follow from the one before
 * @throws FormatError DECISION_LOG_INVALID for what is no record; LIMIT_EXCEEDED
 */
export async function verifyDecisionLog(source: LineSource, options: VerifyLogOptions = {}): Promise<VerifiedLog> {
  const { name = "The decision log", after, contains, allowTornTail = false } = options;
  const maxLineBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
  const walk = new Walk(name, after);
  let [isFound, isTailTorn] = [contains === undefined, false];
  for await (const { bytes, number, isWhole } of readLines(source, maxLineBytes, name)) {
    if (!isWhole) {
      if (!allowTornTail) throw malformed(`${name}:${number}`, "the last line, has no line feed at its end");
      isTailTorn = true;
    } else if (walk.step(bytes, number) === contains) isFound = true;
  }
  if (!isFound) throw broken(name, `has no record with ${String(contains)}; it was cut short, or is another log`);
  return walk.end(isTailTorn);
}

class Walk {
  readonly #name: string;
  #head: Pick<ChainHead, "id" | "length" | "digest"> | undefined;
  #records = 0;
  readonly #dropped: Record<string, number> = {};

  constructor(name: string, after: VerifyLogOptions["after"]) {
    this.#name = name;
    this.#head = after;
  }

  step(bytes: Buffer, number: number): Digest {
    const place = `${this.#name}:${number}`;
    const record = parseChained(bytes);
    if (record === undefined) throw malformed(place, "is no chained record as this program writes them");
    this.#checkLink(record, place);
    const digest = digestOf(bytes);
    this.#head = { id: record.id, length: record.sequence + 1, digest };
    if (isRecord(record.record["dropped"])) this.#count(record.record["dropped"]);
    else this.#records += 1;
    return digest;
  }

  end(isTailTorn: boolean): VerifiedLog {
    if (this.#head === undefined) throw malformed(this.#name, "holds no record");
    return { records: this.#records, dropped: this.#dropped, head: this.#head, isTailTorn };
  }

  #checkLink({ id, sequence, previous }: ChainedRecord, place: string): void {
    const { id: chain, length, digest } = this.#head ?? { id, length: 0, digest: null };
    if (id !== chain) throw broken(place, "belongs to another chain than the line before it");
    if (sequence !== length)
      throw broken(place, `is record ${sequence} of its chain, where record ${length} has to be`);
    if (previous !== digest) throw broken(place, "does not follow from the line before it: one of the two was changed");
  }

  #count(dropped: LogObject): void {
    for (const [reason, count] of Object.entries(dropped)) {
      if (typeof count === "number") this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
    }
  }
}

function broken(place: string, why: string): VerificationError {
  return new VerificationError("DECISION_LOG_BROKEN", `${place} ${why}.`);
}

function malformed(place: string, why: string): FormatError {
  return new FormatError("DECISION_LOG_INVALID", `${place} ${why}.`);
}
