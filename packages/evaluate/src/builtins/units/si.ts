import { RegoDecimal } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { checkDigits, goLower, parseAmount, splitAmount } from "./amount.ts";

const NAME = "units.parse";
const LETTERS = "kmgtpe";
/** What Go prints behind the point of a number that is no integer. */
const PLACES = 10;
/** Go refuses to read a number with a larger power of five. */
const MAX_POWER = 1_000_000;

interface Factor {
  readonly numerator: bigint;
  /** As a power of two. */
  readonly denominatorBits: bigint;
}

/** The double nearest to 0.001, which OPA takes for a thousandth. */
const MILLI: Factor = { numerator: 1_152_921_504_606_847n, denominatorBits: 60n };

/**
 * The number that a text such as `10Ki` or `200m` means, with SI prefixes of powers of 1000 and of 1024: an integer, or
 * ten places of the exact value.
 *
 * @throws BuiltinError
 */
export function parseUnits(raw: string): bigint | RegoDecimal {
  const text = raw.replaceAll('"', "");
  if (text.includes(" ")) throw new BuiltinError(`${NAME}: spaces not allowed in resource strings`);
  const [amount, unit] = splitAmount(text, NAME);
  if (amount === "") throw new BuiltinError(`${NAME}: no amount provided`);
  const { numerator, denominatorBits } = factorOf(unit);
  const { isNegative, digits, exponent } = parseAmount(amount, NAME);
  if (digits === 0n) return 0n;
  if (Math.abs(exponent) > MAX_POWER) throw new BuiltinError(`${NAME}: could not parse amount to a number`);
  checkDigits(String(digits).length + exponent, NAME);
  const scale = 10n ** BigInt(Math.abs(exponent));
  const value = digits * numerator * (exponent > 0 ? scale : 1n);
  return fractionText(value, (exponent < 0 ? scale : 1n) << denominatorBits, isNegative);
}

/** The second letter may be a capital; the first tells milli from mega. */
function factorOf(unit: string): Factor {
  if (unit === "") return { numerator: 1n, denominatorBits: 0n };
  if (unit === "m") return MILLI;
  const power = LETTERS.indexOf(unit.charAt(0).toLowerCase()) + 1;
  const rest = goLower(unit.slice(1));
  if (power === 0 || /[^a-zA-Z]/.test(unit.charAt(0)) || (rest !== "" && rest !== "i")) {
    throw new BuiltinError(`${NAME}: unit ${unit.slice(0, 200)} not recognized`);
  }
  return { numerator: (rest === "i" ? 1024n : 1000n) ** BigInt(power), denominatorBits: 0n };
}

/** Rounded half away from zero, as Go's Rat.FloatString. */
function fractionText(numerator: bigint, denominator: bigint, isNegative: boolean): bigint | RegoDecimal {
  const whole = numerator / denominator;
  if (whole * denominator === numerator) return isNegative ? -whole : whole;
  const scaled = (numerator * 10n ** BigInt(PLACES) * 2n + denominator) / (denominator * 2n);
  const text = String(scaled).padStart(PLACES + 1, "0");
  return new RegoDecimal(`${isNegative ? "-" : ""}${text.slice(0, -PLACES)}.${text.slice(-PLACES)}`);
}
