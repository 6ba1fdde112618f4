import { describe, expect, it } from "@jest/globals";
import { integer, octetString } from "../src/der.ts";
import { readElements } from "../src/der-reader.ts";
import { codeOf } from "./support/folder.ts";

describe("readElements", () => {
  it.each([1, 127, 128, 255, 256, 70_000])("reads back an element of %p bytes and the one after it", (size) => {
    const elements = readElements(Buffer.concat([octetString(Buffer.alloc(size, 7)), integer(5)]));
    expect(elements.map(({ tag, content }) => [tag, content.length])).toEqual([
      [4, size],
      [2, 1],
    ]);
  });

  it.each([
    ["a lone tag", "04"],
    ["a length beyond the end", "0402ff"],
    ["an indefinite length", "0480ff0000"],
    ["a long form that would fit the short one", "04817f" + "00".repeat(127)],
    ["a length with a zero in front", "04820080" + "00".repeat(128)],
    ["a length of four bytes", "048400000001ff"],
  ])("throws on %s", async (_name, hex) => {
    expect(await codeOf(() => readElements(Buffer.from(hex, "hex")))).toBe("INPUT_INVALID");
  });
});
