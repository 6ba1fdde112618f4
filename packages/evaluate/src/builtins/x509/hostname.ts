import { parseAddress } from "../net/address.ts";
import type { AlternativeNames } from "./alternative-names.ts";
import { lowerAscii } from "./domain.ts";
import { addressValue } from "./ip.ts";

const LABEL = /^[a-zA-Z0-9_][a-zA-Z0-9_-]*$/;

/**
 * Whether one of the names is the host: its address, its name, or a pattern whose first label is an asterisk.
 *
 * @see RFC 6125, section 6.4
 */
export function matchesHost(names: AlternativeNames, host: string): boolean {
  const literal = host.length >= 3 && host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  const address = parseAddress(literal);
  if (address?.zone === "") return names.ipAddresses.some((candidate) => addressValue(candidate) === address.value);
  const name = lowerAscii(host);
  const labels = withoutPoint(name).split(".");
  const isName = isHostname(withoutPoint(name), { pattern: false });
  return names.dnsNames.some((candidate) =>
    isName && isHostname(candidate, { pattern: true })
      ? matchesLabels(lowerAscii(candidate).split("."), labels)
      : isSame(candidate, name),
  );
}

function withoutPoint(name: string): string {
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

function isHostname(name: string, { pattern }: { pattern: boolean }): boolean {
  if (name === "*") return false;
  return name.split(".").every((label, index) => LABEL.test(label) || (pattern && index === 0 && label === "*"));
}

function matchesLabels(pattern: readonly string[], labels: readonly string[]): boolean {
  if (pattern.length !== labels.length) return false;
  return pattern.every((label, index) => label === labels[index] || (index === 0 && label === "*"));
}

/** Names that are no host names match only as they are. */
function isSame(left: string, right: string): boolean {
  return !["", "."].includes(left) && !["", "."].includes(right) && lowerAscii(left) === lowerAscii(right);
}
