/** Orders texts by their UTF-8 bytes, as OPA and every list in a pack do. */
export function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
