import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { parsePrintableUrl } from "../encoding/go-url.ts";
import type { PrintableUrl } from "../encoding/go-url.ts";
import { parseIa5 } from "./asn1-text.ts";
import { contextTag, DerReader, TAG } from "./der.ts";
import { isDomainName } from "./domain.ts";
import { printIp } from "./ip.ts";
import { listOf, structOf } from "./json-value.ts";

export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly emailAddresses: readonly string[];
  /** Four or sixteen octets. */
  readonly ipAddresses: readonly Buffer[];
  readonly uris: readonly PrintableUrl[];
}

export const NO_NAMES: AlternativeNames = { dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] };

/**
 * The names of the kinds that are looked at; others are passed over.
 *
 * @see RFC 5280, section 4.2.1.6
 */
export function parseAlternativeNames(value: Buffer): AlternativeNames {
  const names = {
    dnsNames: [] as string[],
    emailAddresses: [] as string[],
    ipAddresses: [] as Buffer[],
    uris: [] as PrintableUrl[],
  };
  const reader = new DerReader(value, "subject alternative names").enter(TAG.sequence);
  while (!reader.isEmpty) {
    const { tag, content } = reader.readAny();
    if (tag === contextTag(1)) names.emailAddresses.push(asciiOf(content));
    else if (tag === contextTag(2)) names.dnsNames.push(asciiOf(content));
    else if (tag === contextTag(6)) names.uris.push(parseUri(asciiOf(content)));
    else if (tag === contextTag(7)) names.ipAddresses.push(checkAddress(content));
  }
  return names;
}

function asciiOf(content: Buffer): string {
  const text = parseIa5(content);
  if (text === undefined) throw new BuiltinError("x509: a subject alternative name is malformed");
  return text;
}

function parseUri(text: string): PrintableUrl {
  const url = parsePrintableUrl(text);
  if (!isDomainName(url.host, { constraint: false })) throw new BuiltinError("x509: cannot parse URI: invalid domain");
  return url;
}

function checkAddress(content: Buffer): Buffer {
  if (content.length !== 4 && content.length !== 16) throw new BuiltinError("x509: cannot parse IP address");
  return content;
}

/** The names as Go prints them, in a certificate and in a request. */
export function printAlternativeNames(names: AlternativeNames): Readonly<Record<string, RegoValue>> {
  return {
    DNSNames: listOf(names.dnsNames, (name) => name),
    EmailAddresses: listOf(names.emailAddresses, (address) => address),
    IPAddresses: listOf(names.ipAddresses, printIp),
    URIs: listOf(names.uris, printUrl),
  };
}

function printUrl(url: PrintableUrl): RegoValue {
  return structOf({
    Scheme: url.scheme,
    Opaque: url.opaque,
    User: url.user === undefined ? null : structOf({}),
    Host: url.host,
    Path: url.path,
    Fragment: url.fragment,
    RawQuery: url.rawQuery,
    RawPath: url.rawPath,
    RawFragment: url.rawFragment,
    ForceQuery: url.hasEmptyQuery,
    OmitHost: url.omitsHost,
  });
}
