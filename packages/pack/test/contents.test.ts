import { describe, expect, it } from "@jest/globals";
import { readPackUnsafe } from "../src/contents.ts";
import { digestOf } from "../src/digest.ts";
import { exactJsonOf } from "../src/exact-json.ts";
import { ARCHIVE_LIMITS } from "../src/limits.ts";
import { file, packFiles, tarOf } from "./files.ts";

describe("readPackUnsafe", () => {
  it("when given a built pack returns what it holds", () => {
    const tar = tarOf();
    const contents = readPackUnsafe(tar);
    expect(contents).toMatchObject({
      digest: digestOf(tar),
      packId: "test-pack-v0",
      revision: "3",
      entrypoints: ["a/allow"],
      data: { config: { x: { limit: 3 } } },
    });
    expect(Buffer.from(contents.wasm).toString()).toBe("\0asm");
    expect([...contents.files.keys()].sort()).toEqual(
      packFiles()
        .map(({ path }) => path)
        .sort(),
    );
  });

  it("when data holds numbers that no double prints again tells the text of all documents", () => {
    const others = packFiles().filter(({ path }) => !path.startsWith("data/"));
    const dataOf = (text: string) =>
      readPackUnsafe(tarOf([...others, file("data/data.json", text), file("data/a/data.json", "[7]")])).data;
    const data = dataOf(' {"n": 18446744073709551617}');
    expect(data).toEqual({ a: [7], n: 2 ** 64 });
    expect(exactJsonOf(data)).toBe('{"a":[7],"n":18446744073709551617}');
    expect(exactJsonOf({ ...(data as object) })).toBeUndefined();
    expect(exactJsonOf(dataOf('{"n": 1}'))).toBeUndefined();
    for (const other of [null, undefined, 1, "text"]) expect(exactJsonOf(other)).toBeUndefined();
  });

  it.each(["opa/policy.wasm", "opa/.manifest"])("when %s is missing throws ARCHIVE_INVALID", (missing) => {
    const tar = tarOf(packFiles().filter(({ path }) => path !== missing));
    expect(() => readPackUnsafe(tar)).toThrow(expect.objectContaining({ code: "ARCHIVE_INVALID" }));
  });

  it("when the data is malformed throws MANIFEST_INVALID", () => {
    const tar = tarOf([...packFiles(), file("data/config/y/data.json", '{"a":1,"a":2}')]);
    expect(() => readPackUnsafe(tar)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
  });

  it("when a lower cap is given throws LIMIT_EXCEEDED", () => {
    const limits = { ...ARCHIVE_LIMITS, maxPackBytes: 100 };
    expect(() => readPackUnsafe(tarOf(), limits)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  });
});
