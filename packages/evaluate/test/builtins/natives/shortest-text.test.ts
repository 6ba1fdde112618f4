import { describe, expect, it } from "@jest/globals";

import {
  add,
  divide,
  fromInteger,
  multiply,
  parseBigFloat,
  subtract,
} from "../../../src/builtins/natives/big-float.ts";
import { formatBigFloat } from "../../../src/builtins/natives/shortest-text.ts";

describe("formatBigFloat", () => {
  it.each([
    ["0.1", "0.1"],
    ["-0", "-0"],
    ["1.50", "1.5"],
    ["0.00001", "1e-05"],
    ["0.0001", "0.0001"],
    ["123456.5", "123456.5"],
    ["1234567.5", "1.2345675e+06"],
    ["1e-400", "1e-400"],
    ["1e21", "1000000000000000000000"],
    ["18446744073709551617", "18446744073709551616"],
    ["0.30000000000000004", "0.30000000000000004"],
  ])("of %s is %s", (text, expected) => {
    expect(formatBigFloat(parseBigFloat(text))).toBe(expected);
  });

  it("takes a digit more where Go does, between 100 and what rounds up to it", () => {
    const difference = subtract(parseBigFloat("-54.1132575"), parseBigFloat("716399870274006731914"));
    expect(formatBigFloat(difference)).toBe("-716399870274006731960");
  });

  it("computes in 64 bits, an integer in all that it has", () => {
    const [tenth, third] = [parseBigFloat("0.1"), divide(fromInteger(1n), fromInteger(3n))];
    expect(formatBigFloat(add(tenth, parseBigFloat("0.2")))).toBe("0.3");
    expect(formatBigFloat(third)).toBe("0.33333333333333333334");
    expect(formatBigFloat(multiply(fromInteger(-1n), parseBigFloat("0")))).toBe("-0");
    expect(formatBigFloat(fromInteger(2n ** 70n + 1n))).toBe(String(2n ** 70n + 1n));
  });

  it.each(["1e20001", "-1e-20001", "1e999999999999"])("refuses to read %s", (text) => {
    expect(() => parseBigFloat(text)).toThrow(RangeError);
  });

  it("refuses products beyond what is read", () => {
    const large = parseBigFloat("1e20000");
    expect(() => multiply(large, large)).toThrow(RangeError);
  });
});
