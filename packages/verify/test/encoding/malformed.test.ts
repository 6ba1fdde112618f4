import { describe, expect, it } from "@jest/globals";
import { FormatError } from "@policy-pack/pack";
import { asError, firstOf, malformed, MalformedError, reading } from "../../src/encoding/malformed.ts";
import { causeOf, codeOf } from "../support/expect.ts";

const toError = (reason: string, cause: unknown): Error => new FormatError("BUNDLE_INVALID", reason, { cause });

describe("reading", () => {
  it("when the reader fails throws the caller's error with what failed as its cause", () => {
    expect(causeOf(() => reading(() => malformed("is broken"), toError))).toBeInstanceOf(MalformedError);
    expect(codeOf(() => reading(() => malformed("is broken"), toError))).toBe("BUNDLE_INVALID");
  });

  it("when the error has a code already throws that very error", () => {
    const known = new FormatError("LIMIT_EXCEEDED", "too large");
    const read = (): never => {
      throw known;
    };
    expect(codeOf(() => reading(read, toError))).toBe("LIMIT_EXCEEDED");
  });
});

describe("asError", () => {
  it("when something else than an error was thrown keeps it as the cause", () => {
    expect(asError("a text")).toBeInstanceOf(MalformedError);
    expect(asError("a text").cause).toBe("a text");
  });

  it("when an error was thrown returns that very error", () => {
    const thrown = new MalformedError("is broken");
    expect(asError(thrown)).toBe(thrown);
  });
});

describe("firstOf", () => {
  const attempt = (candidate: number): number => (candidate > 2 ? candidate : malformed(`${candidate}`));

  it("returns the first result that there is", () => {
    expect(firstOf([1, 3, 4], attempt, "none")).toBe(3);
  });

  it.each([
    ["all fail throws what the first one threw", [2, 1], "2"],
    ["there is no candidate throws its own error", [], "none"],
  ])("when %s", (_, candidates, message) => {
    expect(() => firstOf(candidates, attempt, "none")).toThrow(new MalformedError(message));
  });
});
