import type { Certificate } from "./certificate.ts";
import { keepsNameConstraints } from "./constraint-check.ts";
import { matchesHost } from "./hostname.ts";
import { ANY_USAGE, CERTIFICATE_SIGN, SERVER_AUTH } from "./key-usages.ts";
import { keepsPolicies } from "./policy-graph.ts";
import { verifyEcdsaDer, verifyEd25519, verifyRsa } from "./signature.ts";

export interface ChainOptions {
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  /** "" for any. */
  readonly dnsName: string;
  /** One of them is enough; none stands for server authentication. */
  readonly keyUsages: readonly bigint[];
}

/** Signatures checked for one leaf: certificates that all sign each other would else take for ever. */
const MAX_SIGNATURE_CHECKS = 100;
const ALTERNATIVE_NAMES = "2.5.29.17";

/**
 * The first chain from the leaf to the root, both of them included, that holds: signatures, times, what each certificate
 * may sign, names, purposes and policies; undefined when none does. The root is trusted for what it is.
 *
 * @see RFC 5280, section 6.1
 */
export function findChain(
  { root, intermediates, leaf }: { root: Certificate; intermediates: readonly Certificate[]; leaf: Certificate },
  { time, dnsName, keyUsages }: ChainOptions,
): readonly Certificate[] | undefined {
  if (!isUsable(leaf, [], time)) return undefined;
  if (dnsName !== "" && !matchesHost(leaf.values.names, dnsName)) return undefined;
  const search = new ChainSearch({ root, intermediates: withoutTwins(intermediates), time });
  const chains = leaf.raw.equals(root.raw) ? [[leaf]] : search.from([leaf]);
  const usages = keyUsages.length === 0 ? [SERVER_AUTH] : keyUsages;
  return chains.find((chain) => keepsPolicies(chain) && serves(chain, usages) && keepsNameConstraints(chain));
}

function withoutTwins(certificates: readonly Certificate[]): Certificate[] {
  const byBytes = new Map(certificates.map((certificate) => [certificate.raw.toString("latin1"), certificate]));
  return [...byBytes.values()];
}

class ChainSearch {
  readonly #root: Certificate;
  readonly #intermediates: readonly Certificate[];
  readonly #time: bigint;
  #checks = 0;

  constructor({
    root,
    intermediates,
    time,
  }: {
    root: Certificate;
    intermediates: readonly Certificate[];
    time: bigint;
  }) {
    this.#root = root;
    this.#intermediates = intermediates;
    this.#time = time;
  }

  /** All chains that begin with these certificates, until too many signatures were checked. */
  from(chain: readonly Certificate[]): Certificate[][] {
    const last = chain.at(-1);
    if (last === undefined) return [];
    const chains: Certificate[][] = [];
    for (const parent of parentsOf(last, [this.#root])) {
      if (!this.#tries()) return chains;
      if (this.#fits(chain, last, parent)) chains.push([...chain, parent]);
    }
    for (const parent of parentsOf(last, this.#intermediates)) {
      if (!this.#tries()) return chains;
      if (this.#fits(chain, last, parent) && parent.values.basicConstraints?.isCa === true) {
        chains.push(...this.from([...chain, parent]));
      }
    }
    return chains;
  }

  #tries(): boolean {
    return ++this.#checks <= MAX_SIGNATURE_CHECKS;
  }

  #fits(chain: readonly Certificate[], child: Certificate, parent: Certificate): boolean {
    return !isInChain(parent, chain) && isSignedBy(child, parent) && isUsable(parent, chain, this.#time);
  }
}

/** Those whose subject is the issuer; first those whose key identifier is the one that is asked for. */
function parentsOf({ issuer, values }: Certificate, candidates: readonly Certificate[]): Certificate[] {
  const named = candidates.filter(({ subject }) => subject.raw.equals(issuer.raw));
  const wanted = values.authorityKeyId ?? Buffer.alloc(0);
  const rankOf = (candidate: Certificate): number => {
    const actual = candidate.values.subjectKeyId ?? Buffer.alloc(0);
    if (actual.equals(wanted)) return 0;
    return actual.length === 0 || wanted.length === 0 ? 1 : 2;
  };
  return named.toSorted((left, right) => rankOf(left) - rankOf(right));
}

/** The same subject, key and alternative names, whatever else differs: such a chain would go in a circle. */
function isInChain(candidate: Certificate, chain: readonly Certificate[]): boolean {
  const names = namesOf(candidate);
  for (const certificate of chain) {
    if (!candidate.subject.raw.equals(certificate.subject.raw)) continue;
    if (!candidate.subjectKey.raw.equals(certificate.subjectKey.raw)) continue;
    const others = namesOf(certificate);
    if (names === undefined || others === undefined) return names === others;
    if (names.equals(others)) return true;
  }
  return false;
}

function namesOf({ extensions }: Certificate): Buffer | undefined {
  return extensions.find(({ oid }) => oid === ALTERNATIVE_NAMES)?.value;
}

function isUsable({ values, notBefore, notAfter }: Certificate, below: readonly Certificate[], time: bigint): boolean {
  if (values.unhandledCritical.length > 0) return false;
  if (time < notBefore.nanoseconds || time > notAfter.nanoseconds) return false;
  const limit = values.basicConstraints?.maxPathLength ?? -1n;
  return limit < 0n || BigInt(below.length - 1) <= limit;
}

function isSignedBy(child: Certificate, parent: Certificate): boolean {
  const { basicConstraints, keyUsage } = parent.values;
  if (basicConstraints === undefined ? parent.version === 3 : !basicConstraints.isCa) return false;
  if (keyUsage !== 0 && (keyUsage & CERTIFICATE_SIGN) === 0) return false;
  return verifiesWith(child, parent);
}

/** Signatures over MD5 and SHA-1, and by DSA, count for nothing. */
function verifiesWith({ signatureAlgorithm, rawTbs, signature }: Certificate, { subjectKey }: Certificate): boolean {
  const { hash, pss } = signatureAlgorithm;
  const { key } = subjectKey;
  if (key === undefined || key.kind !== signatureAlgorithm.key || hash === "md5" || hash === "sha1") return false;
  if (key.kind === "ed25519") return verifyEd25519(key, rawTbs, signature);
  if (hash === undefined) return false;
  if (key.kind === "rsa") return verifyRsa(key, { hash, padding: pss ? "pss" : "pkcs1" }, rawTbs, signature);
  return key.kind === "ecdsa" && verifyEcdsaDer(key, hash, rawTbs, signature);
}

/** Whether one of the purposes is left that no certificate from the root down rules out. */
function serves(chain: readonly Certificate[], usages: readonly bigint[]): boolean {
  if (usages.includes(ANY_USAGE)) return true;
  const limiting = chain.filter(({ values: { extendedKeyUsages, unknownKeyUsages } }) => {
    const isSilent = extendedKeyUsages.length === 0 && unknownKeyUsages.length === 0;
    return !isSilent && !extendedKeyUsages.includes(ANY_USAGE);
  });
  return usages.some((usage) => limiting.every(({ values }) => values.extendedKeyUsages.includes(usage)));
}
