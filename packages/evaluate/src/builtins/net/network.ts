import { BuiltinError } from "../builtin.ts";
import { formatAddress, isV4, parseAddress } from "./address.ts";

const BITS = 128;
const V4_OFFSET = 96;

/** A block of addresses in the 128 bits of Go's net.IP: 10.0.0.0/8 has prefix 104. */
export interface Network {
  /** The address as written, without its host bits. */
  readonly base: bigint;
  readonly prefix: number;
}

export interface ParsedNetwork extends Network {
  /** Written with colons, but IPv4-mapped. */
  readonly isMapped: boolean;
}

/**
 * Go's net.ParseCIDR.
 *
 * @throws BuiltinError for any other text
 * @see https://pkg.go.dev/net#ParseCIDR
 */
export function parseNetwork(text: string): ParsedNetwork {
  const slash = text.indexOf("/");
  const address = slash === -1 ? undefined : parseAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (address?.zone !== "" || !/^[0-9]+$/.test(length)) {
    throw invalidNetwork(text);
  }
  const written = Number(length);
  if (written > address.bits) throw invalidNetwork(text);
  const prefix = written + BITS - address.bits;
  const base = maskTo(address.value, prefix);
  return { base, prefix, isMapped: address.bits === 128 && isV4(base) };
}

function invalidNetwork(text: string): BuiltinError {
  return new BuiltinError(`invalid CIDR address: ${text.slice(0, 200)}`);
}

export function maskTo(value: bigint, prefix: number): bigint {
  const host = BigInt(BITS - prefix);
  return (value >> host) << host;
}

export function lastOf({ base, prefix }: Network): bigint {
  return base | ((1n << BigInt(BITS - prefix)) - 1n);
}

/** Go's IPNet.Contains: IPv4 is never within IPv6, IPv4-mapped addresses being IPv4. */
export function containsAddress(network: Network, address: bigint): boolean {
  return isV4(network.base) === isV4(address) && maskTo(address, network.prefix) === network.base;
}

/** OPA's net.cidr_contains of two blocks: the first and the last address are within. */
export function containsNetwork(outer: Network, inner: Network): boolean {
  return containsAddress(outer, inner.base) && containsAddress(outer, lastOf(inner));
}

/** As Go prints an IPNet, whose address may have host bits. */
export function formatNetwork({ base, prefix }: Network): string {
  return `${formatAddress(base)}/${isV4(base) ? prefix - V4_OFFSET : prefix}`;
}
