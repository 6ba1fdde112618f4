const MIB = 1024 * 1024;

/** Caps and times of a log, each with its reason. */
export const LOG_DEFAULTS = Object.freeze({
  /** The input of one record, and its result, as JSON. An input may have 16 MiB; a log full of those serves nobody. */
  maxRecordBytes: 1 * MIB,
  /** What a sink keeps while it cannot pass it on: records, and their bytes. */
  maxBufferRecords: 10_000,
  maxBufferBytes: 64 * MIB,
  /** One upload, unpacked: services cap bodies at about a MiB. */
  maxBatchBytes: 512 * 1024,
  maxBatchRecords: 1_000,
  /** A record waits for company so long. */
  maxDelayMs: 1_000,
  /** One upload from the first byte to the answer's end. */
  timeoutMs: 10_000,
  /** Before the first retry, doubled for each; the random share keeps many services from knocking together. */
  minRetryMs: 200,
  maxRetryMs: 60_000,
  /** Nothing in an answer is looked at; what is longer is not read to its end. */
  maxAnswerBytes: 64 * 1024,
  /** On closing. */
  graceMs: 5_000,
} as const);

/** What `maxRecordBytes` may be raised to. */
export const MAX_RECORD_BYTES = 16 * MIB;
/** What is read as one line: two such parts, and all else that a record holds. */
export const MAX_LINE_BYTES = 64 * MIB;
