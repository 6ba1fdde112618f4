import { encodeValueText } from "../../values/value-text.ts";
import { RegoDecimal } from "../../values/values.ts";
import type { RegoObject, RegoValue } from "../../values/values.ts";
import { plainInteger } from "../operands.ts";
import { parseDuration } from "../time/duration.ts";
import { internalFailure } from "./failure.ts";

/** The request object by its keys, all of which are texts once OPA's list has been checked. */
export type Fields = ReadonlyMap<string, RegoValue>;

const TEXT_FIELDS = [
  "method",
  "url",
  "raw_body",
  "tls_ca_cert",
  "tls_client_cert",
  "tls_client_key",
  "tls_server_name",
];
/** What would read the disk and the environment of this process. */
const OUTSIDE_FIELDS = ["tls_ca_cert", "tls_client_cert", "tls_client_key"].flatMap((name) => [
  `${name}_file`,
  `${name}_env_variable`,
]);
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...TEXT_FIELDS,
  ...OUTSIDE_FIELDS,
  ...["body", "enable_redirect", "force_json_decode", "force_yaml_decode", "headers", "tls_use_system_certs"],
  ...["tls_insecure_skip_verify", "timeout", "cache", "force_cache", "force_cache_duration_seconds", "raise_error"],
  ...["caching_mode", "max_retry_attempts", "cache_ignored_headers"],
]);
const MAX_INT64 = 2n ** 63n - 1n;

/** @throws HttpFailure for a key that OPA does not know, or a missing method or url */
export function readFields(request: RegoObject): Fields {
  const unknown = request.entries.filter(([key]) => typeof key !== "string" || !KNOWN_FIELDS.has(key));
  if (unknown.length > 0) {
    const names = unknown.map(([key]) => encodeValueText(key)).join(", ");
    throw internalFailure(`operand 1 invalid request parameters(s): {${names}}`, "type");
  }
  const fields = new Map(request.entries.flatMap(([key, value]) => (typeof key === "string" ? [[key, value]] : [])));
  const missing = ["method", "url"].filter((name) => !fields.has(name));
  if (missing.length > 0) {
    const names = missing.map((name) => JSON.stringify(name)).join(", ");
    throw internalFailure(`operand 1 missing required request parameters(s): {${names}}`, "type");
  }
  return fields;
}

/**
 * @throws HttpFailure where a text is asked for and something else is there
 * @throws TypeError for texts that would come from the disk or the environment, which no capability grants
 */
export function checkTextFields(fields: Fields): void {
  for (const name of [...TEXT_FIELDS, ...OUTSIDE_FIELDS]) {
    const value = fields.get(name);
    if (value !== undefined && typeof value !== "string") throw internalFailure(`"${name}" must be a string`);
  }
  const outside = OUTSIDE_FIELDS.find((name) => textField(fields, name) !== "");
  if (outside !== undefined) throw new TypeError(`${outside} is not read here: give the PEM text itself`);
}

/** Without the quotation marks around it, which OPA takes off; "" when it is not there. */
export function textField(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (typeof value !== "string") return "";
  let [start, end] = [0, value.length];
  while (value.charAt(start) === '"' && start < end) start++;
  while (end > start && value.charAt(end - 1) === '"') end--;
  return value.slice(start, end);
}

/** @throws HttpFailure for anything but a boolean */
export function booleanField(fields: Fields, name: string): boolean {
  const value = fields.get(name) ?? false;
  if (typeof value !== "boolean") throw internalFailure(`invalid value for "${name}" field`);
  return value;
}

/** Fields that OPA reads with Go's ParseBool, which also takes 0 and 1. */
export function looseBooleanField(fields: Fields, name: string): boolean {
  const text = encodeValueText(fields.get(name) ?? false);
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw internalFailure(`strconv.ParseBool: parsing ${JSON.stringify(text.slice(0, 100))}: invalid syntax`);
}

/** @throws HttpFailure for anything but an integer from 0 on */
export function countField(fields: Fields, name: string): number {
  const value = integerOf(fields.get(name) ?? 0n);
  if (value === undefined || value < 0n) throw internalFailure(`invalid value for field "${name}"`);
  return Number(value);
}

/** An integer of 64 bits, as Go's Atoi64 reads it. */
function integerOf(value: RegoValue): bigint | undefined {
  const integer = value instanceof RegoDecimal ? plainInteger(value.text) : value;
  return typeof integer === "bigint" && integer <= MAX_INT64 && integer >= -MAX_INT64 ? integer : undefined;
}

/** Milliseconds of `timeout`: nanoseconds as a number or a text, or a duration; none for nothing and for what is past. */
export function timeoutField(fields: Fields, usualMs: number): number | undefined {
  const value = fields.get("timeout");
  if (value === undefined) return usualMs;
  const nanoseconds = timeoutOf(value);
  if (nanoseconds === undefined) throw internalFailure("invalid timeout value");
  return nanoseconds <= 0n ? undefined : Math.max(1, Number(nanoseconds / 1_000_000n));
}

function timeoutOf(value: RegoValue): bigint | undefined {
  if (typeof value !== "string") return integerOf(value);
  if (/^[+-]?[0-9]{1,19}$/.test(value)) return integerOf(BigInt(value));
  try {
    // OPA's days, weeks and years are no units of Go, which reads this one.
    return /[dwy]/.test(value) ? undefined : parseDuration(value);
  } catch {
    return undefined;
  }
}
