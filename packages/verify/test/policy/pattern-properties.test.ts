import { describe, expect, it } from "@jest/globals";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { VERIFY_LIMITS } from "../../src/limits.ts";
import { compilePattern } from "../../src/policy/pattern.ts";
import type { Pattern } from "../../src/policy/pattern.ts";
import { createRandom } from "../support/random.ts";
import type { Random } from "../support/random.ts";

const random = createRandom();
const TEXTS_EACH = 12;

/** A pattern without its anchors, of the kinds that every engine knows. */
function writePattern(random: Random, depth: number): string {
  const inner = (): string => writePattern(random, depth - 1);
  const kinds = ["one", "one", "class", "sequence", "sequence", "group", "choice", "count"] as const;
  switch (depth === 0 ? "one" : random.pick(kinds)) {
    case "one":
      return random.pick(["a", "b", "1", "_", "🦊", "\\.", "\\$", "\\\\", ".", "\\d", "\\D", "\\w", "\\W"]);
    case "class":
      return random.pick(["[ab]", "[^a]", "[a-b1]", "[\\w.]", "[^\\d_]", "[-a]", "[a\\]]", "[🦊-🦎]", "[^\\D]"]);
    case "sequence":
      return `${inner()}${inner()}`;
    case "group":
      return `(${inner()})`;
    case "choice":
      return `(?:${inner()}|${inner()}|)`;
    case "count":
      return `(?:${inner()})${random.pick(["*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?", "??", "{1,2}?"])}`;
  }
}

function writeText(random: Random, characters: readonly [string, ...string[]], maxLength: number): string {
  return Array.from({ length: random.int(maxLength + 1) }, () => random.pick(characters)).join("");
}

function compiled(text: string): Pattern | undefined {
  try {
    return compilePattern(text);
  } catch (thrown) {
    if (thrown instanceof MalformedError) return undefined;
    throw thrown;
  }
}

describe(`compilePattern beside ECMAScript's own expressions (VERIFY_SEED=${random.seed})`, () => {
  it("when a pattern is well formed matches the same texts", () => {
    let matched = 0;
    for (let round = 0; round < 3000; round += 1) {
      const body = writePattern(random, 4);
      const pattern = compilePattern(`^${body}$`);
      const expression = new RegExp(`^(?:${body})$`, "u");
      for (let count = 0; count < TEXTS_EACH; count += 1) {
        const text = writeText(random, ["a", "b", "1", "_", ".", "-", "\\", "🦊", "\n", "é"], 7);
        const isMatch = pattern.matches(text);
        if (isMatch !== expression.test(text)) throw new Error(`they differ on ${body} and ${JSON.stringify(text)}`);
        matched += isMatch ? 1 : 0;
      }
    }
    expect(matched).toBeGreaterThan(1000);
  });

  it("when a pattern is any text refuses it or matches the same texts", () => {
    const characters = Array.from("ab^$|()[]{}*+?.\\-,12dwDW:<=!&") as [string, ...string[]];
    let taken = 0;
    for (let round = 0; round < 40_000; round += 1) {
      const source = `^${writeText(random, characters, 9)}$`;
      const pattern = compiled(source);
      // RE2 takes \- everywhere, ECMAScript in classes alone.
      if (pattern === undefined || source.includes("\\-")) continue;
      const expression = new RegExp(source, "u");
      taken += 1;
      for (let count = 0; count < TEXTS_EACH; count += 1) {
        const text = writeText(random, ["a", "b", "1", "d", ".", "-", "\\", "^", "$", "|", ","], 4);
        if (pattern.matches(text) !== expression.test(text)) {
          throw new Error(`they differ on ${source} and ${JSON.stringify(text)}`);
        }
      }
    }
    expect(taken).toBeGreaterThan(1000);
  });
});

describe("compilePattern", () => {
  // An engine that goes back would need longer than there is time for each of these.
  it.each([
    "^(?:a+)+$",
    "^(?:a|a)*$",
    "^(?:a*)*b$",
    "^(?:a|aa)+$",
    "^(?:.*a){30}$",
    "^(?:a?){50}(?:a){50}$",
    "^(?:.*.*)*b$",
  ])("when %s is given the longest text that almost matches returns false", (source) => {
    const almost = `${"a".repeat(VERIFY_LIMITS.maxMatchedText - 1)}\n`;
    expect(compilePattern(source).matches(almost)).toBe(false);
  });
});
