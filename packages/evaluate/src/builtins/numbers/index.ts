import { RegoDecimal } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinContext, BuiltinFamily } from "../builtin.ts";
import { integerOperand, stringOperand } from "../operands.ts";

/** OPA goes on until it is cancelled; ten bytes of input ask for 10^9 numbers. */
const MAX_NUMBERS = 1_000_000n;
/** Of all numbers together: a million of them may each have as many digits as the operands. */
const MAX_HEX_DIGITS = 64 * 1024 * 1024;
/** Of an integer that an exponent writes. */
const MAX_DIGITS = 100_000;
/** Half of all draws are taken, or more: a source that misses so often is none. */
const MAX_DRAWS = 256;

export const NUMBER_BUILTINS: BuiltinFamily = {
  "numbers.range_step": (operands) => {
    const [from, to] = [bigIntegerOperand(operands, 1), bigIntegerOperand(operands, 2)];
    const step = bigIntegerOperand(operands, 3);
    if (step <= 0n) throw new BuiltinError("numbers.range_step: step must be a positive integer");
    return range(from, to, step);
  },
  "rand.intn": (operands, context) => {
    const key = stringOperand(operands, 1);
    const written = integerOperand(operands, 2);
    const limit = written < 0n ? -written : written;
    return limit === 0n ? 0n : context.once(`rand.intn ${limit} ${key}`, () => randomBelow(limit, context));
  },
};

function range(from: bigint, to: bigint, step: bigint): RegoValue[] {
  const last = (from <= to ? to - from : from - to) / step;
  if (last >= MAX_NUMBERS) throw new RangeError(`numbers.range_step of more than ${MAX_NUMBERS} numbers`);
  const longest = Math.max(from.toString(16).length, to.toString(16).length);
  if ((Number(last) + 1) * longest > MAX_HEX_DIGITS) {
    throw new RangeError("numbers.range_step of more numbers of that length than a decision may hold");
  }
  const signed = from <= to ? step : -step;
  return Array.from({ length: Number(last) + 1 }, (_, index) => from + BigInt(index) * signed);
}

/** An integer of any size, as Go's big.Rat reads it: `1e3` and `2.50e1` are integers, `2.5` is none. */
function bigIntegerOperand(operands: readonly RegoValue[], position: number): bigint {
  const value = operands[position - 1];
  if (typeof value === "bigint") return value;
  if (!(value instanceof RegoDecimal)) throw new BuiltinError(`operand ${position} must be integer`);
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] =
    /^(-?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/.exec(value.text) ?? [];
  const digits = BigInt(whole + fraction);
  const exponent = Number(exponentText) - fraction.length;
  if (digits === 0n) return 0n;
  if (exponent > MAX_DIGITS || (exponent < -MAX_DIGITS && whole.length + fraction.length > MAX_DIGITS)) {
    throw new RangeError(`an integer of more than ${MAX_DIGITS} digits`);
  }
  const scale = 10n ** BigInt(Math.min(Math.abs(exponent), MAX_DIGITS));
  if (exponent < 0 && digits % scale !== 0n) {
    throw new BuiltinError(`operand ${position} must be integer number but got floating-point number`);
  }
  const integer = exponent < 0 ? digits / scale : digits * scale;
  return sign === "-" ? -integer : integer;
}

/**
 * Even over all values: what lies behind the last whole multiple is drawn again.
 *
 * @throws RangeError for a source that draws nothing else
 */
function randomBelow(limit: bigint, context: BuiltinContext): bigint {
  const length = Math.ceil(limit.toString(16).length / 2);
  const bound = ((1n << BigInt(length * 8)) / limit) * limit;
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const drawn = BigInt(`0x${Buffer.from(context.randomBytes(length)).toString("hex")}`);
    if (drawn < bound) return drawn % limit;
  }
  throw new RangeError("the source of randomness gives no number below the limit");
}
