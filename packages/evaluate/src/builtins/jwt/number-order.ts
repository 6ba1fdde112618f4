interface Decimal {
  readonly sign: number;
  /** Without zeros at either end. */
  readonly digits: string;
  /** Of the first digit, which stands behind the point. */
  readonly exponent: bigint;
}

const NUMBER = /^(-?)([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/;

/** Compares two numbers by their texts, to the last digit, whatever their exponents. */
export function compareNumberTexts(left: string, right: string): number {
  const [a, b] = [decimalOf(left), decimalOf(right)];
  if (a.sign !== b.sign) return a.sign - b.sign;
  if (a.exponent !== b.exponent) return a.exponent < b.exponent ? -a.sign : a.sign;
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -a.sign : a.sign;
}

function decimalOf(text: string): Decimal {
  const [, minus, whole = "", fraction = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  const all = whole + fraction;
  const first = all.search(/[1-9]/);
  if (first === -1) return { sign: 0, digits: "", exponent: 0n };
  let end = all.length;
  while (all.charAt(end - 1) === "0") end--;
  return {
    sign: minus === "-" ? -1 : 1,
    digits: all.slice(first, end),
    exponent: BigInt(exponent) + BigInt(whole.length - first),
  };
}
