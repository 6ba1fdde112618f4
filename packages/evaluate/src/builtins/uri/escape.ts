import { BuiltinError } from "../builtin.ts";

/** The parts of a URL that Go escapes by rules of their own. */
export type EscapeMode = "path" | "host" | "zone" | "user" | "query" | "fragment";

const HOST_CHARACTERS = "!$&'()*+,;=:[]<>\"";

/** What stays as it is, besides letters, digits and `-_.~`. */
const KEPT: Readonly<Record<EscapeMode, ReadonlySet<number>>> = {
  path: codesOf("$&+,/:;=@"),
  host: codesOf(HOST_CHARACTERS),
  zone: codesOf(HOST_CHARACTERS),
  user: codesOf("$&+,;="),
  query: codesOf(""),
  fragment: codesOf("$&+,/:;=?@!()*"),
};

function codesOf(further: string): ReadonlySet<number> {
  const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return new Set(Buffer.from(`${alphanumeric}-_.~${further}`));
}

/** What a host may not have as it is; beyond ASCII everything goes. */
const REFUSED_IN_HOST = /[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"%\u0080-\uffff]/;

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
const ESCAPE = /^%[0-9a-fA-F]{2}/;

/** Go's url.QueryEscape and its kin: what is not kept becomes its UTF-8 bytes as %XX. */
export function escapeText(text: string, mode: EscapeMode): string {
  return escapeBytes(Buffer.from(text), mode);
}

export function escapeBytes(bytes: Uint8Array, mode: EscapeMode): string {
  const kept = KEPT[mode];
  const escaped = Buffer.alloc(3 * bytes.length);
  let length = 0;
  for (const byte of bytes) {
    if (kept.has(byte)) escaped[length++] = byte;
    else if (byte === SPACE && mode === "query") escaped[length++] = PLUS;
    else {
      escaped[length++] = PERCENT;
      escaped[length++] = hexDigit(byte >> 4);
      escaped[length++] = hexDigit(byte & 15);
    }
  }
  return escaped.toString("latin1", 0, length);
}

function hexDigit(value: number): number {
  return value + (value < 10 ? 0x30 : 0x37);
}

/**
 * Go's url.QueryUnescape and its kin. Bytes that are no UTF-8 become U+FFFD one by one, as where Go prints them.
 *
 * @throws BuiltinError for a % without two digits, and for what a host or zone does not take
 */
export function unescapeText(text: string, mode: EscapeMode): string {
  return decodeGoText(unescapeBytes(text, mode));
}

/** The same before it is text. */
export function unescapeBytes(text: string, mode: EscapeMode): Uint8Array {
  checkCharacters(text, mode);
  const source = Buffer.from(text);
  const bytes = Buffer.alloc(source.length);
  let length = 0;
  for (let index = 0; index < source.length; index++) {
    const byte = source[index] ?? 0;
    if (byte === PERCENT) {
      bytes[length++] = Number.parseInt(source.toString("latin1", index + 1, index + 3), 16);
      index += 2;
    } else bytes[length++] = byte === PLUS && mode === "query" ? SPACE : byte;
  }
  return bytes.subarray(0, length);
}

function checkCharacters(text: string, mode: EscapeMode): void {
  for (let index = text.indexOf("%"); index !== -1; index = text.indexOf("%", index + 1)) {
    checkEscape(text.slice(index, index + 3), mode);
  }
  const refused = mode === "host" || mode === "zone" ? REFUSED_IN_HOST.exec(text) : null;
  if (refused !== null) throw new BuiltinError(`invalid character ${JSON.stringify(refused[0])} in host name`);
}

/** RFC 6874: `%25` is allowed before a zone; else a host only escapes what is not ASCII. */
function checkEscape(escape: string, mode: EscapeMode): void {
  const byte = Number.parseInt(escape.slice(1), 16);
  const isRefused =
    (mode === "host" && byte < 0x80 && escape !== "%25") ||
    (mode === "zone" && escape !== "%25" && byte !== SPACE && !KEPT.host.has(byte));
  if (isRefused || !ESCAPE.test(escape)) throw new BuiltinError(`invalid URL escape ${JSON.stringify(escape)}`);
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text as Go writes bytes into JSON: each byte that belongs to no character is U+FFFD. */
export function decodeGoText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeBroken(bytes);
  }
}

function decodeBroken(bytes: Uint8Array): string {
  const parts: string[] = [];
  let start = 0;
  for (let index = 0; index < bytes.length;) {
    const length = characterLength(bytes, index);
    if (length === 0) parts.push(strict.decode(bytes.subarray(start, index)), "\ufffd");
    index += Math.max(1, length);
    if (length === 0) start = index;
  }
  return [...parts, strict.decode(bytes.subarray(start))].join("");
}

/**
 * Of the character that starts here, or 0 where none does.
 *
 * @see https://www.unicode.org/versions/Unicode15.0.0/ch03.pdf (table 3-7)
 */
function characterLength(bytes: Uint8Array, index: number): number {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || !isSecond(first, bytes[index + 1] ?? 0)) return 0;
  for (let behind = 2; behind < length; behind++) if (!isBetween(bytes[index + behind] ?? 0, 0x80, 0xbf)) return 0;
  return length;
}

/** No overlong forms, no surrogates, nothing beyond U+10FFFF. */
function isSecond(first: number, second: number): boolean {
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  return isBetween(second, lowest, highest);
}

function isBetween(value: number, lowest: number, highest: number): boolean {
  return value >= lowest && value <= highest;
}
