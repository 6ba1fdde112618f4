import { decodeBase64 } from "./base64.ts";
import { malformed } from "./malformed.ts";

export interface PemBlock {
  readonly label: string;
  readonly der: Buffer;
}

const PEM = /^-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\n-----END \1-----[ \r\n]*$/;

/** Reads exactly one PEM block (RFC 7468, strict apart from line length and the line ends in use). */
export function decodePem(pem: string): PemBlock {
  const match = PEM.exec(pem) ?? malformed("is not one PEM block");
  const [, label = "", body = ""] = match;
  return { label, der: decodeBase64(body.replaceAll(/\r?\n/g, "")) };
}
