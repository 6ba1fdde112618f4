import { BuiltinError } from "../builtin.ts";
import { decodeBase64, STANDARD_BASE64 } from "../encoding/go-base64.ts";
import { parseCertificates } from "./certificate.ts";
import type { Certificate } from "./certificate.ts";
import { PemReader } from "./pem.ts";

const BEGINNING = "-----BEGIN";

/**
 * Certificates as PEM, as base64 of PEM, or as base64 of DER one behind the other.
 *
 * @throws BuiltinError for anything else, other PEM blocks among the certificates included
 */
export function readCertificates(text: string): Certificate[] {
  if (text.startsWith(BEGINNING)) return parseCertificates(blocksOf(new PemReader(text)));
  const bytes = decodeBase64(text, STANDARD_BASE64);
  const isPem = bytes.subarray(0, BEGINNING.length).equals(Buffer.from(BEGINNING));
  return parseCertificates(isPem ? blocksOf(new PemReader(bytes)) : bytes);
}

function blocksOf(reader: PemReader): Buffer {
  const blocks: Buffer[] = [];
  for (let block = reader.next(); block !== undefined; block = reader.next()) {
    if (block.type !== "CERTIFICATE") throw new BuiltinError(`PEM block type is '${block.type}', expected CERTIFICATE`);
    blocks.push(block.bytes);
  }
  return Buffer.concat(blocks);
}
