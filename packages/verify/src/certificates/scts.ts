import { createHash } from "node:crypto";
import { VerificationError } from "@policy-pack/pack";
import { EXTENSION } from "./certificate-usage.ts";
import type { Certificate } from "./certificate.ts";
import { childrenOf, contextTag, encodeDer, onlyChildOf, readDer, sequenceOf, TAG } from "../encoding/der.ts";
import { readOid } from "../encoding/der-values.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { malformed, reading } from "../encoding/malformed.ts";
import { isSignedBy } from "../keys/signature.ts";
import type { LogAuthority } from "../trusted-root.ts";
import { isWithin } from "../time/window.ts";

/** A signed certificate timestamp (RFC 6962, 3.2). */
interface Sct {
  readonly logId: Buffer;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly timestamp: Buffer;
  readonly extensions: Buffer;
  readonly signature: Buffer;
}

/**
 * Checks that a certificate transparency log of the trusted root has promised to publish the certificate, with a key that
 * was valid then. A trusted root without such logs asks for none, but then a certificate must not carry any either.
 * Returns the logs that did.
 * @throws VerificationError SCT_INVALID
 */
export function verifyScts(
  leaf: Certificate,
  issuer: Certificate,
  ctLogs: readonly LogAuthority[],
): readonly LogAuthority[] {
  const extension = leaf.extensions.get(EXTENSION.scts);
  if (extension === undefined && ctLogs.length === 0) return [];
  return reading(
    () => {
      const scts = extension === undefined ? [] : parseScts(readDer(extension.value, TAG.octetString).content);
      const entry = toPrecertificateEntry(leaf, issuer);
      const logs = ctLogs.filter((log) => scts.some((sct) => isPromisedBy(log, sct, entry)));
      return logs.length > 0 ? logs : malformed("carries no promise of a certificate transparency log that is trusted");
    },
    (reason, cause) =>
      new VerificationError(
        "SCT_INVALID",
        `The signing certificate ${reason}; check that the trusted root is its own.`,
        {
          cause,
        },
      ),
  );
}

function isPromisedBy(log: LogAuthority, sct: Sct, entry: Buffer): boolean {
  if (!log.logId.equals(sct.logId) || !isWithin(sct.time, log.validFor)) return false;
  const version = 0;
  const certificateTimestamp = 0;
  const signed = Buffer.concat([
    Buffer.from([version, certificateTimestamp]),
    sct.timestamp,
    entry,
    uint(sct.extensions.length, 2),
    sct.extensions,
  ]);
  return isSignedBy(log.publicKey, signed, sct.signature, "sha256");
}

/** The entry that the log signed: the certificate without the SCTs, and its issuer's key (RFC 6962, 3.2). */
function toPrecertificateEntry(leaf: Certificate, issuer: Certificate): Buffer {
  const tbs = encodeDer(TAG.sequence, Buffer.concat(childrenOf(leaf.tbs).map(withoutScts)));
  const issuerKeyHash = createHash("sha256").update(issuer.publicKey.spki).digest();
  const precertificate = 1;
  return Buffer.concat([uint(precertificate, 2), issuerKeyHash, uint(tbs.length, 3), tbs]);
}

function withoutScts(field: { tag: number; raw: Buffer; content: Buffer }): Buffer {
  const wrapper = contextTag(3, "constructed");
  if (field.tag !== wrapper) return field.raw;
  const kept = sequenceOf(onlyChildOf(field)).filter((entry) => readOid(sequenceOf(entry)[0]) !== EXTENSION.scts);
  return encodeDer(wrapper, encodeDer(TAG.sequence, Buffer.concat(kept.map(({ raw }) => raw))));
}

/** SignedCertificateTimestampList (RFC 6962, 3.3): every length is a frame that must be filled exactly. */
function parseScts(list: Buffer): readonly Sct[] {
  const scts: Sct[] = [];
  const [body, after] = takeVector(list, 0);
  if (after !== list.length) malformed("has bytes after its list of SCTs");
  for (let offset = 0; offset < body.length;) {
    const [sct, next] = takeVector(body, offset);
    scts.push(parseSct(sct));
    if (scts.length > VERIFY_LIMITS.maxScts) malformed("has too many SCTs");
    offset = next;
  }
  return scts;
}

function parseSct(bytes: Buffer): Sct {
  if (bytes[0] !== 0) malformed("has an SCT that is not of version 1");
  const timestamp = bytes.subarray(33, 41);
  const [extensions, afterExtensions] = takeVector(bytes, 41);
  const [hash, algorithm] = bytes.subarray(afterExtensions);
  const [signature, end] = takeVector(bytes, afterExtensions + 2);
  // RFC 6962, 2.1.4: SHA-256 with ECDSA (3) or RSA (1), in the numbers of TLS 1.2.
  if (hash !== 4 || (algorithm !== 3 && algorithm !== 1)) malformed("has an SCT with an unknown algorithm");
  if (end !== bytes.length) malformed("has bytes after an SCT");
  const time = Number(timestamp.readBigUInt64BE());
  return { logId: bytes.subarray(1, 33), time, timestamp, extensions, signature };
}

/** Bytes behind a two-byte length, and where the next thing begins. */
function takeVector(bytes: Buffer, offset: number): [Buffer, number] {
  if (offset + 2 > bytes.length) malformed("has a truncated SCT");
  const end = offset + 2 + bytes.readUInt16BE(offset);
  if (end > bytes.length) malformed("has a truncated SCT");
  return [bytes.subarray(offset + 2, end), end];
}

function uint(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
}
