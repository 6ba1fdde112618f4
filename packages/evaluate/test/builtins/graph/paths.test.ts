import { describe, expect, it } from "@jest/globals";

import { GRAPH_BUILTINS } from "../../../src/builtins/graph/index.ts";
import { RegoDecimal, RegoObject, RegoSet } from "../../../src/values/values.ts";
import { callBuiltin, toRego } from "../../support/values.ts";

const paths = (graph: unknown, initial: unknown) =>
  callBuiltin(GRAPH_BUILTINS["graph.reachable_paths"], [graph, initial]);
const setOf = (...members: unknown[]) => new RegoSet(members.map(toRego));

describe("graph.reachable_paths", () => {
  it.each<[string, unknown, unknown, readonly unknown[]]>([
    ["nothing", {}, ["a"], []],
    ["a node without edges", { a: [] }, new Set(["a"]), [["a"]]],
    ["edges that are none", { a: null, b: "c" }, ["a", "b"], [["a"], ["b"]]],
    ["a circle", { a: ["b"], b: ["c"], c: ["a"] }, ["a"], [["a", "b", "c"]]],
    ["a node that leads to itself", { a: ["a"] }, ["a"], [["a", "a"]]],
    [
      "a start that leads to itself and on",
      { a: ["a", "b"], b: [] },
      ["a"],
      [
        ["a", "a"],
        ["a", "b"],
        ["a", "a", "b"],
      ],
    ],
    ["a node that is not there", { a: ["x", "b"], b: ["x"] }, ["a"], [["a"], ["a", "b"]]],
    [
      "a fork",
      { a: new Set(["b", "c"]), b: ["d"], c: ["d"], d: [] },
      ["a"],
      [
        ["a", "b", "d"],
        ["a", "c", "d"],
      ],
    ],
  ])("follows %s", (_title, graph, initial, expected) => {
    expect(paths(graph, initial)).toEqual(setOf(...expected));
  });

  it("takes equal numbers for one node", () => {
    const graph = new RegoObject([
      [1n, [2n]],
      [2n, [new RegoDecimal("1.0")]],
    ]);
    expect(paths(graph, [new RegoDecimal("1.0")])).toEqual(setOf([1n, 2n]));
  });

  it("has no answer for other operands", () => {
    expect(paths([], ["a"])).toBeUndefined();
    expect(paths({}, "a")).toBeUndefined();
  });

  it("compares long names once, however many paths there are", () => {
    const nodes = Array.from({ length: 7 }, (_, index) => `${"n".repeat(15_000)}${index}`);
    const graph = Object.fromEntries(nodes.map((node) => [node, nodes]));
    const answer = paths(graph, nodes.slice(0, 1)) as RegoSet;
    expect(answer.members.length).toBeGreaterThan(1000);
  });

  it("stops at graphs whose paths explode, and walks a long chain", () => {
    const nodes = Array.from({ length: 20 }, (_, index) => `n${index}`);
    const complete = Object.fromEntries(nodes.map((node) => [node, nodes]));
    expect(() => paths(complete, ["n0"])).toThrow(RangeError);
    const chain = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`n${index}`, [`n${index + 1}`]]));
    const [path] = (paths(chain, ["n0"]) as RegoSet).members;
    expect(path).toHaveLength(50_000);
  });
});
