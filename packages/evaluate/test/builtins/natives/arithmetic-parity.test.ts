import { describe, expect, it } from "@jest/globals";

import { loadRules, opaEvalText } from "../../support/policy.ts";
import { createRandom, joined } from "../../support/random.ts";
import type { Random } from "../../support/random.ts";

const CASES = 1000;
const DIGITS = "0123456789".split("");
const NOTABLE = [
  "0",
  "0.0",
  "1.0",
  "1e400",
  "-1e-400",
  "1.5e300",
  "0.5",
  "-0.5",
  "2.5",
  "100e-2",
  "-2147483649",
].concat([
  "4294967296",
  "9223372036854775807",
  "-9223372036854775808",
  "18446744073709551616",
  "18446744073709551617.5",
]);

/** As JSON writes it. A zero has no sign here, as in the module's own numbers. */
function number(random: Random): string {
  if (random.chance(0.3)) return random.pick(NOTABLE);
  const whole = `${random.pick(["", "-"])}${1 + random.int(9)}${joined(random, 24, DIGITS)}`;
  const fraction = random.chance(0.5) ? `.${random.int(10)}${joined(random, 20, DIGITS)}` : "";
  const exponent = random.chance(0.3)
    ? `${random.pick(["e", "E-", "e+"])}${random.int(random.pick([5, 40, 400]))}`
    : "";
  return random.chance(0.2) ? `-0.${random.int(10)}${joined(random, 9, DIGITS)}1` : whole + fraction + exponent;
}

describe("arithmetic beside stock OPA", () => {
  const random = createRandom();

  it.each([
    ["plus", "c[0] + c[1]"],
    ["minus", "c[0] - c[1]"],
    ["times", "c[0] * c[1]"],
    ["divided", "c[0] / c[1]"],
    ["rest", "c[0] % c[1]"],
    ["chained", "((c[0] + c[1]) * c[0] - c[1]) / c[1]"],
    ["rounded", "[abs(c[0]), ceil(c[0]), floor(c[0]), round(c[0])]"],
    ["sums", "[sum(c), product(c), sum({x | some x in c}), product({x | some x in c})]"],
    ["formatted", "[format_int(c[0], 2), format_int(c[1], 16)]"],
    ["compared", "[c[0] < c[1], c[0] == c[1], sort(c)]"],
  ])(`%s (PARITY_SEED=${random.seed})`, async (_name, expression) => {
    const cases = Array.from({ length: CASES }, () => `[${number(random)},${number(random)},${number(random)}]`);
    const answer = `json.marshal(value) if {\n\tvalue := ${expression}\n} else := "undefined"`;
    const rules = `@answers := [answer(c) | some c in input]\n\nanswer(c) := ${answer}`;
    const input = `[${cases.join(",")}]`;
    const ours = (await loadRules(rules)).decide(Buffer.from(input), "t/answers").value as string[];
    const theirs = JSON.parse(await opaEvalText(rules, "answers", input)) as string[];
    // A product of zero and a fraction below zero.
    const unsigned = theirs.map((text) => text.replaceAll(/(?<=^|[[,])-0(?=[\],]|$)/g, "0"));
    expect(cases.map((item, index) => [item, ours[index]])).toEqual(
      cases.map((item, index) => [item, unsigned[index]]),
    );
  });
});
