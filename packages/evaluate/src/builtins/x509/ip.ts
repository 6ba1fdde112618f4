import { numberOf } from "./der-write.ts";

const MAPPED_PREFIX = Buffer.from("00000000000000000000ffff", "hex");

/** An address of 4 or 16 octets as Go prints it: IPv4 also where it stands in IPv6, the longest run of zeros as `::`. */
export function printIp(address: Buffer): string {
  const short = shortest(address);
  if (short.length === 4) return short.join(".");
  const groups = Array.from({ length: 8 }, (_, index) => short.readUInt16BE(2 * index));
  const run = longestZeros(groups);
  const print = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (run === undefined) return print(groups);
  return `${print(groups.slice(0, run.start))}::${print(groups.slice(run.end))}`;
}

/** IPv4 also where it stands in IPv6. */
export function shortest(address: Buffer): Buffer {
  return address.length === 16 && address.subarray(0, 12).equals(MAPPED_PREFIX) ? address.subarray(12) : address;
}

/** The first of the longest runs of at least two. */
function longestZeros(groups: readonly number[]): { start: number; end: number } | undefined {
  let best: { start: number; end: number } | undefined;
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start >= 2 && end - start > (best === undefined ? 0 : best.end - best.start)) best = { start, end };
  }
  return best;
}

/** Whether bits are ones and then zeros, as Go asks of a mask in a name constraint. */
export function isMask(mask: Buffer): boolean {
  return /^1*0*$/.test([...mask].map((byte) => byte.toString(2).padStart(8, "0")).join(""));
}

/** An address as a number, IPv4 in the block of IPv6 that is for it. */
export function addressValue(address: Buffer): bigint {
  return numberOf(address.length === 4 ? Buffer.concat([MAPPED_PREFIX, address]) : address);
}
