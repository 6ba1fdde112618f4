import { SIMULATE_LIMITS } from "../limits.ts";
import { percentOf } from "./decimal.ts";
import type { BoundaryNumber } from "./input-model.ts";

/** Shares of one package that are worked out; each is taken of many numbers. */
const MAX_SHARES = 8;

/** A share (80 percent, a ratio of 0.8) of each number that stands in the same document: where a warning begins. */
export function sharesOf(numbers: readonly BoundaryNumber[]): readonly BoundaryNumber[] {
  const shares = numbers.flatMap((number) => {
    const percent = percentIn(number);
    return percent === undefined ? [] : [{ percent, names: number.names }];
  });
  return shares.slice(0, MAX_SHARES).flatMap(({ percent, names }) =>
    numbers
      .filter((number) => percentIn(number) === undefined && isBeside(number.names, names))
      .slice(0, SIMULATE_LIMITS.maxBoundaries)
      .flatMap((number) => {
        const value = percentOf(number.value, percent);
        return value === undefined ? [] : [{ value, names: number.names }];
      }),
  );
}

/** The hundredths that a number means by its name: of `warn_at_percent` the number, of `warn_ratio` a hundred times it. */
export function percentIn({ value, names }: BoundaryNumber): number | undefined {
  const name = names.at(-1) ?? "";
  if (/percent|pct/i.test(name) && value > 0 && value <= 100) return value;
  return /ratio|share|fraction/i.test(name) && value > 0 && value <= 1 ? percentOf(value, 10_000) : undefined;
}

/** Whether a number stands in the object that the share stands in, or below it. */
function isBeside(names: readonly string[], share: readonly string[]): boolean {
  return share.slice(0, -1).every((name, index) => name === names[index]);
}
