import { isAscii, isUtf8 } from "node:buffer";

import { TAG } from "./der.ts";

const NUMERIC = /^[0-9 ]*$/;
/** X.680's characters, and the asterisk and ampersand that certificates in use have. */
const PRINTABLE = /^[a-zA-Z0-9'()+,\-./ :=?*&]*$/;

/** The text of an ASN.1 string, undefined for characters outside of its type, or a type that is no string. */
export function parseAsn1Text(tag: number, content: Buffer): string | undefined {
  switch (tag) {
    case TAG.t61String:
      return content.toString("latin1");
    case TAG.printableString:
      return matching(content, PRINTABLE);
    case TAG.numericString:
      return matching(content, NUMERIC);
    case TAG.ia5String:
      return parseIa5(content);
    case TAG.utf8String:
      return isUtf8(content) ? content.toString("utf8") : undefined;
    case TAG.bmpString:
      return parseBmp(content);
    default:
      return undefined;
  }
}

/** ASCII only. */
export function parseIa5(content: Buffer): string | undefined {
  return isAscii(content) ? content.toString("latin1") : undefined;
}

function matching(content: Buffer, pattern: RegExp): string | undefined {
  const text = content.toString("latin1");
  return pattern.test(text) ? text : undefined;
}

/** UCS-2, without the zero that some writers put at its end. */
function parseBmp(content: Buffer): string | undefined {
  if (content.length % 2 !== 0) return undefined;
  const terminated = content.length >= 2 && content.readUInt16BE(content.length - 2) === 0;
  const units = Buffer.from(content.subarray(0, terminated ? -2 : undefined)).swap16();
  const text = units.toString("utf16le");
  return /[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]/.test(text) ? undefined : text;
}
