import { describe, expect, it } from "@jest/globals";
import { decodeSequence, encodeSequence } from "../../src/baseline/sequence.ts";

describe("encodeSequence", () => {
  it.each([1, 2, 62, 63, 3844, 3845])("keeps places among %d", (entries) => {
    const places = [0, entries - 1, entries >> 1, 0];
    expect(decodeSequence(encodeSequence(places, entries), entries)).toEqual(places);
  });

  it.each([
    ["a digit that is none", "0-", 62],
    ["a place beyond the list", "02", 2],
    ["half a place", "000", 63],
  ])("does not read %s", (_name, sequence, entries) => {
    expect(decodeSequence(sequence, entries)).toBeUndefined();
  });
});
