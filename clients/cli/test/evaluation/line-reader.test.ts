import { describe, expect, it } from "@jest/globals";
import { readLineBatches } from "../../src/evaluation/line-reader.ts";

const LIMITS = { maxLineBytes: 8, maxLines: 100 };

async function linesOf(pieces: readonly string[], limits = LIMITS) {
  const batches: { number: number; text: string | undefined }[][] = [];
  const source = (async function* () {
    for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece));
  })();
  for await (const { lines } of readLineBatches(source, limits)) {
    batches.push(
      lines.map(({ number, bytes }) => {
        return { number, text: bytes === undefined ? undefined : Buffer.from(bytes).toString() };
      }),
    );
  }
  return batches;
}

describe("readLineBatches", () => {
  it("cuts lines wherever the pieces end, the last without a line feed too", async () => {
    expect((await linesOf(["1", "2\n3\n", "", "4", "5"])).flat()).toEqual([
      { number: 1, text: "12" },
      { number: 2, text: "3" },
      { number: 3, text: "45" },
    ]);
  });

  it("leaves blank lines out and counts them", async () => {
    expect((await linesOf(["\n \t\r\n7\n\n"])).flat()).toEqual([{ number: 3, text: "7" }]);
  });

  it("keeps nothing of a line beyond the cap, over several pieces too", async () => {
    const pieces = ["12345678\n123456789\n12345", "67890", "12\n5\n123456789"];
    expect((await linesOf(pieces)).flat()).toEqual([
      { number: 1, text: "12345678" },
      { number: 2, text: undefined },
      { number: 3, text: undefined },
      { number: 4, text: "5" },
      { number: 5, text: undefined },
    ]);
  });

  it("hands on no more lines at once than it may", async () => {
    const batches = await linesOf(["1\n2\n3\n4\n5\n"], { ...LIMITS, maxLines: 2 });
    expect(batches.map(({ length }) => length)).toEqual([2, 2, 1]);
  });

  it("hands on nothing of an empty file", async () => {
    expect(await linesOf([])).toEqual([]);
  });
});
