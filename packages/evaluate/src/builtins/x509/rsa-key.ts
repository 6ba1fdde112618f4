import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { structOf } from "./json-value.ts";

export interface RsaParts {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  /** Two, or more of a kind that is hardly in use. */
  readonly primes: readonly bigint[];
}

/** The values of the Chinese remainder theorem (RFC 8017, section 3.2), from the key or worked out. */
export interface CrtParts {
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qInverse: bigint;
}

export interface RsaPrivateKey extends RsaParts {
  readonly kind: "rsa";
  readonly crt: CrtParts;
  readonly further: readonly { readonly exponent: bigint; readonly coefficient: bigint; readonly product: bigint }[];
}

/** Longer keys take seconds to check, and OpenSSL does not use them. */
export const MAX_BITS = 16_384;

/**
 * Checks that the parts of a private key belong together, as Go does before it uses or prints one.
 *
 * @throws BuiltinError naming the first check that fails
 */
export function rsaPrivateKey(parts: RsaParts, given: Partial<CrtParts>): RsaPrivateKey {
  const { n, e, d, primes } = parts;
  if (bitLength(n) > MAX_BITS) throw new RangeError(`an RSA key has ${bitLength(n)} bits, over ${MAX_BITS}`);
  check(n > 1n && n % 2n === 1n, "public modulus is even");
  check(e >= 2n && e % 2n === 1n && e < 2n ** 31n, "public exponent is even, too small or too large");
  check(d < n, "private exponent is not below the modulus");
  const [p = 0n, q = 0n, ...others] = primes;
  if (others.length > 0) return manyPrimesKey(parts);
  check(p > 2n && q > 2n && p < n && q < n && (p * q) % n === 0n, "p * q != n");
  const crt = givenParts(given) ?? workedOut({ d, p, q });
  check(isInverse(e, crt.dp, p - 1n) && isInverse(e, crt.dq, q - 1n), "invalid CRT exponent");
  check(isInverse(q, crt.qInverse, p), "invalid CRT coefficient");
  check(d % (p - 1n) === crt.dp && d % (q - 1n) === crt.dq, "d does not match dP and dQ");
  const half = Math.floor(bitLength(n) / 2);
  check(p !== q && bitLength(p > q ? p - q : q - p) > half - 100, "|p - q| too small");
  check(bitLength(d) > half, "d too small");
  return { kind: "rsa", ...parts, crt, further: [] };
}

function givenParts({ dp, dq, qInverse }: Partial<CrtParts>): CrtParts | undefined {
  return dp === undefined || dq === undefined || qInverse === undefined ? undefined : { dp, dq, qInverse };
}

function workedOut({ d, p, q }: { d: bigint; p: bigint; q: bigint }): CrtParts {
  check(p % 2n === 1n, "p is even");
  // By Fermat: it is no inverse when p is no prime, which the check of it then finds.
  return { dp: d % (p - 1n), dq: d % (q - 1n), qInverse: power(q % p, p - 2n, p) };
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

function manyPrimesKey(parts: RsaParts): RsaPrivateKey {
  const { d, primes } = parts;
  const [p = 0n, q = 0n, ...others] = primes;
  check(
    primes.every((prime) => prime > 1n),
    "prime factor is <= 1",
  );
  const qInverse = required(inverse(q, p));
  let product = p * q;
  const further = others.map((prime) => {
    const coefficient = required(inverse(product, prime));
    const value = { exponent: d % (prime - 1n), coefficient, product };
    product *= prime;
    return value;
  });
  return { kind: "rsa", ...parts, crt: { dp: d % (p - 1n), dq: d % (q - 1n), qInverse }, further };
}

function isInverse(value: bigint, inverted: bigint, modulus: bigint): boolean {
  return inverted < modulus && (value * inverted) % modulus === 1n;
}

/** The extended algorithm of Euclid; undefined when the numbers share a factor. */
function inverse(value: bigint, modulus: bigint): bigint | undefined {
  let [previous, current] = [modulus, value % modulus];
  let [before, factor] = [0n, 1n];
  while (current > 0n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [before, factor] = [factor, before - quotient * factor];
  }
  return previous === 1n ? ((before % modulus) + modulus) % modulus : undefined;
}

function required(value: bigint | undefined): bigint {
  if (value === undefined) throw new BuiltinError("crypto/rsa: prime factors are not relatively prime");
  return value;
}

export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

function check(holds: boolean, problem: string): void {
  if (!holds) throw new BuiltinError(`crypto/rsa: ${problem}`);
}

/** A key as Go prints its `rsa.PrivateKey`. */
export function printRsaKey({ n, e, d, primes, crt, further }: RsaPrivateKey): RegoValue {
  return structOf({
    N: n,
    E: e,
    D: d,
    Primes: [...primes],
    Precomputed: structOf({
      Dp: crt.dp,
      Dq: crt.dq,
      Qinv: crt.qInverse,
      CRTValues: further.map(({ exponent, coefficient, product }) =>
        structOf({ Exp: exponent, Coeff: coefficient, R: product }),
      ),
    }),
  });
}
