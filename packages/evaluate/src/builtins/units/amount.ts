import { BuiltinError } from "../builtin.ts";

/** What OPA refuses, with the message that it has for it. */
export type AmountProblem = "exponent too large" | "no amount" | "not a number";

/** A number of the form 12.5e3, exactly: digits × 10^exponent. */
export interface Amount {
  readonly isNegative: boolean;
  readonly digits: bigint;
  readonly exponent: number;
}

const MAX_EXPONENT_DIGITS = 6;
const NUMBER = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/;
/** An integer of more digits is written nowhere in a policy's result; Go would print a megabyte for nine bytes. */
const MAX_DIGITS = 100_000;

/** The longest start that may belong to a number, and the rest as the unit; both can be empty. */
export function splitAmount(text: string, name: string): [amount: string, unit: string] {
  let index = 0;
  while (index < text.length && /[0-9.eE+-]/.test(text.charAt(index))) {
    if (/[eE]/.test(text.charAt(index))) {
      if (!/[0-9+-]/.test(text.charAt(index + 1))) break;
      if (/[+-]/.test(text.charAt(index + 1))) index++;
      checkExponent(text, index + 1, name);
    }
    index++;
  }
  return [text.slice(0, index), text.slice(index)];
}

function checkExponent(text: string, start: number, name: string): void {
  let end = start;
  while (/[0-9]/.test(text.charAt(end)) && end - start <= MAX_EXPONENT_DIGITS) end++;
  if (end - start > MAX_EXPONENT_DIGITS) throw new BuiltinError(`${name}: exponent too large`);
}

/**
 * @throws BuiltinError for what is no number
 * @throws RangeError for one of more digits than this host carries
 */
export function parseAmount(text: string, name: string): Amount {
  const match = NUMBER.exec(text);
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match ?? [];
  if (whole === "" && fraction === "") throw new BuiltinError(`${name}: could not parse amount to a number`);
  if (whole.length + fraction.length > MAX_DIGITS) throw tooLong(name);
  return {
    isNegative: sign === "-",
    digits: BigInt(whole + fraction),
    exponent: Number(exponent) - fraction.length,
  };
}

export function checkDigits(count: number, name: string): void {
  if (count > MAX_DIGITS) throw tooLong(name);
}

function tooLong(name: string): RangeError {
  return new RangeError(`${name} of a number with more than ${MAX_DIGITS} digits`);
}

/** Go lowers single characters, and the dotted capital I to one. */
export function goLower(text: string): string {
  return text.replaceAll("\u0130", "i").toLowerCase();
}
