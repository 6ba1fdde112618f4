import { describe, expect, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { diffHtml } from "../../src/reports/page.ts";
import { COLOURS } from "../../src/reports/style.ts";
import { diffWith, groupWith, HOSTILE, NOTHING_CHANGED, verdictWith } from "./hostile.ts";
import { readHtml } from "./html-reader.ts";
import type { Piece } from "./html-reader.ts";

const ELEMENTS =
  "html head meta title style body main h1 h2 h3 p div dl dt dd code pre strong span section figure figcaption table caption thead tbody tr th td ul li details summary svg desc g text rect line";
const ATTRIBUTES =
  "lang charset http-equiv content name class scope open role aria-labelledby id height width xmlns x y x1 x2 y1 y2";

/** All but the texts, and the widths that depend on numbers alone. */
function skeletonOf(pieces: readonly Piece[]): string {
  const tags = pieces.filter(({ kind }) => kind !== "text");
  return tags.map(({ kind, value, attributes }) => `${kind} ${value} ${JSON.stringify([...attributes])}`).join("\n");
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ kind, value }) => (kind === "text" ? value : "")).join("");
}

/** WCAG 2.2: relative luminance of two colours, compared. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe("diffHtml", () => {
  const plain = readHtml(diffHtml(diffWith("plain"), verdictWith("plain")));

  it.each(HOSTILE)("has the same elements and attributes whatever stands in it: %j", (text) => {
    const page = diffHtml(diffWith(text), verdictWith(text));
    expect(skeletonOf(readHtml(page))).toBe(skeletonOf(plain));
    expect(page.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
  });

  it("shows what stands in it, letter by letter", () => {
    const text = `<b class="x">&amp; 'y' \`z\``;
    expect(textOf(readHtml(diffHtml(diffWith(text))))).toContain(`DENY_TO_ALLOW:${text}`);
  });

  it("has no script, no handler, no link and no style of an element", () => {
    for (const { value, attributes, kind } of plain) {
      if (kind !== "text") expect(ELEMENTS.split(" ")).toContain(value);
      for (const name of attributes.keys()) expect(ATTRIBUTES.split(" ")).toContain(name);
    }
  });

  it("permits its own style by digest, and nothing else", () => {
    const meta = plain.find(({ attributes }) => attributes.get("http-equiv") === "Content-Security-Policy");
    const style = plain[plain.findIndex(({ value, kind }) => kind === "open" && value === "style") + 1]?.value ?? "";
    const digest = createHash("sha256").update(style).digest("base64");
    expect(meta?.attributes.get("content")).toBe(
      `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`,
    );
    expect(style).not.toMatch(/url\(|@import|</);
  });

  it("has the policy before anything that it speaks about", () => {
    const names = plain
      .filter(({ kind }) => kind === "open")
      .map(({ value, attributes }) => attributes.get("http-equiv") ?? value);
    expect(names.slice(0, 5)).toEqual(["html", "head", "meta", "Content-Security-Policy", "meta"]);
  });

  it("gives each picture a title and a description by ids that are there once", () => {
    const ids = plain.flatMap(({ attributes }) => attributes.get("id") ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const pictures = plain.filter(({ kind, value }) => kind === "open" && value === "svg");
    expect(pictures).toHaveLength(2);
    for (const { attributes } of pictures) {
      expect(attributes.get("role")).toBe("img");
      for (const id of (attributes.get("aria-labelledby") ?? "").split(" ")) expect(ids).toContain(id);
    }
  });

  it("has the numbers of its pictures in tables, with headers that say of what", () => {
    const text = textOf(plain);
    for (const number of ["10.00 %", "20.00 %", "12", "NOT NAMED"]) expect(text).toContain(number);
    const heads = plain.filter(({ kind, value }) => kind === "open" && value === "th");
    expect(heads.every(({ attributes }) => attributes.get("scope") === "col")).toBe(true);
  });

  it("tells DENY to ALLOW first, and opens its examples", () => {
    const text = textOf(plain);
    expect(text.indexOf("DENY to ALLOW: 12")).toBeLessThan(text.indexOf("ALLOW to DENY: 7"));
    const details = plain.filter(({ kind, value }) => kind === "open" && value === "details");
    expect(details.map(({ attributes }) => attributes.has("open"))).toEqual([true, false, false]);
  });

  it("is whole when nothing changed", () => {
    const pieces = readHtml(diffHtml(NOTHING_CHANGED));
    expect(textOf(pieces)).toContain("No decision changes.");
    expect(pieces.some(({ value }) => value === "svg")).toBe(false);
  });

  it("leaves examples out beyond 8 MiB, and says so", () => {
    const groups = Array.from({ length: 2_000 }, (_, index) =>
      groupWith(`${index}${"<".repeat(1_500)}`, "DENY_TO_ALLOW"),
    );
    const page = diffHtml({ ...diffWith("a"), groups });
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(textOf(readHtml(page))).toMatch(/Cut here: [0-9,]+ more examples did not fit/);
  });

  it.each(["light", "dark"] as const)("has texts of 4.5 to 1 and bars of 3 to 1 in its %s colours", (look) => {
    const colours = COLOURS[look];
    for (const ground of [colours.page, colours.panel]) {
      for (const text of ["text", "muted", "opens", "closes", "other", "good"] as const) {
        expect(contrast(colours[text], ground)).toBeGreaterThanOrEqual(4.5);
      }
      for (const bar of ["before", "after", "line"] as const) {
        expect(contrast(colours[bar], ground)).toBeGreaterThanOrEqual(bar === "line" ? 2.5 : 3);
      }
    }
  });
});
