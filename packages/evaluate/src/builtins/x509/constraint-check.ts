import type { PrintableUrl } from "../encoding/go-url.ts";
import { parseAddress } from "../net/address.ts";
import type { AlternativeNames } from "./alternative-names.ts";
import type { Certificate } from "./certificate.ts";
import { ConstraintSet } from "./constraint-set.ts";
import { DomainSet } from "./domain-set.ts";
import { isDomainName, lowerAscii } from "./domain.ts";
import { shortest } from "./ip.ts";
import { parseMailbox } from "./mailbox.ts";
import type { Mailbox } from "./mailbox.ts";
import type { IpRange, Subtrees } from "./name-constraints.ts";

/** Whether a name lies in the subtrees of its kind; undefined when there are none of that kind. */
type Query<V> = ((value: V) => boolean) | undefined;

interface Side {
  readonly dns: Query<string>;
  readonly uri: Query<string>;
  readonly ip: Query<Buffer>;
  readonly email: Query<Mailbox>;
}

interface Constraints {
  /** Of the certificate in the chain. */
  readonly index: number;
  readonly permitted: Side;
  readonly excluded: Side;
}

interface ParsedNames {
  readonly dns: readonly string[];
  readonly uri: readonly string[];
  readonly ip: readonly Buffer[];
  readonly email: readonly Mailbox[];
}

const NAME_CONSTRAINTS = "2.5.29.30";
const ALTERNATIVE_NAMES = "2.5.29.17";

/**
 * Whether every certificate's names keep to the constraints of those above it; the leaf comes first. Names in the subject
 * are not looked at, only alternative names.
 *
 * @see RFC 5280, section 4.2.1.10
 */
export function keepsNameConstraints(chain: readonly Certificate[]): boolean {
  const all = chain.flatMap((certificate, index) =>
    has(certificate, NAME_CONSTRAINTS) ? [constraintsOf(certificate, index)] : [],
  );
  return chain.every((certificate, index) => {
    const above = all.filter((constraints) => constraints.index > index);
    if (above.length === 0 || !has(certificate, ALTERNATIVE_NAMES)) return true;
    const names = parseNames(certificate.values.names);
    return names !== undefined && above.every(({ permitted, excluded }) => isAllowed(names, permitted, excluded));
  });
}

function has({ extensions }: Certificate, oid: string): boolean {
  return extensions.some((extension) => extension.oid === oid);
}

function constraintsOf({ values: { nameConstraints } }: Certificate, index: number): Constraints {
  const { permitted, excluded } = nameConstraints;
  return { index, permitted: sideOf(permitted, { permitted: true }), excluded: sideOf(excluded, { permitted: false }) };
}

function sideOf(subtrees: Subtrees, side: { permitted: boolean }): Side {
  return {
    dns: domainQuery(subtrees.dnsDomains, side),
    uri: domainQuery(subtrees.uriDomains, side),
    ip: addressQuery(subtrees.ipRanges),
    email: mailboxQuery(subtrees.emailAddresses, side),
  };
}

function domainQuery(domains: readonly string[], side: { permitted: boolean }): Query<string> {
  if (domains.length === 0) return undefined;
  const set = new DomainSet(domains, side);
  return (name) => set.covers(name);
}

function addressQuery(ranges: readonly IpRange[]): Query<Buffer> {
  if (ranges.length === 0) return undefined;
  const byLength = [4, 16].map((length) => ranges.filter(({ ip }) => ip.length === length));
  const [v4, v6] = byLength.map((some) => new ConstraintSet(some, RANGE_ORDER));
  return (address) => (address.length === 4 ? v4 : v6)?.covers(address) ?? false;
}

const RANGE_ORDER = {
  sort: (left: IpRange, right: IpRange): number => left.ip.compare(right.ip) || left.mask.compare(right.mask),
  compare: ({ ip }: IpRange, address: Buffer): number => ip.compare(address),
  covers: isInRange,
  includes: (range: IpRange, { ip, mask }: IpRange): boolean =>
    isInRange(range, ip) && isInRange(range, Buffer.from(ip.map((byte, index) => byte | (~(mask[index] ?? 0) & 0xff)))),
};

/** An IPv4 address within IPv6 counts as IPv4, for which only ranges of its own are. */
function isInRange({ ip, mask }: IpRange, address: Buffer): boolean {
  const [network, host] = [shortest(ip), shortest(address)];
  const bits = mask.subarray(mask.length - network.length);
  if (network.length !== host.length) return false;
  return host.every((byte, index) => ((byte ^ (network[index] ?? 0)) & (bits[index] ?? 0)) === 0);
}

function mailboxQuery(constraints: readonly string[], side: { permitted: boolean }): Query<Mailbox> {
  if (constraints.length === 0) return undefined;
  const domains = constraints.filter((constraint) => !constraint.includes("@"));
  const whole = constraints.flatMap((constraint) => (constraint.includes("@") ? (readMailbox(constraint) ?? []) : []));
  const inDomain = domainQuery(domains, side);
  return (mailbox) =>
    whole.some(({ local, domain }) => local === mailbox.local && domain === mailbox.domain) ||
    (inDomain?.(mailbox.domain) ?? false);
}

function readMailbox(text: string): Mailbox | undefined {
  const mailbox = parseMailbox(text);
  return mailbox && { local: mailbox.local, domain: lowerAscii(mailbox.domain) };
}

/** Undefined when one of them cannot be held against constraints at all. */
function parseNames({ dnsNames, uris, ipAddresses, emailAddresses }: AlternativeNames): ParsedNames | undefined {
  const [uri, email] = [uris.map(uriDomain), emailAddresses.map(readMailbox)];
  const domains = [...dnsNames, ...uri, ...email.map((mailbox) => mailbox?.domain)];
  if (domains.some((domain) => domain === undefined || !isDomainName(domain, { constraint: false }))) return undefined;
  const isKnown = <T>(value: T | undefined): value is T => value !== undefined;
  return { dns: dnsNames, uri: uri.filter(isKnown), ip: ipAddresses, email: email.filter(isKnown) };
}

/** The host without its port; undefined for none, and for an address. */
function uriDomain({ host }: PrintableUrl): string | undefined {
  const hasPort = host.includes(":") && !host.endsWith("]");
  const match = hasPort ? /^(?:\[([^[\]]*)\]|([^:[\]]*)):[^:[\]]*$/.exec(host) : undefined;
  const name = match === undefined ? lowerAscii(host) : (match?.[1] ?? match?.[2]);
  if (host === "" || name === undefined || (name.startsWith("[") && name.endsWith("]"))) return undefined;
  return parseAddress(name) === undefined ? name : undefined;
}

function isAllowed(names: ParsedNames, permitted: Side, excluded: Side): boolean {
  const holds = <V>(values: readonly V[], inside: Query<V>, outside: Query<V>): boolean =>
    values.every((value) => (inside?.(value) ?? true) && !(outside?.(value) ?? false));
  return (
    holds(names.dns, permitted.dns, excluded.dns) &&
    holds(names.uri, permitted.uri, excluded.uri) &&
    holds(names.ip, permitted.ip, excluded.ip) &&
    holds(names.email, permitted.email, excluded.email)
  );
}
