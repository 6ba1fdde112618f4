/** One value as DER. */
export function derOf(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = bigEndian(BigInt(content.length));
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}

/** A positive number in the fewest octets, or in `size` of them. */
export function bigEndian(value: bigint, size = 0): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(Math.max(2 * size, hex.length + (hex.length % 2)), "0"), "hex");
}

/** Octets as a positive number. */
export function numberOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** An INTEGER that is not negative. */
export function derInteger(value: bigint): Buffer {
  const bytes = bigEndian(value);
  return derOf(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
}
