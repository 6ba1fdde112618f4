import { createHash, createPublicKey, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { extension, OID, spkiOf } from "./certificates.ts";
import { octetString } from "./der.ts";

const SHA256_ECDSA = Buffer.from([4, 3]);
const PRECERTIFICATE = 1;

/** What a certificate transparency log signs over: a certificate's signed part before the log's own word is in it. */
export interface Precertificate {
  readonly tbs: Uint8Array;
  readonly issuerKey: KeyObject;
}

/**
 * The extension that holds one signed certificate timestamp over the precertificate.
 * The log keeps no tree: its word is that it saw the certificate, and no one audits a development log.
 * Source: RFC 6962, 3.2 and 3.3.
 */
export function sctExtension(precertificate: Precertificate, logKey: KeyObject, now: Date): Buffer {
  const timestamp = Buffer.alloc(8);
  timestamp.writeBigUInt64BE(BigInt(now.getTime()));
  const signed = Buffer.concat([
    Buffer.from([0, 0]), // version 1, certificate timestamp
    timestamp,
    uint(PRECERTIFICATE, 2),
    createHash("sha256").update(spkiOf(precertificate.issuerKey)).digest(),
    framed(precertificate.tbs, 3),
    uint(0, 2), // no extensions
  ]);
  const sct = Buffer.concat([
    Buffer.from([0]),
    logIdOf(createPublicKey(logKey)),
    timestamp,
    uint(0, 2),
    SHA256_ECDSA,
    framed(sign("sha256", signed, logKey), 2),
  ]);
  return extension(OID.sctList, octetString(framed(framed(sct, 2), 2)));
}

/** SHA-256 of the log's public key (RFC 6962, 3.2); Rekor v1 names itself the same way. */
export function logIdOf(publicKey: KeyObject): Buffer {
  return createHash("sha256").update(spkiOf(publicKey)).digest();
}

function framed(bytes: Uint8Array, lengthBytes: number): Buffer {
  return Buffer.concat([uint(bytes.length, lengthBytes), bytes]);
}

function uint(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}
