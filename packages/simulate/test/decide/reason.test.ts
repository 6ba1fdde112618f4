import { describe, expect, it } from "@jest/globals";
import type { JsonValue } from "@policy-pack/pack";
import { codesOf, wordOf } from "../../src/decide/reason.ts";

describe("codesOf", () => {
  it.each<readonly [string, JsonValue | undefined, string]>([
    ["codes, sorted, each once", [{ code: "b" }, { code: "a", message: "x" }, { code: "b" }], "a+b"],
    ["texts that are codes", ["over_limit"], "over_limit"],
    ["no list", "text", ""],
    ["nothing", undefined, ""],
    ["one message with other numbers as one", ["3 of 5.5 used", "7 of 8 used"], "text-n_of_n_used"],
  ])("reads %s", (_name, reasons, codes) => {
    expect(codesOf(reasons)).toBe(codes);
  });

  it.each<readonly [string, JsonValue, JsonValue]>([
    ["a code with a mark of names in it", [{ code: "a+b" }], [{ code: "a" }, { code: "b" }]],
    ["a code spelled as a digest", [{ code: "code-0123456789ab" }], [{ code: "code-0123456789ac" }]],
    ["another letter that looks alike", [{ code: "а" }], [{ code: "a" }]],
    ["a message in letters that names leave out", ["превышен лимит"], ["другой арендатор"]],
    ["a message with another sign", ["amount > cap"], ["amount < cap"]],
    ["a long message that begins alike", [`${"word ".repeat(20)}a`], [`${"word ".repeat(20)}b`]],
    ["a missing code", [{}], [{ code: "" }]],
  ])("does not take %s for another", (_name, left, right) => {
    expect(codesOf(left)).not.toBe(codesOf(right));
  });

  it("tells long lists apart that begin alike", () => {
    const list = (count: number): JsonValue => Array.from({ length: count }, (_, index) => `code${index + 100}`);
    expect(codesOf(list(9))).not.toBe(codesOf(list(10)));
    expect(codesOf(list(500)).length).toBeLessThan(200);
  });
});

describe("wordOf", () => {
  it("has one word for each kind", () => {
    const words = [true, null, 1.5, "warn", "two words", [], {}].map((value) => wordOf({ outcome: "OTHER", value }));
    expect(words).toEqual(["true", "null", "number", "warn", "text", "list", "object"]);
    expect(wordOf({ outcome: "DENY", error: "EVALUATION_FAILED" })).toBe("error.EVALUATION_FAILED");
  });
});
