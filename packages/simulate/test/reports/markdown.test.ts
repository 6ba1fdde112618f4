import { describe, expect, it } from "@jest/globals";
import { codeBlock, codeSpan } from "../../src/reports/markdown-escape.ts";
import { diffMarkdown } from "../../src/reports/markdown.ts";
import { diffWith, groupWith, HOSTILE, NOTHING_CHANGED, verdictWith } from "./hostile.ts";

/**
 * What is left of Markdown once code is taken out of it, by the rules of CommonMark 0.31 alone: a fence ends at a line of
 * at least as many backticks, a span at a run of exactly as many.
 */
function skeletonOf(markdown: string): string {
  const lines: string[] = [];
  let fence = "";
  for (const line of markdown.split("\n")) {
    const run = /^ {0,3}(`{3,})([^`]*)$/.exec(line);
    if (fence === "" && run !== null) {
      fence = run[1] ?? "";
      lines.push(`FENCE ${run[2] ?? ""}`);
    } else if (fence !== "" && run !== null && (run[1] ?? "").length >= fence.length && run[2]?.trim() === "") {
      fence = "";
      lines.push("END");
    } else if (fence === "") {
      lines.push(withoutSpans(line));
    }
  }
  if (fence !== "") throw new Error("a code block is not closed");
  return lines.join("\n");
}

function withoutSpans(line: string): string {
  // A cell ends at a pipe even within code (GitHub Flavored Markdown, 4.10).
  return line
    .split("|")
    .map((cell) => {
      const open = cell.replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, "CODE");
      if (open.includes("`")) throw new Error(`a backtick is left in ${cell}`);
      return open;
    })
    .join("|");
}

describe("diffMarkdown", () => {
  const plain = skeletonOf(diffMarkdown(diffWith("plain"), verdictWith("plain")));

  it.each(HOSTILE.filter((text) => text.length < 4_000))("has the same structure whatever stands in it: %j", (text) => {
    const skeleton = skeletonOf(diffMarkdown(diffWith(text), verdictWith(text)));
    // An example that is too long for indented JSON is a block of no language.
    expect(skeleton.replaceAll("FENCE json", "FENCE ")).toBe(plain.replaceAll("FENCE json", "FENCE "));
  });

  it.each(HOSTILE)("holds no hidden character, and at most 60 000 bytes, for %j", (text) => {
    const markdown = diffMarkdown(diffWith(text), verdictWith(text));
    expect(markdown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(60_000);
  });

  it("keeps out of code only words of its own", () => {
    expect(plain).not.toContain("plain");
    expect(plain).not.toMatch(/<(?!\/?(?:details|summary)>)/);
  });

  it("cuts what does not fit, at whole blocks, and says how much", () => {
    const groups = Array.from({ length: 400 }, (_, index) => groupWith(`g${index}${"🦊".repeat(60)}`, "DENY_TO_ALLOW"));
    const markdown = diffMarkdown({ ...diffWith("a"), groups }, verdictWith("a"));
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(60_000);
    expect(Buffer.byteLength(markdown)).toBeGreaterThan(50_000);
    expect(markdown).toMatch(/\n\n\*\*Cut here:\*\* [0-9]+ more blocks of this report did not fit; [^\n]+\n$/);
    expect(markdown).toMatch(/and [0-9]+ more groups/);
    expect(() => skeletonOf(markdown)).not.toThrow();
  });

  it("keeps the tables of all directions when each is too long", () => {
    const groups = (["DENY_TO_ALLOW", "ALLOW_TO_DENY", "VALUE"] as const).flatMap((direction) =>
      Array.from({ length: 200 }, (_, index) => groupWith(`g${index}${"漢".repeat(300)}`, direction)),
    );
    const markdown = diffMarkdown({ ...diffWith("a"), groups }, verdictWith("a"));
    expect(markdown).toMatch(/^### ⛔ DENY to ALLOW/m);
    expect(markdown).toMatch(/^### ALLOW to DENY/m);
    expect(markdown).toMatch(/^### Other changes/m);
    expect(markdown).toMatch(/^### Allowed, by entrypoint/m);
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(60_000);
  });

  it("warns only where something turns from DENY to ALLOW", () => {
    expect(diffMarkdown(diffWith("a"))).toContain("> [!CAUTION]\n> **12 decisions change from DENY to ALLOW");
    expect(diffMarkdown(NOTHING_CHANGED)).not.toContain("[!CAUTION]");
    expect(diffMarkdown(NOTHING_CHANGED)).toContain("> **No decision changes.**");
  });
});

describe("codeSpan", () => {
  it("spells out what would end it, and shows that there is nothing", () => {
    expect(codeSpan("a`b|c\\d")).toBe("`a\\u{60}b\\u{7c}c\\u{5c}d`");
    expect(codeSpan("")).toBe("`(empty)`");
    expect(codeSpan("  ")).toBe("`(empty)`");
  });
});

describe("codeBlock", () => {
  it("has a fence longer than any in it", () => {
    expect(codeBlock(["a", "````", "b"])).toBe("`````\na\n````\nb\n`````");
    expect(codeBlock(["a"], "json")).toBe("```json\na\n```");
  });
});
