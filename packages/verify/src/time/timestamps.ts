import { createHash } from "node:crypto";
import { VerificationError } from "@policy-pack/pack";
import { algorithmHash, verifyChain } from "../certificates/certificate-chain.ts";
import { PURPOSE } from "../certificates/certificate-usage.ts";
import type { Certificate } from "../certificates/certificate.ts";
import { asError, firstOf, malformed } from "../encoding/malformed.ts";
import { isSignedBy } from "../keys/signature.ts";
import { parseTimestampResponse } from "./timestamp-token.ts";
import type { TimestampToken } from "./timestamp-token.ts";
import type { CertificateAuthority } from "../trusted-root.ts";

/** A time at which the signature provably existed, and who says so. */
export interface SigningTime {
  readonly source: "timestamp authority" | "transparency log";
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
}

/** A proven time and the authority of the trusted root that gave it. */
export interface ProvenTimestamp {
  readonly time: SigningTime;
  readonly authority: CertificateAuthority;
}

const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";

/**
 * Checks the timestamps over the signature against the trusted timestamp authorities. One good token is enough and a bad
 * one beside it is passed over; tokens that are all bad are an error, and the same token twice is one.
 * @throws VerificationError TIMESTAMP_INVALID
 */
export function verifyTimestamps(
  responses: readonly Buffer[],
  signature: Uint8Array,
  authorities: readonly CertificateAuthority[],
): readonly ProvenTimestamp[] {
  const distinct = responses.filter((one, index) => responses.findIndex((other) => other.equals(one)) === index);
  let failure: Error | undefined;
  const times = distinct.flatMap((response) => {
    try {
      return [verifyTimestamp(response, signature, authorities)];
    } catch (thrown) {
      failure ??= asError(thrown);
      return [];
    }
  });
  if (times.length > 0 || failure === undefined) return times;
  throw new VerificationError(
    "TIMESTAMP_INVALID",
    `None of the bundle's timestamps can be believed (${distinct.length} tried); the first ${failure.message}.`,
    { cause: failure },
  );
}

function verifyTimestamp(
  response: Buffer,
  signature: Uint8Array,
  authorities: readonly CertificateAuthority[],
): ProvenTimestamp {
  const token = parseTimestampResponse(response);
  const { hash, value } = token.imprint;
  if (!createHash(hash).update(signature).digest().equals(value)) malformed("is over another signature");
  const candidates = authorities.filter(({ certificates }) => isSigner(certificates[0], token));
  return firstOf(
    candidates,
    (authority) => {
      checkAuthority(token, authority);
      return { time: { source: "timestamp authority", name: authority.name, timeMs: token.time }, authority };
    },
    "is from a timestamp authority that the trusted root does not list: give the root of the instance that signed, or" +
      " --dev-authority for what the development authority signed",
  );
}

/** The authority's own certificate stands first in the trusted root; a token names it by issuer and serial number. */
function isSigner(certificate: Certificate | undefined, { signer }: TimestampToken): boolean {
  return certificate?.issuer.equals(signer.issuer) === true && certificate.serial.equals(signer.serial);
}

function checkAuthority(token: TimestampToken, authority: CertificateAuthority): void {
  const [leaf] = authority.certificates;
  if (leaf === undefined) return malformed("is from an authority without a certificate");
  const { algorithm, value } = token.certificateHash;
  if (!createHash(algorithm).update(leaf.der).digest().equals(value)) malformed("names another certificate");
  if (!token.certificates.every((der) => authority.certificates.some((known) => known.der.equals(der)))) {
    malformed("brings a certificate that the trusted root does not list");
  }
  verifyChain(leaf, authority, PURPOSE.timeStamping, [token.time]);
  if (!isSignedBy(leaf.publicKey, token.signed, token.signature, signatureHash(token, leaf))) {
    malformed("has a signature that is not its authority's");
  }
}

/** CMS lets RSA name the key alone, and the hash beside it (RFC 3370, 3.2). */
function signatureHash(token: TimestampToken, leaf: Certificate): TimestampToken["digestHash"] {
  const isBareRsa = leaf.publicKey.kind === "RSA" && token.signatureAlgorithm === RSA_ENCRYPTION;
  return isBareRsa ? token.digestHash : algorithmHash(token.signatureAlgorithm, leaf.publicKey.kind);
}
