import type { TrustedRoot } from "@policy-pack/verify";

/** One authority of a trusted root and the time for which its word is taken, as ISO 8601. */
export interface AuthorityFacts {
  readonly role: string;
  readonly name: string;
  readonly start: string;
  /** Null while no end is set. */
  readonly end: string | null;
}

interface Span {
  readonly start: number;
  readonly end: number | undefined;
}

/** The authorities of a trusted root; a certificate authority ends when its first certificate expires. */
export function describeAuthorities(root: TrustedRoot): readonly AuthorityFacts[] {
  const spanOf = ({ certificates, validFor }: TrustedRoot["certificateAuthorities"][number]): Span => ({
    start: validFor.start,
    end: Math.min(validFor.end ?? Infinity, ...certificates.map(({ notAfter }) => notAfter)),
  });
  return [
    ...root.certificateAuthorities.map((it) => toFacts("certificate authority", it.name, spanOf(it))),
    ...root.timestampAuthorities.map((it) => toFacts("timestamp authority", it.name, spanOf(it))),
    ...root.logs.map((it) => toFacts("transparency log", it.name, it.validFor)),
    ...root.ctLogs.map((it) => toFacts("certificate log", it.name, it.validFor)),
  ];
}

function toFacts(role: string, name: string, { start, end }: Span): AuthorityFacts {
  return {
    role,
    name,
    start: new Date(start).toISOString(),
    end: end === undefined ? null : new Date(end).toISOString(),
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
