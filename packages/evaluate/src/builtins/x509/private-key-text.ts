import { BuiltinError } from "../builtin.ts";
import { decodeBase64, STANDARD_BASE64 } from "../encoding/go-base64.ts";
import { PemReader } from "./pem.ts";
import { parseEcKey, parsePkcs1, parsePkcs8 } from "./private-key.ts";
import type { PrivateKey } from "./private-key.ts";

const PARSERS: ReadonlyMap<string, (der: Buffer) => PrivateKey> = new Map([
  ["EC PRIVATE KEY", (der: Buffer) => parseEcKey(der)],
  ["PRIVATE KEY", parsePkcs8],
  ["RSA PRIVATE KEY", parsePkcs1],
]);

/**
 * The private keys in PEM, or in base64 of PEM; other blocks are passed over.
 *
 * @throws BuiltinError for a key that does not parse
 */
export function readPrivateKeys(pem: string | Buffer): PrivateKey[] {
  const reader = new PemReader(decoded(pem));
  const keys: PrivateKey[] = [];
  for (let block = reader.next(); block !== undefined; block = reader.next()) {
    const parse = PARSERS.get(block.type);
    if (parse !== undefined) keys.push(parse(block.bytes));
  }
  return keys;
}

function decoded(pem: string | Buffer): string | Buffer {
  try {
    return decodeBase64(typeof pem === "string" ? pem : pem.toString("latin1"), STANDARD_BASE64);
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return pem;
    throw thrown;
  }
}
