/**
 * An ECDSA signature as two numbers of equal length (JOSE, PKCS #11) in the DER form that bundles carry.
 * Source: RFC 7518, 3.4; RFC 3279, 2.2.3.
 * @returns undefined when the length is not that of the curve
 */
export function toDerSignature(raw: Uint8Array, fieldBytes: number): Uint8Array | undefined {
  if (raw.length !== 2 * fieldBytes) return undefined;
  const body = Buffer.concat([derInteger(raw.subarray(0, fieldBytes)), derInteger(raw.subarray(fieldBytes))]);
  return Buffer.concat([Buffer.from([0x30, ...derLength(body.length)]), body]);
}

/** A positive INTEGER in the fewest bytes. */
function derInteger(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? bytes.subarray(bytes.length - 1) : bytes.subarray(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.from([0x02, digits.length + sign.length, ...sign, ...digits]);
}

/** P-521 needs the long form. */
function derLength(length: number): number[] {
  return length < 0x80 ? [length] : [0x81, length];
}
