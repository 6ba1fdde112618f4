import { VerificationError } from "@policy-pack/pack";
import { verifyChain } from "./certificate-chain.ts";
import { PURPOSE } from "./certificate-usage.ts";
import { parseCertificate } from "./certificate.ts";
import type { Certificate } from "./certificate.ts";
import { firstOf, malformed, reading } from "../encoding/malformed.ts";
import type { CertificateAuthority } from "../trusted-root.ts";

/**
 * Reads the certificate that a bundle says it was signed with.
 * @throws VerificationError CERTIFICATE_INVALID
 */
export function readSigningCertificate(der: Uint8Array): Certificate {
  return failingAsCertificate(() => parseCertificate(der));
}

/**
 * Follows the signing certificate to a certificate authority of the trusted root, at every proven signing time. Other
 * certificates that old bundles carry must be links of that path, and never its anchor: trust does not come in a bundle.
 * Returns the path, leaf first.
 * @throws VerificationError CERTIFICATE_INVALID, TIMESTAMP_INVALID when no time is proven
 */
export function verifySigningCertificate(
  leaf: Certificate,
  others: readonly Buffer[],
  authorities: readonly CertificateAuthority[],
  times: readonly number[],
): readonly Certificate[] {
  if (times.length === 0) {
    throw new VerificationError(
      "TIMESTAMP_INVALID",
      "Nothing proves when the bundle was signed, and its certificate lived for minutes only; sign with a timestamp.",
    );
  }
  return failingAsCertificate(() => {
    const path = firstOf(
      // The authority listed last is the current one, so its reason tells most.
      authorities.toReversed(),
      (authority) => verifyChain(leaf, authority, PURPOSE.codeSigning, times),
      "has no authority in the trusted root to lead to",
    );
    const links = path.slice(1, -1);
    if (!others.every((der) => links.some((link) => link.der.equals(der)))) {
      malformed("comes with certificates that are no part of its path, or with a root");
    }
    return path;
  });
}

function failingAsCertificate<T>(check: () => T): T {
  return reading(
    check,
    (reason, cause) =>
      new VerificationError(
        "CERTIFICATE_INVALID",
        `The signing certificate ${reason}; check that the trusted root is that of the signer's instance.`,
        { cause },
      ),
  );
}
