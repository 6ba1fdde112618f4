import { describe, expect, it } from "@jest/globals";

import { RegoDecimal, RegoObject } from "../../../src/values/values.ts";
import type { RegoValue } from "../../../src/values/values.ts";
import { opaAnswers, ourAnswers } from "../../support/builtins.ts";
import type { Call } from "../../support/builtins.ts";
import { createRandom } from "../../support/random.ts";

const random = createRandom();
const CASES = 3000;
const LEAVES = [0n, 1n, 2n, -1n, new RegoDecimal("1.5"), new RegoDecimal("1e3"), "a", "b", "0", "<&>é😀", true, null];
const PATHS = ["/a", "/a/b", "b", "a/0", "/0", "/1", "/0/a", "/-", "/a/-", "/a/1", "b/b", "/2", "/01", "", "/1/b"];

function value(depth: number): RegoValue {
  const kind = random.int(depth === 0 ? 1 : 3);
  if (kind === 0) return random.pick<RegoValue>(LEAVES);
  const items = Array.from({ length: random.int(4) }, () => value(depth - 1));
  return kind === 1
    ? items
    : objectOf(items.map((item, index) => [random.pick(["a", "b", "0"]) + String(index), item]));
}

function objectOf(entries: readonly (readonly [string, RegoValue])[]): RegoObject {
  return new RegoObject(entries);
}

function document(): RegoValue {
  const inner = (): RegoValue =>
    objectOf([
      ["a", value(1)],
      ["b", random.pick<RegoValue>([[1n, 2n], value(2)])],
    ]);
  return random.pick<RegoValue>([
    objectOf([
      ["a", [inner(), 1n, 2n]],
      ["b", inner()],
    ]),
    [inner(), [1n], inner()],
    inner(),
  ]);
}

/** The whole document is never removed, nor an array mixed of insertions: stock OPA crashes on both. */
function operation(): RegoObject {
  const op = random.pick(["add", "remove", "replace", "move", "copy", "test"]);
  const path = random.pick(op === "remove" || op === "replace" || op === "move" ? PATHS.filter(Boolean) : PATHS);
  const from = random.pick(PATHS.filter(Boolean));
  return objectOf([
    ["op", op],
    ["path", path],
    ["value", value(1)],
    ["from", from],
  ]);
}

function call(): Call {
  if (random.chance(0.4)) return ["json.patch", document(), Array.from({ length: 1 + random.int(2) }, operation)];
  if (random.chance(0.5)) return ["object.subset", document(), random.chance(0.5) ? value(1) : document()];
  const options = objectOf(
    random.chance(0.5)
      ? [["pretty", random.chance(0.8)]]
      : [
          ["indent", " "],
          ["prefix", "p"],
        ],
  );
  return ["json.marshal_with_options", value(3), options];
}

describe(`JSON builtins beside stock OPA (PARITY_SEED=${random.seed})`, () => {
  it(`on ${CASES} random calls gives the same answers`, async () => {
    const calls = Array.from({ length: CASES }, call);
    expect(await ourAnswers(calls)).toEqual(await opaAnswers(calls));
  });
});
