import { BuiltinError } from "../builtin.ts";

const STANDARD = /^[A-Za-z0-9+/]*$/;
const URL_SAFE = /^[A-Za-z0-9_-]*$/;
const LINE_ENDS = /[\r\n]/g;

export interface Base64Form {
  readonly url: boolean;
  /** With padding: it must be there. Without: it must not. */
  readonly padded: boolean;
}

export const STANDARD_BASE64: Base64Form = { url: false, padded: true };

/**
 * Reads one of Go's four base64 encodings: line ends count for nothing anywhere, bits left over at the end are not looked
 * at, anything else out of place is refused.
 *
 * @throws BuiltinError where Go reports corrupt input
 * @see RFC 4648, sections 4 and 5
 */
export function decodeBase64(text: string, { url, padded }: Base64Form): Buffer {
  const compact = text.replace(LINE_ENDS, "");
  const data = padded ? withoutPadding(compact) : compact;
  if (data.length % 4 === 1 || !(url ? URL_SAFE : STANDARD).test(data)) throw corrupt();
  return Buffer.from(data, "base64");
}

function withoutPadding(text: string): string {
  if (text.length % 4 !== 0) throw corrupt();
  if (text.endsWith("==")) return text.slice(0, -2);
  return text.endsWith("=") ? text.slice(0, -1) : text;
}

/** What OPA's `base64url.decode` takes: the padding may be missing. */
export function decodeBase64Url(text: string): Buffer {
  const missing = text.endsWith("=") ? 0 : text.length % 4;
  if (missing === 1) throw new BuiltinError("illegal base64url string");
  return decodeBase64(missing === 0 ? text : text + "=".repeat(4 - missing), { url: true, padded: true });
}

/** What keys in JSON are read with: the form is guessed from the characters. */
export function decodeAnyBase64(text: string): Buffer {
  return decodeBase64(text, { url: !/[+/]/.test(text), padded: text.endsWith("=") });
}

function corrupt(): BuiltinError {
  return new BuiltinError("illegal base64 data");
}
