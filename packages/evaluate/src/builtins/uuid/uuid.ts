import { RegoObject } from "../../values/values.ts";
import type { RegoEntry } from "../../values/values.ts";

const PLAIN = /^[0-9a-fA-F]{32}$/;
const DASHED = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/;
/** 100 ns steps between 15 October 1582 and 1970. */
const GREGORIAN_OFFSET = 122_192_928_000_000_000n;
const DOMAINS = ["Person", "Group", "Org"];

/**
 * What google/uuid reads: the usual form, 32 digits, behind `urn:uuid:`, or between any two bytes such as braces.
 *
 * @see https://pkg.go.dev/github.com/google/uuid#Parse
 */
export function parseUuid(text: string): Buffer | undefined {
  // Lengths and places are counted in bytes.
  const bytes = Buffer.from(text).toString("latin1");
  const body = bodyOf(bytes);
  if (body === undefined || !(PLAIN.test(body) || DASHED.test(body))) return undefined;
  return Buffer.from(body.slice(0, 36).replaceAll("-", ""), "hex");
}

function bodyOf(bytes: string): string | undefined {
  switch (bytes.length) {
    case 32:
      return PLAIN.test(bytes) ? bytes : undefined;
    case 36:
      return bytes;
    case 38:
      return bytes.slice(1);
    case 45:
      return bytes.slice(0, 9).toLowerCase() === "urn:uuid:" ? bytes.slice(9) : undefined;
    default:
      return undefined;
  }
}

/** Version and variant, and what versions 1 and 2 say of time and place. */
export function describeUuid(bytes: Buffer): RegoObject {
  const version = bytes.readUInt8(6) >> 4;
  const entries: RegoEntry[] = [
    ["version", BigInt(version)],
    ["variant", variantOf(bytes.readUInt8(8))],
  ];
  if (version === 1 || version === 2) entries.push(...originOf(bytes));
  if (version === 2) {
    const domain = bytes.readUInt8(9);
    entries.push(["id", BigInt(bytes.readUInt32BE(0))], ["domain", DOMAINS[domain] ?? `Domain${domain}`]);
  }
  return new RegoObject(entries);
}

function variantOf(byte: number): string {
  if ((byte & 0xc0) === 0x80) return "RFC4122";
  if ((byte & 0xe0) === 0xc0) return "Microsoft";
  return (byte & 0xe0) === 0xe0 ? "Future" : "Reserved";
}

function originOf(bytes: Buffer): readonly RegoEntry[] {
  const node = bytes.subarray(10);
  const low = BigInt(bytes.readUInt32BE(0)) | (BigInt(bytes.readUInt16BE(4)) << 32n);
  const ticks = low | (BigInt(bytes.readUInt16BE(6) & 0x0fff) << 48n);
  return [
    // Dates from 2262 on wrap around, as they do in Go.
    ["time", BigInt.asIntN(64, (ticks - GREGORIAN_OFFSET) * 100n)],
    ["nodeid", (node.toString("hex").match(/../g) ?? []).join("-")],
    ["macvariables", castOf(node.readUInt8(0))],
    ["clocksequence", BigInt(bytes.readUInt16BE(8) & 0x3fff)],
  ];
}

function castOf(byte: number): string {
  return `${(byte & 2) === 0 ? "global" : "local"}:${(byte & 1) === 0 ? "unicast" : "multicast"}`;
}
