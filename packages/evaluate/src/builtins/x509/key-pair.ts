import type { RegoObject } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { decodeBase64, STANDARD_BASE64 } from "../encoding/go-base64.ts";
import { printCertificate } from "./certificate-json.ts";
import { parseCertificate } from "./certificate.ts";
import { bytesOf, structOf } from "./json-value.ts";
import { PemReader } from "./pem.ts";
import { printPrivateKey } from "./private-key-json.ts";
import { parseEcKey, parsePkcs1, parsePkcs8 } from "./private-key.ts";
import type { PrivateKey } from "./private-key.ts";
import type { PublicKey } from "./public-key.ts";

const BEGINNING = "-----BEGIN";

/**
 * A certificate with its chain and the key that belongs to it, as Go prints its `tls.Certificate`.
 *
 * @throws BuiltinError when one of them does not parse, or they do not belong together
 */
export function printKeyPair(certificateText: string, keyText: string): RegoObject {
  const certificates = certificatesIn(certificateText);
  const [first] = certificates;
  if (first === undefined) throw new BuiltinError("tls: failed to find any PEM data in certificate input");
  const keyDer = keyIn(keyText);
  const leaf = parseCertificate(first);
  const key = parseAnyKey(keyDer);
  if (!belongTogether(leaf.subjectKey.key, key)) throw new BuiltinError("tls: private key does not match public key");
  return structOf({
    Certificate: certificates.map(bytesOf),
    PrivateKey: printPrivateKey(key),
    SupportedSignatureAlgorithms: null,
    OCSPStaple: null,
    SignedCertificateTimestamps: null,
    Leaf: printCertificate(leaf),
  });
}

/** DER by itself, or PEM; either of them also in base64. */
function decoded(text: string, beginning: string): { pem: string | Buffer } | { der: Buffer } {
  if (text.startsWith(beginning)) return { pem: text };
  const bytes = decodeBase64(text, STANDARD_BASE64);
  return bytes.subarray(0, beginning.length).equals(Buffer.from(beginning)) ? { pem: bytes } : { der: bytes };
}

function certificatesIn(text: string): Buffer[] {
  const source = decoded(text, `${BEGINNING} `);
  if ("der" in source) return [source.der];
  const reader = new PemReader(source.pem);
  const certificates: Buffer[] = [];
  for (let block = reader.next(); block !== undefined; block = reader.next()) {
    if (block.type === "CERTIFICATE") certificates.push(block.bytes);
  }
  return certificates;
}

function keyIn(text: string): Buffer {
  const source = decoded(text, BEGINNING);
  if ("der" in source) return source.der;
  const reader = new PemReader(source.pem);
  for (let block = reader.next(); block !== undefined; block = reader.next()) {
    if (block.type === "PRIVATE KEY" || block.type.endsWith(" PRIVATE KEY")) return block.bytes;
  }
  throw new BuiltinError("tls: failed to find a private key in key input");
}

/** Keys are of one of three makes, whatever their PEM block is named. */
function parseAnyKey(der: Buffer): PrivateKey {
  for (const parse of [parsePkcs1, parsePkcs8]) {
    try {
      return parse(der);
    } catch (thrown) {
      if (!(thrown instanceof BuiltinError)) throw thrown;
    }
  }
  return parseEcKey(der);
}

function belongTogether(publicKey: PublicKey | undefined, key: PrivateKey): boolean {
  switch (publicKey?.kind) {
    case "rsa":
      return key.kind === "rsa" && key.n === publicKey.n && key.e === publicKey.e;
    case "ecdsa":
      return key.kind === "ecdsa" && key.point.equals(publicKey.point) && key.curve === publicKey.curve;
    case "ed25519":
      return key.kind === "ed25519" && key.point.equals(publicKey.bytes);
    case "dsa":
    case "x25519":
    case undefined:
      return false;
  }
}
