import { describe, expect, it } from "@jest/globals";

import type { RegoValue } from "../../../src/values/values.ts";
import { RegoDecimal, RegoObject } from "../../../src/values/values.ts";
import { opaAnswers, ourAnswers } from "../../support/builtins.ts";
import type { Call } from "../../support/builtins.ts";
import { createRandom } from "../../support/random.ts";

const random = createRandom();
const CASES = 3000;

const SCALARS = [
  ...[
    "a",
    "foo bar",
    "1",
    "1.5",
    "-1",
    "0x1F",
    "017",
    "08",
    "1_0",
    "0b1",
    "1e3",
    ".5",
    ".inf",
    ".nan",
    "~",
    "null",
    "",
  ],
  ...[
    "yes",
    "No",
    "on",
    "y",
    "2001-01-01",
    "12:30:45",
    "-0.0",
    "18446744073709551616",
    "é",
    "😀",
    '"a\\tb"',
    "'it''s'",
  ],
  ...['"x\\\n  y"', "'a\n\n b'", "!!str 1", "!!int 1.0", "!!float 1", "!foo x", "! 1", "!!binary aGk=", "&x 1", "*x"],
  ...["a: b", "- a", "?", "? a", ":", "a:b", "a#b", "a #c", "%x", "@a", "--- a", "|\n  lit\n  two\n", "|-\n x\n"],
  ...[
    ">\n fold\n more\n\n  in\n",
    "|2\n   x\n",
    "\ta",
    "\u2028",
    "\u0085",
    "[a, b]",
    "{a: b}",
    "[a: b]",
    "[?]",
    "{a, b}",
  ],
  ...["[a,]", "[,]", "{?}", "[]", "{}", "'open", "]", "!", "!<tag:yaml.org,2002:str> 1", "!a!b c", "=", "..."],
];
const KEYS = ["a", "b", "c", "d", "'q r'", '"s"', "? e", "<<", "x y", "*x", "&z g", "[f]", "1.5"];
const SIGNS = Array.from("ab \n-:?#&*!|>'\"%[]{},1.\t~\\=\r").concat("\n  ", "\n- ", ": ", "- ", "---\n", "é");

function block(depth: number, indent: number): string {
  const kind = random.int(depth === 0 ? 1 : 4);
  if (kind < 2) return ` ${random.pick(SCALARS).replaceAll("\n", `\n${" ".repeat(indent)}`)}`;
  const slip = (): number => Math.max(0, random.chance(0.96) ? indent : indent + random.int(3) - 1);
  const lines = Array.from({ length: 1 + random.int(3) }, (_, index) => {
    const key = kind === 2 ? "-" : `${KEYS[(random.int(KEYS.length) + index) % KEYS.length] ?? ""}:`;
    return `\n${" ".repeat(slip())}${key}${block(depth - 1, indent + 1 + random.int(3))}`;
  });
  return lines.join("");
}

function yamlText(): string {
  if (random.chance(0.4)) return Array.from({ length: 1 + random.int(12) }, () => random.pick(SIGNS)).join("");
  return (
    random.pick(["", "", "", "---", "%YAML 1.1\n---", "\ufeff"]) +
    block(3, 0) +
    random.pick(["", "\n", "\n...", "\n---\nb"])
  );
}

function text(): string {
  const plain = random.pick(SCALARS);
  const signs = Array.from({ length: random.int(9) }, () => random.pick(SIGNS)).join("");
  return random.pick([plain, signs, `${plain} `.repeat(random.int(30)), `${plain}\n`, `k${random.int(200)}`]);
}

function value(depth: number): RegoValue {
  const kind = random.int(depth === 0 ? 4 : 8);
  if (kind === 0) return random.pick<RegoValue>([null, true, 0n, -1n, new RegoDecimal("1.5"), new RegoDecimal("1e21")]);
  if (kind < 4) return text();
  const items = Array.from({ length: random.int(4) }, () => value(depth - 1));
  if (kind < 6) return items;
  return new RegoObject([...new Map(items.map((item) => [text(), item] as const))]);
}

/** Of `1` and `"1"` as keys of one mapping OPA keeps now the one, now the other: no key here reads as another's text. */
function call(): Call {
  if (random.chance(0.4)) return ["yaml.marshal", value(3)];
  return [random.chance(0.8) ? "yaml.unmarshal" : "yaml.is_valid", yamlText()];
}

describe(`YAML builtins beside stock OPA (PARITY_SEED=${random.seed})`, () => {
  it(`on ${CASES} random calls gives the same answers`, async () => {
    const calls = Array.from({ length: CASES }, call);
    const [ours, theirs] = [await ourAnswers(calls), await opaAnswers(calls)];
    const paired = (answers: readonly string[]) =>
      calls.map(([, operand], index) => ({ operand, answer: answers[index] }));
    expect(paired(ours)).toEqual(paired(theirs));
    expect(theirs.filter((answer) => answer === "undefined").length).toBeLessThan(CASES * 0.6);
  });
});
