import { describe, expect, it } from "@jest/globals";

import { sprintf } from "../../../src/builtins/strings/go-printf.ts";
import type { Argument } from "../../../src/builtins/strings/go-printf.ts";

const BIG = 2n ** 64n;

const CASES: readonly (readonly [format: string, args: readonly Argument[], text: string])[] = [
  ["%v %v %v", [1n, "a", 1.5], "1 a 1.5"],
  ["%d%%", [50n], "50%"],
  ["%5d|%-5d|%05d|%+d|% d|%.3d", [7n, 7n, -7n, 7n, 7n, 7n], "    7|7    |-0007|+7| 7|007"],
  ["%x %X %#x %o %#o %O %b %#b", [255n, 255n, 255n, 8n, 8n, 8n, 5n, 5n], "ff FF 0xff 10 010 0o10 101 0b101"],
  ["%.0d|%3.0d", [0n, 0n], "|   "],
  ["%c %q %U %#U", [233n, 233n, 233n, 233n], "é 'é' U+00E9 U+00E9 'é'"],
  ["%c %q %U", [-1n, 55_296n, -1n], "\ufffd '\ufffd' U+FFFFFFFFFFFFFFFF"],
  [
    "%s %q %x %X % x %# x",
    ["hé", 'a"\n', "hé", "hé", "hé", "hé"],
    'hé "a\\"\\n" 68c3a9 68C3A9 68 c3 a9 0x68 0xc3 0xa9',
  ],
  ["%#q %+q %#v", ["raw", "é😀", "v"], '`raw` "\\u00e9\\U0001f600" "v"'],
  ["%.2s|%5s|%-5s|%05s", ["héllo", "é", "é", "é"], "hé|    é|é    |0000é"],
  [
    "%f %.2f %8.3f %-8.1f| %+.1f %08.2f",
    [1.5, 2.345, 3.14159, 2.5, 2.5, -2.5],
    "1.500000 2.35    3.142 2.5     | +2.5 -0002.50",
  ],
  [
    "%e %g %G %.3g %#g %.0f %.0f",
    [123456.789, 1e21, 1e-7, 1234.5, 1.5, 0.5, 1.5],
    "1.234568e+05 1e+21 1E-07 1.23e+03 1.50000 0 2",
  ],
  ["%x %.1x %b", [1.5, 1.96875, 1.5], "0x1.8p+00 0x1.0p+01 6755399441055744p-52"],
  [
    "%d %s %t %v",
    [BIG, BIG, "true", BIG],
    "18446744073709551616 18446744073709551616 %!t(string=true) 18446744073709551616",
  ],
  [
    "%+x|%#X|%25d|%-22d|%022d|%.21d",
    [BIG, BIG, BIG, BIG, BIG, BIG],
    "+10000000000000000|0X10000000000000000|     18446744073709551616|18446744073709551616  |0018446744073709551616|018446744073709551616",
  ],
  ["%q %z", [BIG, BIG], "%!q(big.Int=18446744073709551616) %!z(big.Int=18446744073709551616)"],
  ["%T %T %T %T", [1n, 1.5, "a", BIG], "int64 float64 string *big.Int"],
  ["%d %s %f %z", ["a", 1n, 1n, 1.5], "%!d(string=a) %!s(int64=1) %!f(int64=1) %!z(float64=1.5)"],
  ["%d %d", [1n], "1 %!d(MISSING)"],
  ["a", [1n, "b", BIG], "a%!(EXTRA int64=1, string=b, *big.Int=18446744073709551616)"],
  ["%", [1n], "%!(NOVERB)%!(EXTRA int64=1)"],
  ["%5", [1n], "%!(NOVERB)%!(EXTRA int64=1)"],
  ["%!", [1n], "%!!(int64=1)"],
  ["%[2]d %[1]d %d", [1n, 2n], "2 1 2"],
  ["%[3]d %[x]d %[d", [1n, 2n], "%!d(BADINDEX) %!d(BADINDEX) %!d(BADINDEX)"],
  ["%[1]2d", [1n], "%!d(BADINDEX)"],
  ["%*d|%-*d|%*d", [4n, 1n, 4n, 1n, -4n, 1n], "   1|1   |1   "],
  ["%.*f|%.*d", [1n, 1.25, -1n, 5n], "1.2|%!(BADPREC)5"],
  ["%*d", ["x", 1n], "%!(BADWIDTH)1"],
  ["%*d", [2_000_000n, 1n], "%!(BADWIDTH)1"],
  ["%99999999d", [1n], "%!(NOVERB)%!(EXTRA int64=1)"],
  ["%é", [1n], "%!é(int64=1)"],
  ["%w", [1n], "%!w(int64=1)"],
];

describe("sprintf", () => {
  it.each(CASES)("prints %j with %p as Go does", (format, args, text) => {
    expect(sprintf(format, args)).toBe(text);
  });

  it("throws RangeError when the text grows without end", () => {
    expect(() => sprintf("%1000000d".repeat(40), Array<bigint>(40).fill(1n))).toThrow(RangeError);
  });

  it("throws RangeError for what shows Go's memory", () => {
    expect(() => sprintf("%p", [BIG])).toThrow(RangeError);
  });
});
