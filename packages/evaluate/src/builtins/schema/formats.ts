import { BuiltinError } from "../builtin.ts";
import { parseAddress } from "../net/address.ts";
import { isPattern } from "../regex/pattern.ts";
import { daysIn } from "../time/calendar.ts";
import { parseUrl } from "../uri/url.ts";
import type { GoUrl } from "../uri/url.ts";
import { isMailAddress } from "./mail-address.ts";

export type FormatCheck = (text: string) => boolean;

const HOST_LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9])";
const HOSTNAME = new RegExp(`^${HOST_LABEL}(?:\\.${HOST_LABEL})*$`);
const UUID = /^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/i;
const POINTER = /^(?:\/(?:[^~/]|~0|~1)*)*$/;
const RELATIVE_POINTER = /^(?:0|[1-9][0-9]*)(?:#|(?:\/(?:[^~/]|~0|~1)*)*)$/;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
/** The hour may have one digit, the fraction a comma: what Go's time.Parse takes. */
const TIME = /^([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,][0-9]+)?(Z|[+-]([0-9]{2}):([0-9]{2}))?$/;

function isDate(text: string): boolean {
  const [, year = "", month = "", day = ""] = DATE.exec(text) ?? [];
  const number = Number(month);
  return number >= 1 && number <= 12 && Number(day) >= 1 && Number(day) <= daysIn(Number(year), number);
}

/** Go takes offsets of 24 hours, and of 60 minutes. */
function isTime(text: string, needsZone = false): boolean {
  const match = TIME.exec(text);
  if (match === null) return false;
  const [, hour, minute, second, zone, zoneHour = "0", zoneMinute = "0"] = match;
  if (needsZone && zone === undefined) return false;
  return (
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    Number(zoneHour) <= 24 &&
    Number(zoneMinute) <= 60
  );
}

/** Any of a time, a date, and both together with a zone. */
function isDateTime(text: string): boolean {
  return (
    isTime(text) ||
    isDate(text) ||
    (text.charAt(10) === "T" && isDate(text.slice(0, 10)) && isTime(text.slice(11), true))
  );
}

function urlOf(text: string): GoUrl | undefined {
  if (text.includes("\\")) return undefined;
  try {
    return parseUrl(text);
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return undefined;
    throw thrown;
  }
}

function isUri(text: string): boolean {
  const url = urlOf(text);
  return url !== undefined && url.scheme !== "";
}

function isUriReference(text: string): boolean {
  return urlOf(text) !== undefined;
}

/** A URL in whose path each brace that opens is closed. */
function isUriTemplate(text: string): boolean {
  const path = urlOf(text)?.path;
  if (path === undefined) return false;
  for (let open = path.indexOf("{"); open !== -1;) {
    const close = path.indexOf("}", open);
    if (close === -1) return false;
    open = path.indexOf("{", close);
  }
  return true;
}

/** IPv6 with dotted decimals at its end is both. */
function isAddress(text: string, separator: string): boolean {
  return text.includes(separator) && !text.includes("%") && parseAddress(text) !== undefined;
}

/** The formats that OPA's validator knows; any other passes everything. */
export const FORMATS: ReadonlyMap<string, FormatCheck> = new Map([
  ["date", isDate],
  ["time", (text: string) => isTime(text)],
  ["date-time", isDateTime],
  ["hostname", (text: string) => text.length < 256 && HOSTNAME.test(text)],
  ["email", isMailAddress],
  ["idn-email", isMailAddress],
  ["ipv4", (text: string) => isAddress(text, ".")],
  ["ipv6", (text: string) => isAddress(text, ":")],
  ["uri", isUri],
  ["uri-reference", isUriReference],
  ["iri", isUri],
  ["iri-reference", isUriReference],
  ["uri-template", isUriTemplate],
  ["uuid", (text: string) => UUID.test(text)],
  ["regex", isPattern],
  ["json-pointer", (text: string) => POINTER.test(text)],
  ["relative-json-pointer", (text: string) => RELATIVE_POINTER.test(text)],
]);
