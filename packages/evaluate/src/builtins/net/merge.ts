import { BuiltinError } from "../builtin.ts";
import { isV4, parseAddress } from "./address.ts";
import { formatNetwork, lastOf, maskTo, parseNetwork } from "./network.ts";
import type { Network, ParsedNetwork } from "./network.ts";

const BITS = 128n;
const V4_LOWEST = 0xffffn << 32n;

interface Range {
  readonly first: bigint;
  readonly last: bigint;
  /** The block itself, as long as nothing was merged with it. */
  readonly network: Network | undefined;
}

/**
 * The fewest blocks that cover the same addresses, as OPA's net.cidr_merge finds them: an IPv4 address without a prefix
 * length gets that of its class, and a block that merges with no other stays as it was written.
 *
 * @throws BuiltinError for a text that is neither a block nor an IPv4 address
 * @throws RangeError where OPA mixes IPv4 with IPv4-mapped or neighbouring IPv6 blocks, on which it crashes
 */
export function mergeNetworks(texts: readonly string[]): readonly string[] {
  const parsed = texts.map(parseMergeable);
  if (parsed.length > 1 && parsed.some(({ isMapped }) => isMapped)) throw mixed();
  const ranges = parsed.map((network) => {
    const block = { ...network, base: maskTo(network.base, network.prefix) };
    return { first: block.base, last: lastOf(block), network };
  });
  return mergeRanges(ranges).flatMap(blocksOf).map(formatNetwork);
}

function parseMergeable(text: string): ParsedNetwork {
  const address = parseAddress(text);
  if (address?.zone !== "") return parseNetwork(text);
  if (!isV4(address.value)) throw new BuiltinError("IPv6 invalid: needs prefix length");
  return { base: address.value, prefix: 96 + classPrefix(address.value), isMapped: false };
}

/** The network classes of RFC 791, which Go's IP.DefaultMask still knows. */
function classPrefix(value: bigint): number {
  const first = (value >> 24n) & 0xffn;
  if (first < 0x80n) return 8;
  return first < 0xc0n ? 16 : 24;
}

function mergeRanges(ranges: readonly Range[]): readonly Range[] {
  const sorted = ranges.toSorted((a, b) => compare(a.last, b.last) || compare(a.first, b.first));
  const merged: Range[] = [];
  let current = sorted.pop();
  while (current !== undefined) {
    const lower = sorted.pop();
    if (lower !== undefined && previousOf(current.first) <= lower.last) {
      current = {
        first: current.first < lower.first ? current.first : lower.first,
        last: current.last,
        network: undefined,
      };
      continue;
    }
    merged.push(current);
    current = lower;
  }
  return merged;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

/** The lowest address of a family has none before it. */
function previousOf(address: bigint): bigint {
  return address === 0n || address === V4_LOWEST ? address : address - 1n;
}

/** The largest aligned blocks from the first address on. */
function blocksOf({ first, last, network }: Range): readonly Network[] {
  if (network !== undefined) return [network];
  if (isV4(first) && !isV4(last)) throw mixed();
  const blocks: Network[] = [];
  for (let base = first; base <= last;) {
    const size = largestBlock(base, last - base + 1n);
    blocks.push({ base, prefix: Number(BITS - size) });
    base += 1n << size;
  }
  return blocks;
}

/** As a power of two. */
function largestBlock(base: bigint, room: bigint): bigint {
  const aligned = base === 0n ? BITS : BigInt(trailingZeros(base));
  const fitting = BigInt(room.toString(2).length - 1);
  return aligned < fitting ? aligned : fitting;
}

function trailingZeros(value: bigint): number {
  const digits = value.toString(2);
  return digits.length - 1 - digits.lastIndexOf("1");
}

function mixed(): RangeError {
  return new RangeError("OPA does not merge IPv4 with IPv4-mapped blocks, nor with the IPv6 blocks beside them");
}
