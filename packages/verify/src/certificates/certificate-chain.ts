import type { Certificate } from "./certificate.ts";
import { checkCaUsage, checkLeafUsage } from "./certificate-usage.ts";
import { malformed } from "../encoding/malformed.ts";
import { isSignedBy } from "../keys/signature.ts";
import type { HashName } from "../keys/signature.ts";
import type { KeyKind } from "../keys/public-key.ts";
import { isWithin } from "../time/window.ts";
import type { CertificateAuthority } from "../trusted-root.ts";

interface Algorithm {
  readonly hash: HashName;
  readonly kinds: readonly KeyKind[];
}

const ECDSA: readonly KeyKind[] = ["P-256", "P-384", "P-521"];

/** Signature algorithms of certificates and timestamps; SHA-1 and RSASSA-PSS are not among them. */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  "1.2.840.10045.4.3.2": { hash: "sha256", kinds: ECDSA },
  "1.2.840.10045.4.3.3": { hash: "sha384", kinds: ECDSA },
  "1.2.840.10045.4.3.4": { hash: "sha512", kinds: ECDSA },
  "1.2.840.113549.1.1.11": { hash: "sha256", kinds: ["RSA"] },
  "1.2.840.113549.1.1.12": { hash: "sha384", kinds: ["RSA"] },
  "1.2.840.113549.1.1.13": { hash: "sha512", kinds: ["RSA"] },
  "1.3.101.112": { hash: "sha512", kinds: ["Ed25519"] },
};

/** The hash of a signature algorithm, which must be one for this kind of key. */
export function algorithmHash(oid: string, kind: KeyKind): HashName {
  const algorithm = ALGORITHMS[oid];
  if (algorithm?.kinds.includes(kind) !== true) malformed(`is signed with ${oid}, which a ${kind} key cannot do`);
  return algorithm.hash;
}

/**
 * Follows a leaf up to the anchor of one authority (RFC 5280, section 6, for a path of known certificates): each link
 * signed by the next, issuers that may issue, and everything valid at each of the times, the authority's own window
 * included. Returns the path from the leaf to the anchor, which is the last certificate that the authority lists.
 */
export function verifyChain(
  leaf: Certificate,
  authority: CertificateAuthority,
  purpose: string,
  times: readonly number[],
): readonly Certificate[] {
  checkLeafUsage(leaf, purpose);
  const path = findPath(leaf, authority.certificates);
  path.slice(1).forEach((issuer, below) => {
    checkCaUsage(issuer, purpose, below);
  });
  for (const time of times) {
    if (!isWithin(time, authority.validFor)) malformed("was used when its authority was not trusted");
    if (!path.every((certificate) => isValidAt(certificate, time))) malformed("was used outside its validity");
  }
  return path;
}

export function isValidAt(certificate: Certificate, time: number): boolean {
  return certificate.notBefore <= time && time <= certificate.notAfter;
}

function findPath(leaf: Certificate, authorities: readonly Certificate[]): readonly Certificate[] {
  const anchor = authorities.at(-1) ?? malformed("has no authority to lead to");
  const path = [leaf];
  for (let current = leaf; current !== anchor;) {
    const issuer = authorities.find((candidate) => !path.includes(candidate) && isIssuedBy(current, candidate));
    current = issuer ?? malformed("does not lead to a trusted certificate authority");
    path.push(current);
  }
  return path;
}

function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (!certificate.issuer.equals(issuer.subject)) return false;
  const hash = algorithmHash(certificate.signatureAlgorithm, issuer.publicKey.kind);
  return isSignedBy(issuer.publicKey, certificate.tbs.raw, certificate.signature, hash);
}
