import { describe, expect, it } from "@jest/globals";
import { formatHttpDate, parseHttpDate } from "../src/http-date.ts";

const NOW = Date.UTC(2026, 10, 20);
const TIME = Date.UTC(1994, 10, 6, 8, 49, 37);

describe("parseHttpDate", () => {
  describe("when it is one of the three forms", () => {
    it.each(["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])(
      "returns the time of %s",
      (text) => {
        expect(parseHttpDate(text, NOW)).toBe(TIME);
      },
    );

    it("returns a year at most 50 ahead for two digits", () => {
      expect(parseHttpDate("Friday, 20-Nov-76 00:00:00 GMT", NOW)).toBe(Date.UTC(2076, 10, 20));
      expect(parseHttpDate("Sunday, 20-Nov-77 00:00:00 GMT", NOW)).toBe(Date.UTC(1977, 10, 20));
    });

    it("returns the second before for a leap second", () => {
      expect(parseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT", NOW)).toBe(Date.UTC(2016, 11, 31, 23, 59, 59));
    });
  });

  describe("when it is not", () => {
    it.each([
      ["an ISO date", "1994-11-06T08:49:37Z"],
      ["a number", "784111777"],
      ["another zone", "Sun, 06 Nov 1994 08:49:37 +0000"],
      ["another weekday", "Mon, 06 Nov 1994 08:49:37 GMT"],
      ["a day that does not exist", "Wed, 31 Feb 1994 08:49:37 GMT"],
      ["hour 24", "Sun, 06 Nov 1994 24:00:00 GMT"],
      ["minute 60", "Sun, 06 Nov 1994 08:60:00 GMT"],
      ["second 61", "Sun, 06 Nov 1994 08:49:61 GMT"],
      ["a lower-case month", "Sun, 06 nov 1994 08:49:37 GMT"],
      ["two dates", "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT"],
      ["nothing", ""],
    ])("returns undefined: %s", (_name, text) => {
      expect(parseHttpDate(text, NOW)).toBeUndefined();
    });
  });
});

describe("formatHttpDate", () => {
  it("returns whole seconds, downwards", () => {
    expect(formatHttpDate(TIME + 999)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
  });

  it("returns what parseHttpDate reads", () => {
    expect(parseHttpDate(formatHttpDate(TIME), NOW)).toBe(TIME);
  });
});
