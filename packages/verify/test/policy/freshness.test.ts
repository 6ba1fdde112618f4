import { describe, expect, it } from "@jest/globals";
import { checkFresh } from "../../src/policy/freshness.ts";
import { codeOf } from "../support/expect.ts";

const document = { version: 7, issuedAt: "2026-11-01T00:00:00.000Z", expires: "2026-11-08T00:00:00.000Z" };
const what = "denylist";

function at(time: string): { now: Date; what: string } {
  return { now: new Date(time), what };
}

describe("checkFresh", () => {
  it.each([
    ["it is issued", "2026-11-01T00:00:00.000Z"],
    ["the clock is five minutes behind", "2026-10-31T23:55:00.000Z"],
    ["a millisecond is left", "2026-11-07T23:59:59.999Z"],
  ])("when %s returns", (_, time) => {
    expect(() => {
      checkFresh(document, at(time));
    }).not.toThrow();
  });

  it.each([
    ["it expires", "2026-11-08T00:00:00.000Z"],
    ["it has expired", "2026-12-01T00:00:00.000Z"],
    ["the clock is more than five minutes behind", "2026-10-31T23:54:59.999Z"],
  ])("when %s throws METADATA_EXPIRED", (_, time) => {
    expect(
      codeOf(() => {
        checkFresh(document, at(time));
      }),
    ).toBe("METADATA_EXPIRED");
  });

  it("when it has expired says what the caller says to do about it", () => {
    expect(() => {
      checkFresh(document, { ...at("2026-12-01T00:00:00.000Z"), renewal: "write another" });
    }).toThrow("; write another.");
  });

  it.each([0, 6, 7])("when version %d was seen before returns", (seen) => {
    expect(() => {
      checkFresh(document, { ...at(document.issuedAt), seen });
    }).not.toThrow();
  });

  it.each([8, Number.MAX_SAFE_INTEGER])("when version %d was seen before throws METADATA_ROLLBACK", (seen) => {
    expect(
      codeOf(() => {
        checkFresh(document, { ...at(document.issuedAt), seen });
      }),
    ).toBe("METADATA_ROLLBACK");
  });

  it("when it is both older than one seen and expired throws METADATA_ROLLBACK", () => {
    expect(
      codeOf(() => {
        checkFresh(document, { ...at("2027-01-01T00:00:00Z"), seen: 8 });
      }),
    ).toBe("METADATA_ROLLBACK");
  });

  it("when now is no time throws TypeError", () => {
    expect(() => {
      checkFresh(document, { now: new Date(Number.NaN), what });
    }).toThrow(TypeError);
  });

  it.each([Number.NaN, -1, 1.5, Infinity])("when the version seen is %d throws TypeError", (seen) => {
    expect(() => {
      checkFresh(document, { ...at(document.issuedAt), seen });
    }).toThrow(TypeError);
  });
});
