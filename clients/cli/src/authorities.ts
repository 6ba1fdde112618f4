import type { TrustedRoot } from "@policy-pack/verify";

/** One authority of a trusted root and the time for which its word is taken, as ISO 8601. */
export interface AuthorityFacts {
  readonly role: string;
  readonly name: string;
  readonly start: string;
  /** Null while no end is set. */
  readonly end: string | null;
  /** The kind of its public key and base64(SHA-256) of it; of an authority with certificates, that of the anchor. */
  readonly key: { readonly kind: string; readonly hint: string };
}

type Authority = TrustedRoot["certificateAuthorities"][number];
type Log = TrustedRoot["logs"][number];

interface Span {
  readonly start: number;
  readonly end: number | undefined;
}

/** The authorities of a trusted root; one with certificates ends when the first of these expires. */
export function describeAuthorities(root: TrustedRoot): readonly AuthorityFacts[] {
  const fromChain = (role: string) => (authority: Authority) => toChainFacts(role, authority);
  const fromLog = (role: string) => (log: Log) => toFacts(role, log.name, log.validFor, log.publicKey);
  return [
    ...root.certificateAuthorities.map(fromChain("certificate authority")),
    ...root.timestampAuthorities.map(fromChain("timestamp authority")),
    ...root.logs.map(fromLog("transparency log")),
    ...root.ctLogs.map(fromLog("certificate log")),
  ];
}

function toChainFacts(role: string, { name, certificates, validFor }: Authority): AuthorityFacts {
  const end = Math.min(validFor.end ?? Infinity, ...certificates.map(({ notAfter }) => notAfter));
  const anchor = certificates.at(-1);
  if (anchor === undefined) throw new TypeError("a parsed authority has certificates");
  return toFacts(role, name, { start: validFor.start, end }, anchor.publicKey);
}

function toFacts(role: string, name: string, { start, end }: Span, { kind, hint }: Log["publicKey"]): AuthorityFacts {
  return {
    role,
    name,
    start: new Date(start).toISOString(),
    end: end === undefined ? null : new Date(end).toISOString(),
    key: { kind, hint },
  };
}

/** The day on which the last certificate authority ends; undefined when none can certify a signer at that time. */
export function certifiesUntil(authorities: readonly AuthorityFacts[], now: Date): string | undefined {
  const time = now.toISOString();
  const open = authorities.filter(
    ({ role, start, end }) => role === "certificate authority" && start <= time && (end ?? time) >= time,
  );
  const days = open.map(({ end }) => end?.slice(0, 10) ?? "open end");
  return days.toSorted().at(-1);
}
