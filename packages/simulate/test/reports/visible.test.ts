import { describe, expect, it } from "@jest/globals";
import { cut, fit, lineOfJson, visible, visibleJson } from "../../src/reports/visible.ts";
import { HOSTILE } from "./hostile.ts";

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

describe("visible", () => {
  it.each([
    ["a control", "\u0007", "\\u{7}"],
    ["a new line", "\n", "\\u{a}"],
    ["an escape", "\u001b", "\\u{1b}"],
    ["a direction override", "\u202e", "\\u{202e}"],
    ["a zero-width space", "\u200b", "\\u{200b}"],
    ["a line separator", "\u2028", "\\u{2028}"],
    ["half a pair", "\ud800", "\\u{d800}"],
    ["a no-break space", "\u00a0", "\\u{a0}"],
    ["a filler that shows nothing", "\u3164", "\\u{3164}"],
    ["a private character", "\ue000", "\\u{e000}"],
    ["a tag character", "\u{e0041}", "\\u{e0041}"],
  ])("spells out %s", (_what, character, spelled) => {
    expect(visible(`a${character}b`)).toBe(`a${spelled}b`);
  });

  it("keeps letters, spaces and two marks on a letter, and spells out the marks piled on them", () => {
    expect(visible("é 漢字 🦊 q\u0323\u0307")).toBe("é 漢字 🦊 q\u0323\u0307");
    expect(visible("q\u0323\u0307\u0301\u0301")).toBe("q\u0323\u0307\\u{301}\\u{301}");
  });
});

describe("visibleJson", () => {
  it.each(HOSTILE)("stays the same value, with nothing hidden: %j", (text) => {
    const value = { [text]: [text, { deep: text }] };
    for (const indent of [0, 2]) {
      const json = visibleJson(value, indent);
      expect(JSON.parse(json)).toEqual(value);
      expect(json.replaceAll("\n", "")).not.toMatch(HIDDEN);
    }
    expect(JSON.parse(lineOfJson(value))).toEqual(value);
    expect(lineOfJson(value)).not.toMatch(/\n/);
  });
});

describe("cut", () => {
  it("returns a text that is short enough as it is", () => {
    expect(cut("abc", 3)).toBe("abc");
  });

  it("says how much it left out, and halves no pair", () => {
    expect(cut("abcdef", 3)).toBe("abc… (3 more characters)");
    expect(cut("a🦊🦊", 2)).toBe("a… (4 more characters)");
  });
});

describe("fit", () => {
  it("keeps beginning and end within the width, and halves no pair", () => {
    expect(fit("abcdefghij", 10)).toBe("abcdefghij");
    expect(fit("abcdefghijk", 10)).toBe("abcde…hijk");
    expect(fit("🦊🦊🦊🦊🦊🦊", 6)).not.toMatch(/\p{Cs}/u);
    expect(fit("a🦊🦊🦊🦊🦊🦊", 6)).not.toMatch(/\p{Cs}/u);
  });
});
