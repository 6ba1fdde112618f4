import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import { addEntry, checkMessage } from "../../src/release/changelog.ts";
import type { ChangelogEntry } from "../../src/release/changelog.ts";

const previousDigest = digestOf(Buffer.from("before"));
const ENTRY: ChangelogEntry = {
  packId: "a-v0",
  revision: 2,
  message: "More is taken.",
  date: new Date("2026-03-04T23:59:59.999Z"),
  previousDigest,
  facts: ["lifecycle active"],
};
const TEXT = `## Revision 2, 2026-03-04\n\nMore is taken.\n\n- previous \`${previousDigest}\`\n- lifecycle active\n`;

describe("addEntry", () => {
  it.each([undefined, "", " \n"])("when there is %j starts one", (text) => {
    expect(addEntry(text, ENTRY)).toBe(`# Changelog of a-v0\n\n${TEXT}`);
  });

  it("when there are entries puts it before them, and leaves all else as it is", () => {
    const top = "# Ours\n\nWords.\n\n";
    const older = "## Revision 1, 2025-01-01\n\nFirst.\n";
    expect(addEntry(top + older, ENTRY)).toBe(`${top}${TEXT}\n${older}`);
  });

  it("when there is only a title puts it below", () => {
    expect(addEntry("# Ours\nWords.", ENTRY)).toBe(`# Ours\nWords.\n\n${TEXT}`);
  });

  it("when a killed release left its entry replaces that, and no other", () => {
    const older = "## Revision 1, 2025-01-01\n\nFirst.\n";
    const once = addEntry(`# Ours\n\n${older}`, { ...ENTRY, message: "Other words." });
    expect(addEntry(once, ENTRY)).toBe(`# Ours\n\n${TEXT}\n${older}`);
    const alone = addEntry(undefined, { ...ENTRY, message: "Other words." });
    expect(addEntry(alone, ENTRY)).toBe(addEntry(undefined, ENTRY));
    const twentieth = "## Revision 20, 2025-01-01\n\nMuch later.\n";
    expect(addEntry(`# Ours\n\n${twentieth}`, ENTRY)).toBe(`# Ours\n\n${TEXT}\n${twentieth}`);
  });

  it("when the message would read as headings writes it so that it does not", () => {
    const text = addEntry(undefined, { ...ENTRY, message: "a\n## Revision 9, 2020-01-01\nb\n---\nc\n===\n- item" });
    expect(text).toContain("\n\\## Revision 9, 2020-01-01\nb\n\\---\nc\n\\===\n- item\n");
    expect(text.match(/^## /gm)).toHaveLength(1);
  });
});

describe("checkMessage", () => {
  it("when given words returns them without white space around", () => {
    expect(checkMessage(" \n one\ntwo \n")).toBe("one\ntwo");
    expect(checkMessage("x".repeat(4_000))).toHaveLength(4_000);
  });

  it.each(["", " \n\t", "a\u0000b", "a\u001b[2Jb", "a\rb", "a\tb", "x".repeat(4_001)])(
    "when given %j throws CONFIG_INVALID",
    (message) => {
      expect(() => checkMessage(message)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", exitCode: 2 }));
    },
  );
});
