import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "@jest/globals";

import { findTestOpa, withTempDir } from "@policy-pack/testkit";

import { printedLines } from "../../../src/builtins/diagnostics/print.ts";
import { RegoDecimal, RegoSet } from "../../../src/values/values.ts";
import type { RegoValue } from "../../../src/values/values.ts";
import { createRandom, joined, some } from "../../support/random.ts";
import type { Random } from "../../support/random.ts";
import { toJsonText, toRego } from "../../support/values.ts";

const CASES = 1000;
const TEXTS = ["a", "é", "😀", '"', "\\", "\n", "\t", "\u0000", "\u007f", "\u0085", "\u00ad", "\u2028", "`", "<"];
const NUMBERS = [0n, -1n, 10n ** 30n, new RegoDecimal("1.0"), new RegoDecimal("-2.50"), new RegoDecimal("1e3")];

function value(random: Random, depth: number): RegoValue {
  const simple = [null, true, joined(random, 4, TEXTS), random.pick(NUMBERS)];
  if (depth === 0 || random.chance(0.4)) return random.pick(simple);
  const items = some(random, 3, (r) => value(r, depth - 1));
  const object = Object.fromEntries(items.map((item, index) => [`${random.pick(TEXTS)}${index}`, item]));
  return random.chance(0.5) ? items : toRego(object);
}

/** What stock OPA prints of each case: a text, a set, and nothing. */
async function opaPrints(cases: readonly RegoValue[]): Promise<string> {
  return withTempDir(async (dir) => {
    const [policy, input] = [join(dir, "p.rego"), join(dir, "input.json")];
    await writeFile(policy, 'package p\n\nx := [1 | some c in input.cases; print("end", c, {c}, input.nothing)]\n');
    await writeFile(input, toJsonText(toRego({ cases })));
    const command = ["eval", "--data", policy, "--input", input, "data.p.x"];
    const { stderr } = await promisify(execFile)(await findTestOpa(), command, { maxBuffer: 64 * 1024 * 1024 });
    return stderr;
  });
}

const random = createRandom();

describe(`print beside stock OPA, on ${CASES} random values (PARITY_SEED=${random.seed})`, () => {
  it("prints the same lines", async () => {
    const cases = Array.from({ length: CASES }, () => value(random, 3));
    const ours = cases.flatMap((item) =>
      printedLines([new RegoSet(["end"]), new RegoSet([item]), new RegoSet([new RegoSet([item])]), new RegoSet([])]),
    );
    expect(ours.join("\n").split("\nend ")).toEqual((await opaPrints(cases)).trimEnd().split("\nend "));
  });
});
