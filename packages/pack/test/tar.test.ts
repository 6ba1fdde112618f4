import { describe, expect, it } from "@jest/globals";
import { encodeTar } from "../src/tar.ts";
import { splitName } from "../src/tar-name.ts";
import { file } from "./files.ts";

describe("encodeTar", () => {
  it("when given no entry returns one record of zeros", () => {
    expect(Buffer.compare(encodeTar([]), Buffer.alloc(10_240))).toBe(0);
  });

  it("when given a folder and a file returns GNU tar's header fields", () => {
    const tar = Buffer.from(
      encodeTar([
        { path: "opa", kind: "folder", bytes: Buffer.alloc(0) },
        { ...file("opa/x", "hi\n"), kind: "file" },
      ]),
    );
    const fields = (at: number): string[] => [
      tar.toString("latin1", at, at + 8),
      tar.toString("latin1", at + 100, at + 157),
      tar.toString("latin1", at + 257, at + 265),
      tar.toString("latin1", at + 329, at + 345),
    ];
    const zero = "0000000\0";
    expect(fields(0)).toEqual([
      "./opa/\0\0",
      ["0000755", "0000000", "0000000", "00000000000", "00000000000", "010121", " 5"].join("\0"),
      ["ustar", "00"].join("\0"),
      zero + zero,
    ]);
    expect(fields(512)[1]?.slice(0, 48)).toBe(
      ["0000644", "0000000", "0000000", "00000000003", "00000000000", ""].join("\0"),
    );
    expect(tar.toString("latin1", 1024, 1028)).toBe("hi\n\0");
    expect(tar).toHaveLength(10_240);
  });

  it("when the content fills a record adds the two zero blocks in a next one", () => {
    const size = (blocks: number): number =>
      encodeTar([{ path: "opa/x", kind: "file", bytes: Buffer.alloc(512 * blocks) }]).length;
    expect(size(17)).toBe(10_240);
    expect(size(18)).toBe(20_480);
  });

  it("when a name has no room throws ARCHIVE_INVALID", () => {
    const entry = { ...file("n".repeat(120)), kind: "file" } as const;
    expect(() => encodeTar([entry])).toThrow(expect.objectContaining({ code: "ARCHIVE_INVALID" }));
  });
});

describe("splitName", () => {
  const split = (name: string): string[] | undefined => {
    const fields = splitName(Buffer.from(name));
    return fields && [Buffer.from(fields.prefix).toString(), Buffer.from(fields.name).toString()];
  };

  it("when the name has 100 bytes leaves the prefix empty", () => {
    expect(split("n".repeat(100))).toEqual(["", "n".repeat(100)]);
  });

  it("when the name is longer splits at the last slash that fits", () => {
    expect(split(`./${"a".repeat(90)}/b/${"c".repeat(20)}`)).toEqual([`./${"a".repeat(90)}/b`, "c".repeat(20)]);
    expect(split(`./${"a".repeat(150)}/b/c`)).toEqual([`./${"a".repeat(150)}/b`, "c"]);
    expect(split(`./${"a".repeat(153)}/b/c`)).toEqual([`./${"a".repeat(153)}`, "b/c"]);
  });

  it("when a folder's name is longer never splits at its own slash", () => {
    expect(split(`./${"a".repeat(90)}/${"b".repeat(20)}/`)).toEqual([`./${"a".repeat(90)}`, `${"b".repeat(20)}/`]);
    expect(split(`./${"a".repeat(101)}/`)).toBeUndefined();
  });

  it.each([101, 120])("when there is no slash to split %i bytes at returns undefined", (length) => {
    expect(split("n".repeat(length))).toBeUndefined();
    expect(split(`/${"n".repeat(length)}`)).toBeUndefined();
  });
});
