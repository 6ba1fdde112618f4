import { describe, expect, it } from "@jest/globals";
import { nearestName } from "../../src/encoding/nearest-name.ts";

const KNOWN = ["signers", "threshold", "packId", "pause"];

describe("nearestName", () => {
  it.each([
    ["thresold", "threshold"],
    ["Signers", "signers"],
    ["singers", "signers"],
    ["packID", "packId"],
    ["paused", "pause"],
  ])("returns what %s was meant for", (name, meant) => {
    expect(nearestName(name, KNOWN)).toBe(meant);
  });

  it.each(["", "x", "identity", "pau", `threshold${"x".repeat(60)}`])("returns nothing for %j", (name) => {
    expect(nearestName(name, KNOWN)).toBeUndefined();
  });
});
