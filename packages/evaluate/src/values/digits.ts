/** A text without the digits of one kind at its end. A pattern would take time in the square of their number. */
export function trimDigits(text: string, digit: string): string {
  let end = text.length;
  while (end > 0 && text.charAt(end - 1) === digit) end--;
  return text.slice(0, end);
}

/** A number by its sign, the place of its first digit, and its digits without zeros around them. */
interface Spelling {
  readonly sign: number;
  readonly point: number;
  readonly digits: string;
}

const NUMBER = /^(-?)0*([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/;

/** The order of two numbers as they are written, exact at any length. */
export function compareSpelled(left: string, right: string): number {
  const [one, other] = [spellingOf(left), spellingOf(right)];
  if (one.sign !== other.sign) return one.sign - other.sign;
  if (one.point !== other.point) return one.point < other.point ? -one.sign : one.sign;
  if (one.digits === other.digits) return 0;
  return one.digits < other.digits ? -one.sign : one.sign;
}

function spellingOf(text: string): Spelling {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  const all = whole + fraction;
  let first = 0;
  while (first < all.length && all.charAt(first) === "0") first++;
  if (first === all.length) return { sign: 0, point: 0, digits: "" };
  const point = whole.length - first + Number(exponent);
  return { sign: sign === "-" ? -1 : 1, point, digits: trimDigits(all.slice(first), "0") };
}
