import { describe, expect, it } from "@jest/globals";
import { leaf, messageBundle } from "@policy-pack/testkit";
import { flipEveryBit, rejectionOf } from "./flips.ts";

const textOf = (bundle: object): Buffer => Buffer.from(JSON.stringify(bundle));

describe("one flipped bit of a bundle's JSON text", () => {
  it("is never accepted, whichever of them it is", () => {
    const bytes = textOf(messageBundle({ certificate: leaf(), tokens: () => [] }));
    expect(rejectionOf(bytes)).toBeUndefined();
    const { tried, accepted, codes } = flipEveryBit(bytes, (flipped) => flipped);
    expect(tried).toBe(bytes.length * 8);
    expect(accepted).toEqual([]);
    expect(codes.size).toBeGreaterThan(4);
  });

  it("is never accepted where it holds its timestamp", () => {
    const bytes = textOf(messageBundle({ certificate: leaf() }));
    const start = bytes.indexOf('"timestampVerificationData"');
    const end = bytes.indexOf('"messageSignature"');
    expect(rejectionOf(bytes)).toBeUndefined();
    const { tried, accepted } = flipEveryBit(bytes, (flipped) => flipped, { start, end });
    expect(tried).toBeGreaterThan(5000);
    expect(accepted).toEqual([]);
  });
});
