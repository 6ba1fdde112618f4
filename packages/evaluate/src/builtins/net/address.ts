/** An address as Go's net.IP holds it: 128 bits, IPv4 in the IPv4-mapped block. */
export interface ParsedAddress {
  readonly value: bigint;
  /** Of the text: 32 for dotted decimals alone, 128 for everything with a colon. */
  readonly bits: 32 | 128;
  readonly zone: string;
}

const V4_PREFIX = 0xffffn;
const GROUP_BITS = 16n;
const GROUPS = 8;

/**
 * Go's netip.ParseAddr: no leading zeros in dotted decimals, groups of at most four digits, one `::`.
 *
 * @see https://pkg.go.dev/net/netip#ParseAddr
 */
export function parseAddress(text: string): ParsedAddress | undefined {
  const first = /[.:%]/.exec(text)?.[0];
  if (first === ".") {
    const value = parseDotted(text);
    return value === undefined ? undefined : { value: (V4_PREFIX << 32n) | value, bits: 32, zone: "" };
  }
  return first === ":" ? parseColons(text) : undefined;
}

function parseDotted(text: string): bigint | undefined {
  if (text.length > 15) return undefined;
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseColons(text: string): ParsedAddress | undefined {
  const percent = text.indexOf("%");
  const zone = percent === -1 ? "" : text.slice(percent + 1);
  if (percent !== -1 && zone === "") return undefined;
  const groups = groupsOf(percent === -1 ? text : text.slice(0, percent));
  if (groups === undefined) return undefined;
  const value = groups.reduce((sum, group) => (sum << GROUP_BITS) | BigInt(group), 0n);
  return { value, bits: 128, zone };
}

/** The eight groups, with the zeros that `::` stands for: at least one of them. */
function groupsOf(text: string): readonly number[] | undefined {
  if (text.length > 45) return undefined;
  const sides = text.split("::");
  if (sides.length > 2) return undefined;
  const [head, tail] = sides.map((side, index) => readGroups(side, index === sides.length - 1));
  if (head === undefined || (sides.length === 2 && tail === undefined)) return undefined;
  if (tail === undefined) return head.length === GROUPS ? head : undefined;
  const missing = GROUPS - head.length - tail.length;
  return missing < 1 ? undefined : [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

function readGroups(side: string, isLast: boolean): readonly number[] | undefined {
  if (side === "") return [];
  const groups: number[] = [];
  const parts = side.split(":");
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const dotted = isLast && index === parts.length - 1 ? parseDotted(part) : undefined;
    if (dotted === undefined) return undefined;
    groups.push(Number(dotted >> GROUP_BITS), Number(dotted & 0xffffn));
  }
  return groups;
}

/** What Go's IP.To4 says: an IPv4-mapped address is IPv4, however it was written. */
export function isV4(value: bigint): boolean {
  return value >> 32n === V4_PREFIX;
}

/** Go's IP.String: dotted decimals, or RFC 5952 with the first of the longest runs of zeros as `::`. */
export function formatAddress(value: bigint): string {
  if (isV4(value)) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");
  const groups = Array.from({ length: GROUPS }, (_, index) => (value >> (GROUP_BITS * BigInt(7 - index))) & 0xffffn);
  const [start, length] = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

function longestZeros(groups: readonly bigint[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0n ? length + 1 : 0;
    if (length > best[1]) best = [index - length + 1, length];
  }
  return best;
}
