import { constants, gunzipSync } from "node:zlib";
import { FormatError, messageOf, parseJson, systemCodeOf } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { SIMULATION_LIMITS } from "./limits.ts";

/** One record of a log as JSON, and where it stands: `decisions.jsonl:7`. */
export interface LogRecord {
  readonly place: string;
  readonly value: JsonValue;
}

export interface LogForm {
  /** As the user named the file. */
  readonly file: string;
  /** Leaves out a last line that ends in the middle of a record, instead of refusing it. */
  readonly allowTornTail: boolean;
  /** Told the place of the line that was left out. */
  readonly onTornTail: (place: string) => void;
}

const NEW_LINE = 0x0a;
const BRACKET = 0x5b;
const SPACES: readonly number[] = [0x20, 0x09, 0x0d, NEW_LINE];
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * The records of a decision log: JSON lines, or one JSON array as OPA uploads them; either may be packed with gzip. Empty
 * lines hold no record. What the records say is not looked at.
 * @throws FormatError DECISION_LOG_INVALID with the line that is no JSON, or that is torn; LIMIT_EXCEEDED
 */
export function* readRecords(bytes: Uint8Array, form: LogForm): Generator<LogRecord> {
  const { text, isCut } = unpack(bytes, form);
  if (text.find((byte) => !SPACES.includes(byte)) === BRACKET) yield* recordsOfArray(text, form);
  else yield* recordsOfLines(text, form, isCut);
}

interface Unpacked {
  readonly text: Uint8Array;
  /** Whether the packed bytes end before their text does. */
  readonly isCut: boolean;
}

function unpack(bytes: Uint8Array, { file, allowTornTail }: LogForm): Unpacked {
  const { maxLogBytes: maxOutputLength } = SIMULATION_LIMITS;
  if (!GZIP_MAGIC.every((byte, index) => bytes[index] === byte)) return { text: bytes, isCut: false };
  try {
    return { text: gunzipSync(bytes, { maxOutputLength }), isCut: false };
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === "Z_BUF_ERROR" && allowTornTail) {
      const finishFlush = constants.Z_SYNC_FLUSH;
      return { text: gunzipSync(bytes, { maxOutputLength, finishFlush }), isCut: true };
    }
    if (code === "ERR_BUFFER_TOO_LARGE") {
      const message = `The decision log ${file} unpacks to more than ${maxOutputLength} bytes; split it.`;
      throw new FormatError("LIMIT_EXCEEDED", message, { cause });
    }
    throw new FormatError(
      "DECISION_LOG_INVALID",
      `The decision log ${file} cannot be unpacked: ${messageOf(cause)}.` +
        (code === "Z_BUF_ERROR" ? " Its end is missing; --allow-torn-tail takes what is there." : ""),
      { cause },
    );
  }
}

function recordsOfArray(text: Uint8Array, { file }: LogForm): readonly LogRecord[] {
  const { maxLogBytes: maxBytes } = SIMULATION_LIMITS;
  const value = parseJson(text, { maxBytes, code: "DECISION_LOG_INVALID", what: `The decision log ${file}` });
  const records: readonly JsonValue[] = Array.isArray(value) ? value : [];
  return records.map((record, index) => ({ place: `${file}[${index}]`, value: record }));
}

function* recordsOfLines(text: Uint8Array, form: LogForm, isCut: boolean): Generator<LogRecord> {
  let line = 1;
  for (let start = 0; start < text.byteLength; line += 1) {
    const found = text.indexOf(NEW_LINE, start);
    const end = found === -1 ? text.byteLength : found;
    const bytes = text.subarray(start, end);
    const record = bytes.every((byte) => SPACES.includes(byte))
      ? undefined
      : readLine(bytes, `${form.file}:${line}`, found === -1, form);
    if (record !== undefined) yield record;
    start = end + 1;
  }
  // Cut where a line ends, nothing else tells that more came.
  if (isCut) form.onTornTail(`${form.file}:${line}`);
}

function readLine(bytes: Uint8Array, place: string, isTail: boolean, form: LogForm): LogRecord | undefined {
  const { maxRecordBytes: maxBytes } = SIMULATION_LIMITS;
  try {
    return { place, value: parseJson(bytes, { maxBytes, code: "DECISION_LOG_INVALID", what: place }) };
  } catch (cause) {
    // A line that ends in a line feed was written whole: what is wrong with it is not that its end is missing.
    if (!isTail || !(cause instanceof FormatError) || cause.code !== "DECISION_LOG_INVALID") throw cause;
    if (form.allowTornTail) {
      form.onTornTail(place);
      return undefined;
    }
    throw new FormatError(
      "DECISION_LOG_INVALID",
      `${place}, the last line, is torn: it ends without a line feed and is no JSON. Complete the log, or leave that line` +
        " out with --allow-torn-tail.",
      { cause },
    );
  }
}
