import type { AlgorithmIdentifier } from "./algorithm-identifier.ts";
import { parsePssParameters } from "./pss-parameters.ts";

export interface SignatureAlgorithm {
  /** The number that Go prints. */
  readonly number: bigint;
  readonly key: "rsa" | "dsa" | "ecdsa" | "ed25519" | undefined;
  readonly hash: "md5" | "sha1" | "sha256" | "sha384" | "sha512" | undefined;
  readonly pss: boolean;
}

const UNKNOWN: SignatureAlgorithm = { number: 0n, key: undefined, hash: undefined, pss: false };

const BY_OID: Readonly<Record<string, SignatureAlgorithm>> = {
  "1.2.840.113549.1.1.4": { number: 2n, key: "rsa", hash: "md5", pss: false },
  "1.2.840.113549.1.1.5": { number: 3n, key: "rsa", hash: "sha1", pss: false },
  "1.3.14.3.2.29": { number: 3n, key: "rsa", hash: "sha1", pss: false },
  "1.2.840.113549.1.1.11": { number: 4n, key: "rsa", hash: "sha256", pss: false },
  "1.2.840.113549.1.1.12": { number: 5n, key: "rsa", hash: "sha384", pss: false },
  "1.2.840.113549.1.1.13": { number: 6n, key: "rsa", hash: "sha512", pss: false },
  "1.2.840.10040.4.3": { number: 7n, key: "dsa", hash: "sha1", pss: false },
  "2.16.840.1.101.3.4.3.2": { number: 8n, key: "dsa", hash: "sha256", pss: false },
  "1.2.840.10045.4.1": { number: 9n, key: "ecdsa", hash: "sha1", pss: false },
  "1.2.840.10045.4.3.2": { number: 10n, key: "ecdsa", hash: "sha256", pss: false },
  "1.2.840.10045.4.3.3": { number: 11n, key: "ecdsa", hash: "sha384", pss: false },
  "1.2.840.10045.4.3.4": { number: 12n, key: "ecdsa", hash: "sha512", pss: false },
  "1.3.101.112": { number: 16n, key: "ed25519", hash: undefined, pss: false },
};

const PSS = "1.2.840.113549.1.1.10";
const ED25519 = "1.3.101.112";
const PSS_NUMBERS = Object.freeze({ sha256: 13n, sha384: 14n, sha512: 15n });

/** An algorithm that is not known, or has parameters of an unusual kind, is number 0. */
export function signatureAlgorithmOf({ oid, parameters }: AlgorithmIdentifier): SignatureAlgorithm {
  if (oid === PSS) {
    const hash = parsePssParameters(parameters);
    return hash === undefined ? UNKNOWN : { number: PSS_NUMBERS[hash], key: "rsa", hash, pss: true };
  }
  if (oid === ED25519 && parameters.length > 0) return UNKNOWN;
  return BY_OID[oid] ?? UNKNOWN;
}
