/** Printing longer numbers takes time that grows faster than they do. */
const MAX_OCTETS = 40_000;

/** Identifiers of policies are kept as octets: their numbers may be of any size. */
export function isPolicyOid(content: Buffer): boolean {
  let fresh = true;
  for (const byte of content) {
    if (fresh && byte === 0x80) return false;
    fresh = byte < 0x80;
  }
  return content.length > 0 && fresh;
}

/** In dots, as Go prints them. The mappings between policies are not checked: an unfinished number is left out. */
export function printPolicyOid(content: Buffer): string {
  const numbers: bigint[] = [];
  let bits: string[] = [];
  for (const byte of content) {
    bits.push((byte & 0x7f).toString(2).padStart(7, "0"));
    if (byte >= 0x80) continue;
    if (bits.length > MAX_OCTETS) throw new RangeError("a number in an object identifier is too long");
    numbers.push(BigInt(`0b${bits.join("")}`));
    bits = [];
  }
  const [first, ...rest] = numbers;
  if (first === undefined) return "";
  const head = first < 80n ? first / 40n : 2n;
  return [head, first - 40n * head, ...rest].join(".");
}

/** The same where every number is below 2^31, as the older list of a certificate's policies has them. */
export function smallPolicyOid(content: Buffer): string | undefined {
  const text = printPolicyOid(content);
  return text.split(".").some((number, index) => BigInt(number) >= limitOf(index)) ? undefined : text;
}

/** The first octets carry 80 more than the second number. */
function limitOf(index: number): bigint {
  return index === 1 ? 2n ** 31n - 80n : 2n ** 31n;
}
