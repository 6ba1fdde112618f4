import { describe, expect, it } from "@jest/globals";
import { bytesEach, figureOf, interleave, manyPerSecond, perSecond } from "../../src/benchmark/measure.ts";

describe("figureOf", () => {
  it.each([
    [[3, 1, 2], { median: 2, lowest: 1, highest: 3 }],
    [[4, 1], { median: 2.5, lowest: 1, highest: 4 }],
  ])("tells of %j", (values, expected) => {
    expect(figureOf(values)).toEqual(expected);
  });
});

describe("interleave", () => {
  it("takes all in turn, and does not count the round that warms up", async () => {
    const asked: string[] = [];
    const round = (name: string, figures: number[]) => () => {
      asked.push(name);
      return figures.shift() ?? Number.NaN;
    };
    const done: number[] = [];
    const tick = (turn: number): void => void done.push(turn);
    const figures = await interleave([round("a", [99, 1, 3]), round("b", [99, 2, 4])], { rounds: 2, turnMs: 1, tick });
    expect(figures).toEqual([
      { median: 2, lowest: 1, highest: 3 },
      { median: 3, lowest: 2, highest: 4 },
    ]);
    expect(asked).toEqual(["a", "b", "b", "a", "a", "b"]);
    expect(done).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe("perSecond and manyPerSecond", () => {
  it("count what was done", async () => {
    let count = 0;
    expect(perSecond(() => (count += 1), 2)).toBeGreaterThan(0);
    expect(count % 16).toBe(0);
    expect(await manyPerSecond(() => Promise.resolve(10), 2)).toBeGreaterThan(0);
  });
});

describe("bytesEach", () => {
  it("sees what is allocated and dropped again", async () => {
    expect(await bytesEach(() => new Array<number>(1000).fill(0.5), 2000)).toBeGreaterThan(4000);
  });
});
