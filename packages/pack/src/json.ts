import { ConfigError, FormatError } from "./errors.ts";
import { ERROR_CODES } from "./error-codes.ts";
import type { CodeOf } from "./error-codes.ts";
import { isPrinted, withRawNumbers } from "./exact-json.ts";
import type { ExactDocument } from "./exact-json.ts";
import { findJsonProblem } from "./json-scan.ts";
import { LIMITS } from "./limits.ts";

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonOptions {
  /** UTF-8 bytes; checked before anything is parsed. */
  readonly maxBytes: number;
  /** Nested arrays and objects; `LIMITS.maxJsonDepth` unless said. */
  readonly maxDepth?: number;
  /** The code of a malformed text. */
  readonly code: CodeOf<"format"> | CodeOf<"config">;
  /** What the text is, for the message: "manifest.json", "the input". */
  readonly what: string;
}

/**
 * Reads one JSON text (RFC 8259) so that every reader of it sees the same value: UTF-8 without a byte order mark, no
 * key twice in one object, no number that a double cannot hold, no half surrogate pair. A key named `__proto__` becomes
 * a property of its own; copying it with `=` is the caller's to avoid.
 * @throws FormatError LIMIT_EXCEEDED beyond the size or depth (a ConfigError of the given code when that is one)
 * @throws FormatError | ConfigError of the given code when malformed
 */
export function parseJson(source: string | Uint8Array, options: JsonOptions): JsonValue {
  return parseText(checkedText(source, options), options);
}

/**
 * As `parseJson`, but takes every number of up to 400 characters and keeps those whose text a double would not print
 * again as RawNumber.
 * @throws as `parseJson`
 */
export function parseExactJson(source: string | Uint8Array, options: JsonOptions): ExactDocument {
  let odd = 0;
  const text = checkedText(source, options, (number) => {
    odd += Number(!isPrinted(number));
  });
  const value = parseText(text, options);
  const isPlain = odd === 0;
  return { value: isPlain ? value : withRawNumbers(text), isPlain };
}

function checkedText(source: string | Uint8Array, options: JsonOptions, onNumber?: (text: string) => void): string {
  const { maxBytes, what, maxDepth = LIMITS.maxJsonDepth } = options;
  const size = typeof source === "string" ? Buffer.byteLength(source) : source.byteLength;
  if (size > maxBytes) throw overLimit(options, `${what} has ${size} bytes; at most ${maxBytes} are read.`);
  const text = typeof source === "string" ? source : toText(source, options);
  const problem = findJsonProblem(text, { maxDepth, onNumber });
  if (problem === undefined) return text;
  const message = `${what} ${problem.text}, at character ${problem.position}.`;
  throw problem.isLimit ? overLimit(options, message) : malformed(options, message);
}

/** Whether the value is a JSON object: neither null nor an array. What its members are is not looked at. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toText(bytes: Uint8Array, options: JsonOptions): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed(options, `${options.what} is not UTF-8; save it as UTF-8 without a byte order mark.`, cause);
  }
}

function parseText(text: string, options: JsonOptions): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw malformed(options, `${options.what} is not JSON.`, cause);
  }
}

function malformed(options: JsonOptions, message: string, cause?: unknown): FormatError | ConfigError {
  const { code } = options;
  return isConfigCode(code) ? new ConfigError(code, message, { cause }) : new FormatError(code, message, { cause });
}

function overLimit(options: JsonOptions, message: string): FormatError | ConfigError {
  return isConfigCode(options.code)
    ? new ConfigError(options.code, message)
    : new FormatError("LIMIT_EXCEEDED", message);
}

function isConfigCode(code: JsonOptions["code"]): code is CodeOf<"config"> {
  return ERROR_CODES[code].kind === "config";
}
