import { BuiltinError } from "../builtin.ts";
import { checkDigits, goLower, parseAmount, splitAmount } from "./amount.ts";
import type { Amount } from "./amount.ts";
import { divide, floatOf, multiply, truncate } from "./big-float.ts";
import type { BigFloat } from "./big-float.ts";

const NAME = "units.parse_bytes";
const LETTERS = "kmgtpe";
/** Go's default for a number that is read from text, and what it adds for powers of five. */
const PRECISION = 64;
const POWER_PRECISION = 128;
const FACTOR_PRECISION = 192;
/** The largest power of five that 64 bits hold. */
const EXACT_POWER = 27;

/**
 * The bytes that a text such as `1.5KiB` means, cut to an integer. OPA computes in binary floating point of 64 bits,
 * and so does this, bit for bit.
 *
 * @throws BuiltinError
 */
export function parseBytes(raw: string): bigint {
  const text = goLower(raw).replaceAll('"', "");
  if (text.includes(" ")) throw new BuiltinError(`${NAME}: spaces not allowed in resource strings`);
  const [amount, unit] = splitAmount(text, NAME);
  if (amount === "") throw new BuiltinError(`${NAME}: no byte amount provided`);
  const factor = factorOf(unit);
  const parsed = parseAmount(amount, NAME);
  const bytes = truncate(multiply(toFloat(parsed), floatOf(factor, PRECISION), PRECISION));
  return parsed.isNegative ? -bytes : bytes;
}

function factorOf(unit: string): bigint {
  const power = unit === "" ? 0n : BigInt(LETTERS.indexOf(unit.charAt(0)) + 1);
  if (unit === "") return 1n;
  const rest = unit.slice(1);
  if (power === 0n || !["", "b", "i", "ib"].includes(rest)) {
    throw new BuiltinError(`${NAME}: byte unit ${unit.slice(0, 200)} not recognized`);
  }
  return rest.startsWith("i") ? 1024n ** power : 1000n ** power;
}

/** As Go's big.Float reads a decimal: the digits are exact until they meet the power of five. */
function toFloat({ digits, exponent }: Amount): BigFloat {
  if (exponent === 0 || digits === 0n) return floatOf(digits, PRECISION);
  checkDigits(String(digits).length + exponent, NAME);
  const mantissa: BigFloat = { mantissa: digits, exponent };
  const power = powerOfFive(Math.abs(exponent));
  return exponent < 0 ? divide(mantissa, power, PRECISION) : multiply(mantissa, power, PRECISION);
}

function powerOfFive(exponent: number): BigFloat {
  if (exponent <= EXACT_POWER) return floatOf(5n ** BigInt(exponent), POWER_PRECISION);
  let power = floatOf(5n ** BigInt(EXACT_POWER), POWER_PRECISION);
  let factor = floatOf(5n, FACTOR_PRECISION);
  for (let rest = exponent - EXACT_POWER; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiply(power, factor, POWER_PRECISION);
    factor = multiply(factor, factor, FACTOR_PRECISION);
  }
  return power;
}
