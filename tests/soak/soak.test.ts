import { describe, expect, it } from "@jest/globals";
import { growthOf, runSoak } from "./soak.ts";
import { dataWork, decisionWork, loadPack } from "./work.ts";

const MB = 1_000_000;
const samplesOf = (bytes: readonly number[]) => bytes.map((size, done) => ({ done, bytes: size }));

describe("growthOf", () => {
  it("leaves the warm-up out", () => {
    expect(growthOf(samplesOf([1, 50, 100, 100, 100, 101, 100, 100]))).toBe(0);
  });

  it("returns what grows steadily", () => {
    expect(growthOf(samplesOf([10, 20, 30, 40, 50, 60, 70, 80]))).toBe(40);
  });
});

describe("runSoak", () => {
  it("does the work so many times and says so along the way", () => {
    const [done, lines]: [number[], string[]] = [[], []];
    const soak = {
      name: "s",
      times: 10,
      samples: 5,
      maxGrowthBytes: Infinity,
      work: (count: number) => done.push(count),
    };
    const result = runSoak(soak, (line) => lines.push(line));
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(result.samples.map((sample) => sample.done)).toEqual([2, 4, 6, 8, 10]);
    expect([result.isFlat, lines.length]).toEqual([true, 6]);
  });

  it.each([
    ["grows", 4, false],
    ["is kept once", 0, true],
  ])("tells of memory that %s", (_case, growth, isFlat) => {
    let bytes = 100 * MB;
    const work = (): void => void (bytes += growth * MB);
    // Of the process itself other tests may give memory back meanwhile.
    const soak = { name: "s", times: 40, samples: 8, maxGrowthBytes: 16 * MB, work, measure: () => bytes };
    expect(runSoak(soak, () => undefined)).toMatchObject({ growthBytes: growth * 20 * MB, isFlat });
  });
});

describe("a short soak", () => {
  it("keeps the memory of decisions and of data that is replaced", async () => {
    const instance = await loadPack();
    const soaks = [
      { name: "decisions", times: 200_000, samples: 8, maxGrowthBytes: 64 * MB, work: decisionWork(instance) },
      { name: "data", times: 48, samples: 8, maxGrowthBytes: 64 * MB, work: dataWork(instance, MB) },
    ];
    for (const soak of soaks) expect(runSoak(soak, () => undefined).isFlat).toBe(true);
  });
});
