import { describe, expect, it } from "@jest/globals";
import { constant, interleave, medianOf, milliseconds, millisecondsEach, perSecond } from "./measure.ts";
import type { Spread } from "./measure.ts";
import { meetsGoal, ratioOf, toJson, toMarkdown } from "./report.ts";
import type { Comparison } from "./report.ts";

const spread = (name: string, median: number): Spread => ({ name, median, lowest: median - 1, highest: median + 1 });

function comparison(unit: Comparison["unit"], medians: readonly number[], more: Partial<Comparison> = {}): Comparison {
  return { title: "T", unit, spreads: medians.map((median, index) => spread(`c${index}`, median)), ...more };
}

describe("medianOf", () => {
  it.each([
    [[5], 5],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100, 1, 2], 9],
  ])("of %j returns %d", (values, median) => {
    expect(medianOf(values)).toBe(median);
  });

  it("returns NaN for nothing", () => {
    expect(medianOf([])).toBeNaN();
  });

  it("leaves its input as it is", () => {
    const values = [3, 1, 2];
    medianOf(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe("interleave", () => {
  it("runs all in turn, beginning with another one each round, after a round that does not count", async () => {
    const order: string[] = [];
    const contender = (name: string) => ({ name, run: () => order.push(name) });
    await interleave(["a", "b", "c"].map(contender), 3);
    expect(order.join("")).toBe("cab" + "abc" + "bca" + "cab");
  });

  it("returns the spreads in the order of the contenders, without the first round", async () => {
    const figures = [1_000, 3, 1, 2];
    const spreads = await interleave(
      [
        { name: "a", run: () => Promise.resolve(figures.shift() ?? Number.NaN) },
        { name: "b", run: () => 7 },
      ],
      3,
    );
    expect(spreads).toEqual([
      { name: "a", median: 2, lowest: 1, highest: 3 },
      { name: "b", median: 7, lowest: 7, highest: 7 },
    ]);
  });
});

describe("milliseconds, millisecondsEach and perSecond", () => {
  it("wait for work that takes time and do it as often as they say", async () => {
    let done = 0;
    const work = (): Promise<number> => Promise.resolve(done++);
    expect(await milliseconds(work)).toBeGreaterThan(0);
    expect(await millisecondsEach(work, 9)).toBeGreaterThan(0);
    expect(done).toBe(10);
    expect(perSecond(() => done++, 1)).toBeGreaterThan(0);
  });
});

describe("ratioOf", () => {
  it.each([
    ["ms", [10, 50], 5],
    ["ms", [50, 10], 0.2],
    ["MB", [10, 50], 5],
    ["/s", [50, 10], 5],
    ["/s", [10, 50], 0.2],
  ] as const)(
    "when the unit is %s and the medians are %j returns how many times ours is better",
    (unit, medians, ratio) => {
      expect(ratioOf(comparison(unit, medians))).toBe(ratio);
    },
  );

  it("compares with the one that is named", () => {
    expect(ratioOf(comparison("ms", [10, 50]), spread("x", 20))).toBe(2);
  });

  it.each([[[]], [[10]]])("when there is nothing to compare in %j returns NaN", (medians) => {
    expect(ratioOf(comparison("ms", medians))).toBeNaN();
  });
});

describe("meetsGoal", () => {
  it.each([
    [[10, 50], true],
    [[10, 49], false],
  ])("when the medians are %j and the goal is 5 returns %p", (medians, met) => {
    expect(meetsGoal(comparison("ms", medians, { goal: 5 }))).toBe(met);
  });

  it("when there is no goal, or what it is about was not run, returns undefined", () => {
    expect(meetsGoal(comparison("ms", [10, 1]))).toBeUndefined();
    expect(meetsGoal(comparison("ms", [10, 1], { goal: 5, notRun: ["x is not here"] }))).toBeUndefined();
  });
});

describe("toMarkdown", () => {
  it("returns a row a contender with its spread and ratio, and says what was not run", () => {
    const lines = toMarkdown([
      comparison("ms", [10, 25], { goal: 2 }),
      comparison("ms", [], { notRun: ["x is not here"] }),
    ]).split("\n");
    expect(lines).toEqual([
      "### T",
      "",
      "| | median, ms | spread | ours is better by |",
      "| --- | ---: | ---: | ---: |",
      "| c0 | 10.0 | 9.00 to 11.0 |  |",
      "| c1 | 25.0 | 24.0 to 26.0 | 2.50 x |",
      "",
      "Goal: at least 2 x, met.",
      "",
      "### T",
      "",
      "Not run: x is not here.",
    ]);
  });

  it("keeps a ratio far below 1 apart from 0", () => {
    expect(toMarkdown([comparison("ms", [7_000, 9])])).toContain("| 0.001 x |");
  });

  it("names the unit, and a goal that is no whole number by two digits", () => {
    const table = toMarkdown([
      { title: "T", unit: "MB", spreads: [constant("a", 3), constant("b", 2)], goal: 1 / 1.3 },
    ]);
    expect(table).toContain("| | MB | spread |");
    expect(table).toContain("| a | 3.00 | 3.00 to 3.00 |");
    expect(table).toContain("Goal: at least 0.77 x, NOT met.");
  });

  it("says that a goal is not met", () => {
    expect(toMarkdown([comparison("/s", [10, 25], { goal: 2 })])).toContain("NOT met");
  });
});

describe("toJson", () => {
  it("returns machine, ratios, goals and what was not run", () => {
    const comparisons = [
      comparison("/s", [50, 10], { goal: 5 }),
      comparison("ms", [1, 2], { notRun: ["x is not here"] }),
      comparison("ms", [], { notRun: ["x is not here"] }),
    ];
    expect(JSON.parse(toJson(comparisons, { about: { cpu: "one" }, absent: ["x is not here"] }))).toMatchObject({
      machine: { cpu: "one" },
      comparisons: [{ goalMet: true, spreads: [{ ratio: 1 }, { ratio: 5 }] }, { goalMet: null }, { spreads: [] }],
      absent: ["x is not here"],
    });
  });
});
