import { malformed } from "./malformed.ts";

/**
 * Decodes standard base64 in its one canonical form (RFC 4648, section 4, with padding): no spaces, no URL alphabet, no
 * bits beyond the last byte, so that two texts never mean the same bytes.
 */
export function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) malformed("is not canonical standard base64");
  return bytes;
}
