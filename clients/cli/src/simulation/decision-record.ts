import { FormatError, isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import type { CaseInput } from "@policy-pack/simulate";
import type { LogRecord } from "./log-records.ts";

/**
 * Why a record cannot be decided: parts of its input are `erased` or `masked`, it had no input (`inputless`), it was a query
 * of someone's own and no rule's decision (`adHoc`), or it is a line of OPA's own log (`otherLine`).
 */
export type Undecidable = "erased" | "masked" | "inputless" | "adHoc" | "otherLine";

/** RFC 3339 with up to nine digits of a second's fraction, as Go writes it. */
const TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The input of one record: OPA's decision event (`decision_id`, `path`, `input`, `timestamp`, `erased`, `masked`), or
 * `{"entrypoint": …, "input": …}`. The record's own result is not looked at: both packs are asked anew, at the time of the
 * record where it says one.
 * @param entrypoints of both packs: what tells a rule's path from a package's
 * @throws FormatError DECISION_LOG_INVALID for what is no record at all
 * @see https://www.openpolicyagent.org/docs/management-decision-logs
 */
export function toLoggedInput({ place, value }: LogRecord, entrypoints: ReadonlySet<string>): CaseInput | Undecidable {
  if (!isJsonObject(value)) throw invalid(place, "is no JSON object");
  const path = pathOf(value, place);
  if (path === undefined) return withoutPath(value, place);
  const hidden = hiddenBy(value, place);
  if (hidden !== undefined) return hidden;
  const { input } = value;
  if (input === undefined) return "inputless";
  const timeNs = timeOf(value, place);
  return {
    id: textAt(value, "decision_id", place) ?? place,
    origin: "log",
    input,
    ...targetOf(path, entrypoints),
    ...(timeNs === undefined ? {} : { timeNs }),
  };
}

/** Older OPAs write a slash first. */
function pathOf(record: JsonObject, place: string): string | undefined {
  const path = textAt(record, "path", place) ?? textAt(record, "entrypoint", place);
  const rule = path?.replace(/^\//, "");
  return rule === "" ? undefined : rule;
}

function withoutPath(record: JsonObject, place: string): Undecidable {
  if (record["query"] !== undefined || record["decision_id"] !== undefined) return "adHoc";
  if (record["msg"] !== undefined && record["level"] !== undefined) return "otherLine";
  throw invalid(place, 'has neither "path" nor "entrypoint"; a record says which rule was asked');
}

/** What is erased or masked elsewhere, as in the result, leaves the input as it was. */
function hiddenBy(record: JsonObject, place: string): "erased" | "masked" | undefined {
  return (["erased", "masked"] as const).find((name) => {
    const paths = record[name];
    if (paths === undefined || paths === null) return false;
    if (!Array.isArray(paths)) throw invalid(place, `has "${name}" that is no list`);
    return paths.some((path: JsonValue) => typeof path !== "string" || /^\/?(?:input(?:\/|$)|$)/.test(path));
  });
}

/** A package's path asks for all its entrypoints, as OPA answers it with all its rules. */
function targetOf(path: string, entrypoints: ReadonlySet<string>): Pick<CaseInput, "package" | "entrypoint"> {
  const isPackage = !entrypoints.has(path) && [...entrypoints].some((known) => packageOf(known) === path);
  return isPackage ? { package: path } : { package: packageOf(path), entrypoint: path };
}

function packageOf(entrypoint: string): string {
  return entrypoint.slice(0, Math.max(0, entrypoint.lastIndexOf("/")));
}

function timeOf(record: JsonObject, place: string): bigint | undefined {
  const said = textAt(record, "timestamp", place);
  if (said === undefined) return undefined;
  const [, second = "", fraction = "", zone = ""] = TIME.exec(said) ?? [];
  const timeMs = Date.parse(`${second}${zone}`);
  if (Number.isNaN(timeMs)) throw invalid(place, 'has a "timestamp" that is no time of RFC 3339');
  return BigInt(timeMs) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

function textAt(record: JsonObject, name: string, place: string): string | undefined {
  const value = record[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : fail(place, `has a "${name}" that is no text`);
}

function fail(place: string, why: string): never {
  throw invalid(place, why);
}

function invalid(place: string, why: string): FormatError {
  return new FormatError("DECISION_LOG_INVALID", `${place} ${why}.`);
}
