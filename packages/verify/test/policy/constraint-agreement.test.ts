import { describe, expect, it } from "@jest/globals";
import type { JsonValue } from "@policy-pack/pack";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { checkConstraintsAgree, constraint } from "../../src/policy/constraints.ts";

describe("checkConstraintsAgree", () => {
  it.each<[string, JsonValue[]]>([
    ["there are none", []],
    [
      "they are about other places",
      [
        { pointer: "/a", equals: 1 },
        { pointer: "/b", equals: 2 },
      ],
    ],
    [
      "they bound a number",
      [
        { pointer: "/a", minimum: 1 },
        { pointer: "/a", maximum: 1 },
      ],
    ],
    [
      "a value meets them all",
      [
        { pointer: "/a", equals: "abc" },
        { pointer: "/a", pattern: "^a.*$" },
      ],
    ],
    [
      "one of the values meets them all",
      [
        { pointer: "/a", oneOf: [1, 5] },
        { pointer: "/a", minimum: 2 },
      ],
    ],
    [
      "one is absent and one whose name begins alike is not",
      [
        { pointer: "/a", exists: false },
        { pointer: "/ab", equals: 1 },
      ],
    ],
    [
      "two are absent",
      [
        { pointer: "/a", exists: false },
        { pointer: "/a/b", exists: false },
      ],
    ],
    [
      "one is there and something of it is not",
      [
        { pointer: "/a", exists: true },
        { pointer: "/a/b", exists: false },
      ],
    ],
  ])("when %s returns", (_, constraints) => {
    expect(() => {
      checkConstraintsAgree(constraints.map(constraint));
    }).not.toThrow();
  });

  it.each<[string, JsonValue[]]>([
    [
      "equal two values",
      [
        { pointer: "/a", equals: 1 },
        { pointer: "/a", equals: 2 },
      ],
    ],
    [
      "equal a value beyond a bound",
      [
        { pointer: "/a", maximum: 1 },
        { pointer: "/a", equals: 2 },
      ],
    ],
    [
      "equal a value that a pattern does not match",
      [
        { pointer: "/a", equals: "b" },
        { pointer: "/a", pattern: "^a$" },
      ],
    ],
    [
      "list no value in common",
      [
        { pointer: "/a", oneOf: [1, 2] },
        { pointer: "/a", oneOf: [3] },
      ],
    ],
    [
      "list only values beyond a bound",
      [
        { pointer: "/a", oneOf: [1, 2] },
        { pointer: "/a", minimum: 3 },
      ],
    ],
    [
      "leave no number",
      [
        { pointer: "/a", minimum: 2 },
        { pointer: "/a", maximum: 1 },
      ],
    ],
    [
      "leave no number with a third",
      [
        { pointer: "/a", minimum: 2 },
        { pointer: "/a", minimum: 0 },
        { pointer: "/a", maximum: 1 },
      ],
    ],
    [
      "want a number and a text",
      [
        { pointer: "/a", minimum: 2 },
        { pointer: "/a", pattern: "^2$" },
      ],
    ],
    [
      "want a text and a number",
      [
        { pointer: "/a", pattern: "^2$" },
        { pointer: "/a", maximum: 2 },
      ],
    ],
    [
      "want it there and absent",
      [
        { pointer: "/a", exists: true },
        { pointer: "/a", exists: false },
      ],
    ],
    [
      "want a value of what is absent",
      [
        { pointer: "/a", exists: false },
        { pointer: "/a", equals: 1 },
      ],
    ],
    [
      "want something of what is absent",
      [
        { pointer: "/a/b", minimum: 1 },
        { pointer: "/a", exists: false },
      ],
    ],
    ["want no predicate", [{ pointer: "", exists: false }]],
  ])("when they %s throws MalformedError", (_, constraints) => {
    expect(() => {
      checkConstraintsAgree(constraints.map(constraint));
    }).toThrow(MalformedError);
  });
});
