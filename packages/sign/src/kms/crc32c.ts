/** The reflected polynomial of CRC-32C (Castagnoli). Source: RFC 3720, appendix B.4. */
const POLYNOMIAL = 0x82f63b78;

/** The checksum that Google's API carries beside its fields, as its decimal text. */
export function crc32c(bytes: Uint8Array): string {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  }
  return String((crc ^ 0xffffffff) >>> 0);
}
