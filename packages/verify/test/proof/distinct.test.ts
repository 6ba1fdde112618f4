import { describe, expect, it } from "@jest/globals";
import { groupByTags } from "../../src/proof/distinct.ts";

describe("groupByTags", () => {
  it.each<[string, string[][], number[][]]>([
    ["there is nothing", [], []],
    ["nothing is shared", [["a"], ["b"]], [[0], [1]]],
    [
      "one tag is shared",
      [
        ["a", "b"],
        ["b", "c"],
      ],
      [[0, 1]],
    ],
    ["tags chain, whatever the order", [["a"], ["b"], ["a", "b"]], [[0, 1, 2]]],
    [
      "two chains stand apart",
      [["a"], ["b"], ["c", "a"], ["b", "d"]],
      [
        [0, 2],
        [1, 3],
      ],
    ],
    ["something has no tag", [[], []], [[0], [1]]],
  ])("when %s returns the groups", (_, tags, groups) => {
    expect(groupByTags(tags).toSorted(([one = 0], [other = 0]) => one - other)).toEqual(groups);
  });
});
