import { malformed } from "./malformed.ts";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Decodes standard base64 in its one canonical form (RFC 4648, section 4, with padding): no spaces, no URL alphabet, no
 * bits beyond the last byte, so that two texts never mean the same bytes.
 */
export function decodeBase64(text: string): Buffer {
  if (!BASE64.test(text)) malformed("is not standard base64");
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) malformed("is not canonical base64");
  return bytes;
}
