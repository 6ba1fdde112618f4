/** mantissa × 2^exponent, not negative. */
export interface BigFloat {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** An integer, rounded to the precision in bits. */
export function floatOf(value: bigint, precision: number): BigFloat {
  return round(value, 0, precision, false);
}

/** Rounded once, half to even, as Go's big.Float does. */
export function multiply(left: BigFloat, right: BigFloat, precision: number): BigFloat {
  return round(left.mantissa * right.mantissa, left.exponent + right.exponent, precision, false);
}

/** Rounded once, half to even. */
export function divide(left: BigFloat, right: BigFloat, precision: number): BigFloat {
  const shift = Math.max(0, precision + 2 + bitLength(right.mantissa) - bitLength(left.mantissa));
  const dividend = left.mantissa << BigInt(shift);
  const quotient = dividend / right.mantissa;
  const isInexact = quotient * right.mantissa !== dividend;
  return round(quotient, left.exponent - right.exponent - shift, precision, isInexact);
}

/** Towards zero. */
export function truncate({ mantissa, exponent }: BigFloat): bigint {
  return exponent >= 0 ? mantissa << BigInt(exponent) : mantissa >> BigInt(-exponent);
}

/** `isInexact`: something below the last bit is not there, which decides what looks like a half. */
function round(mantissa: bigint, exponent: number, precision: number, isInexact: boolean): BigFloat {
  const excess = bitLength(mantissa) - precision;
  if (excess <= 0) return { mantissa, exponent };
  const shift = BigInt(excess);
  const kept = mantissa >> shift;
  const rest = mantissa - (kept << shift);
  const half = 1n << (shift - 1n);
  const isUp = rest > half || (rest === half && (isInexact || (kept & 1n) === 1n));
  return { mantissa: isUp ? kept + 1n : kept, exponent: exponent + excess };
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : (value.toString(16).length - 1) * 4 + leadingBits(value);
}

function leadingBits(value: bigint): number {
  return 32 - Math.clz32(Number.parseInt(value.toString(16).charAt(0), 16));
}
