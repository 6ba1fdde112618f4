import { BuiltinError } from "../builtin.ts";

/** The parts of a URL that Go escapes by rules of their own. */
export type EscapeMode = "path" | "host" | "zone" | "user" | "query" | "fragment";

const UNRESERVED = /[A-Za-z0-9\-_.~]/;

/** Further characters that stay as they are. */
const KEPT: Readonly<Record<EscapeMode, string>> = {
  path: "$&+,/:;=@",
  host: "!$&'()*+,;=:[]<>\"",
  zone: "!$&'()*+,;=:[]<>\"",
  user: "$&+,;=",
  query: "",
  fragment: "$&+,/:;=?@!()*",
};

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
const ESCAPE = /^%[0-9a-fA-F]{2}/;

function isKept(character: string, mode: EscapeMode): boolean {
  return UNRESERVED.test(character) || KEPT[mode].includes(character);
}

/** Go's url.QueryEscape and its kin: what is not kept becomes its UTF-8 bytes as %XX. */
export function escapeText(text: string, mode: EscapeMode): string {
  return escapeBytes(Buffer.from(text), mode);
}

export function escapeBytes(bytes: Uint8Array, mode: EscapeMode): string {
  const parts: string[] = [];
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (byte < 0x80 && isKept(character, mode)) parts.push(character);
    else if (byte === SPACE && mode === "query") parts.push("+");
    else parts.push(`%${byte.toString(16).toUpperCase().padStart(2, "0")}`);
  }
  return parts.join("");
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
  const isHost = mode === "host" || mode === "zone";
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === "%") checkEscape(text.slice(index, index + 3), mode);
    else if (isHost && character < "\x80" && !isKept(character, mode)) {
      throw new BuiltinError(`invalid character ${JSON.stringify(character)} in host name`);
    }
  }
}

/** RFC 6874: `%25` is allowed before a zone; else a host only escapes what is not ASCII. */
function checkEscape(escape: string, mode: EscapeMode): void {
  const byte = Number.parseInt(escape.slice(1), 16);
  const isRefused =
    (mode === "host" && byte < 0x80 && escape !== "%25") ||
    (mode === "zone" &&
      escape !== "%25" &&
      byte !== SPACE &&
      (byte >= 0x80 || !isKept(String.fromCharCode(byte), "host")));
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
  for (let index = 0; index < bytes.length;) {
    const length = characterLength(bytes, index);
    parts.push(length === 0 ? "\ufffd" : strict.decode(bytes.subarray(index, index + length)));
    index += Math.max(1, length);
  }
  return parts.join("");
}

/** Of the character that starts here, or 0. */
function characterLength(bytes: Uint8Array, index: number): number {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  try {
    strict.decode(bytes.subarray(index, index + length));
    return index + length <= bytes.length ? length : 0;
  } catch {
    return 0;
  }
}
