import type { RegoValue } from "../../values/values.ts";
import { parseAddress } from "../net/address.ts";
import { BuiltinError } from "../builtin.ts";
import { parseIa5 } from "./asn1-text.ts";
import { contextTag, DerReader, explicitTag, TAG } from "./der.ts";
import { isDomainName } from "./domain.ts";
import { isMask, printIp } from "./ip.ts";
import { bytesOf, listOf, structOf } from "./json-value.ts";
import { parseMailbox } from "./mailbox.ts";

export interface IpRange {
  readonly ip: Buffer;
  readonly mask: Buffer;
}

/** What one side, permitted or excluded, says of each kind of name. */
export interface Subtrees {
  readonly dnsDomains: readonly string[];
  readonly ipRanges: readonly IpRange[];
  readonly emailAddresses: readonly string[];
  readonly uriDomains: readonly string[];
  /** Whether there is a kind of name that is not looked at. */
  readonly hasUnknown: boolean;
}

export interface NameConstraints {
  readonly permitted: Subtrees;
  readonly excluded: Subtrees;
  readonly critical: boolean;
}

const NO_SUBTREES: Subtrees = { dnsDomains: [], ipRanges: [], emailAddresses: [], uriDomains: [], hasUnknown: false };
export const NO_CONSTRAINTS: NameConstraints = { permitted: NO_SUBTREES, excluded: NO_SUBTREES, critical: false };

/** @see RFC 5280, section 4.2.1.10 */
export function parseNameConstraints(value: Buffer, critical: boolean): NameConstraints {
  const outer = new DerReader(value, "name constraints");
  const reader = outer.enter(TAG.sequence);
  const [permitted, excluded] = [reader.readOptional(explicitTag(0)), reader.readOptional(explicitTag(1))];
  if (!outer.isEmpty || !reader.isEmpty) throw reader.malformed();
  if ((permitted?.length ?? 0) + (excluded?.length ?? 0) === 0) {
    throw new BuiltinError("x509: empty name constraints extension");
  }
  return { permitted: parseSubtrees(permitted), excluded: parseSubtrees(excluded), critical };
}

function parseSubtrees(content: Buffer | undefined): Subtrees {
  if (content === undefined) return NO_SUBTREES;
  const reader = new DerReader(content, "name constraints");
  const subtrees = {
    dnsDomains: [] as string[],
    ipRanges: [] as IpRange[],
    emailAddresses: [] as string[],
    uriDomains: [] as string[],
    hasUnknown: false,
  };
  while (!reader.isEmpty) {
    const base = reader.enter(TAG.sequence).readAny();
    if (base.tag === contextTag(1)) subtrees.emailAddresses.push(parseEmail(base.content));
    else if (base.tag === contextTag(2)) subtrees.dnsDomains.push(parseDomain(base.content));
    else if (base.tag === contextTag(6)) subtrees.uriDomains.push(parseUriDomain(base.content));
    else if (base.tag === contextTag(7)) subtrees.ipRanges.push(parseRange(base.content));
    else subtrees.hasUnknown = true;
  }
  return subtrees;
}

function asciiOf(content: Buffer): string {
  const text = parseIa5(content);
  if (text === undefined) throw refused();
  return text;
}

function parseDomain(content: Buffer): string {
  const domain = asciiOf(content);
  if (!isDomainName(domain, { constraint: true })) throw refused();
  return domain;
}

function parseEmail(content: Buffer): string {
  const constraint = asciiOf(content);
  if (!constraint.includes("@")) return parseDomain(content);
  if (parseMailbox(constraint) === undefined) throw refused();
  return constraint;
}

function parseUriDomain(content: Buffer): string {
  const address = parseAddress(asciiOf(content));
  if (address?.zone === "") throw refused();
  return parseDomain(content);
}

function parseRange(content: Buffer): IpRange {
  const [ip, mask] = [content.subarray(0, content.length / 2), content.subarray(content.length / 2)];
  if ((content.length !== 8 && content.length !== 32) || !isMask(mask)) throw refused();
  return { ip, mask };
}

function refused(): BuiltinError {
  return new BuiltinError("x509: failed to parse a name constraint");
}

/** The constraints as Go prints them in a certificate. */
export function printNameConstraints({ permitted, excluded, critical }: NameConstraints): Record<string, RegoValue> {
  const text = (value: string): string => value;
  return {
    PermittedDNSDomainsCritical: critical,
    PermittedDNSDomains: listOf(permitted.dnsDomains, text),
    ExcludedDNSDomains: listOf(excluded.dnsDomains, text),
    PermittedIPRanges: listOf(permitted.ipRanges, printRange),
    ExcludedIPRanges: listOf(excluded.ipRanges, printRange),
    PermittedEmailAddresses: listOf(permitted.emailAddresses, text),
    ExcludedEmailAddresses: listOf(excluded.emailAddresses, text),
    PermittedURIDomains: listOf(permitted.uriDomains, text),
    ExcludedURIDomains: listOf(excluded.uriDomains, text),
  };
}

function printRange({ ip, mask }: IpRange): RegoValue {
  return structOf({ IP: printIp(ip), Mask: bytesOf(mask) });
}
