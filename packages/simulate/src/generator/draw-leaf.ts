import type { Dice } from "./dice.ts";
import { fromDecimal, toDecimal } from "./decimal.ts";
import { toDateTime } from "./pools.ts";
import { acceptsNumber, acceptsText } from "./schema-accepts.ts";
import type { NumberShape, TextShape } from "./schema-node.ts";
import { edgesOf, sampleText, timesOf } from "./schema-shapes.ts";

const TRIES = 32;
/** Where the schema sets no bound. */
const UNBOUNDED = 1_000_000;
const SMALL = 100;
const FIRST_DATE = 0;
/** 2100-01-01 in seconds. */
const LAST_DATE = 4_102_444_800;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const OTHERS = ["A", "Z", "0", "9", " ", "-", "_", ".", "/", "é", "ß", "雪", "😀"];
const LONGEST = 24;

/** A number within the bounds, whole or with up to four decimal places, small ones as often as any. */
export function drawNumber(shape: NumberShape, dice: Dice): number {
  for (let round = 0; round < TRIES; round++) {
    const value = shape.multiplesOf.length > 0 ? drawMultiple(shape, dice) : drawPlain(shape, dice);
    if (acceptsNumber(shape, value)) return value;
  }
  return dice.pick(edgesOf(shape)) ?? 0;
}

/** A text of the pattern, a date-time, or letters and a few others in the length that is asked for. */
export function drawText(shape: TextShape, dice: Dice): string {
  if (shape.patterns.length > 0) {
    // That one exists was seen when the schema was read.
    return sampleText(shape, dice, TRIES) ?? sampleText(shape, dice, TRIES * TRIES) ?? "";
  }
  for (let round = 0; round < TRIES; round++) {
    const text = shape.isDateTime ? toDateTime(dice.between(FIRST_DATE, LAST_DATE) * 1000) : drawLetters(shape, dice);
    if (acceptsText(shape, text)) return text;
  }
  return "a".repeat(shape.minLength);
}

function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: NumberShape): readonly [number, number] {
  const from = Math.max(minimum, exclusiveMinimum);
  const to = Math.min(maximum, exclusiveMaximum);
  const low = Number.isFinite(from) ? from : Number.isFinite(to) ? to - UNBOUNDED : -UNBOUNDED;
  const high = Number.isFinite(to) ? to : low + 2 * UNBOUNDED;
  const safe = (bound: number): number => Math.min(Math.max(bound, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  return [safe(low), safe(high)];
}

function drawPlain(shape: NumberShape, dice: Dice): number {
  const [low, high] = boundsOf(shape);
  const from = Math.ceil(low);
  const to = Math.max(from, Math.floor(dice.chance(50) ? Math.min(high, low + SMALL) : high));
  const whole = dice.between(from, to);
  const places = shape.isWhole ? 0 : (dice.pick([0, 1, 2, 4]) ?? 0);
  const decimal = toDecimal(whole);
  if (places === 0 || decimal === undefined) return whole;
  const part = BigInt(dice.below(10 ** places));
  return fromDecimal({ units: decimal.units * 10n ** BigInt(places) + part, places });
}

function drawMultiple(shape: NumberShape, dice: Dice): number {
  const [low, high] = boundsOf(shape);
  const [of = 1] = shape.multiplesOf;
  const from = Math.ceil(low / of);
  const to = Math.floor(high / of);
  return Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to ? timesOf(of, dice.between(from, to)) : 0;
}

function drawLetters({ minLength, maxLength }: TextShape, dice: Dice): string {
  const length = dice.between(minLength, Math.max(minLength, Math.min(maxLength, minLength + LONGEST)));
  const one = (): string =>
    dice.chance(90) ? (LETTERS[dice.below(LETTERS.length)] ?? "a") : (dice.pick(OTHERS) ?? "a");
  return Array.from({ length }, one).join("");
}
