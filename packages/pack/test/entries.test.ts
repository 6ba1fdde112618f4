import { describe, expect, it } from "@jest/globals";
import { canonicalEntries } from "../src/entries.ts";
import { file } from "./files.ts";

function pathsOf(...paths: string[]): string[] {
  return canonicalEntries(paths.map((path) => file(path))).map(({ path, kind }) =>
    kind === "folder" ? `${path}/` : path,
  );
}

function refusal(...paths: string[]): unknown {
  try {
    return pathsOf(...paths);
  } catch (thrown) {
    return (thrown as { code?: unknown }).code;
  }
}

describe("canonicalEntries", () => {
  it("when given files in any order returns the archive's order with their folders", () => {
    const paths = ["signing/s", "README.md", "opa/b.rego", "data/data.json", "opa/b/c/d.rego", "opa/a.rego"];
    const expected = ["opa/", "opa/a.rego", "opa/b/", "opa/b/c/", "opa/b/c/d.rego", "opa/b.rego"];
    expected.push("data/", "data/data.json", "README.md", "signing/", "signing/s");
    expect(pathsOf(...paths)).toEqual(expected);
    expect(pathsOf(...paths.toReversed())).toEqual(expected);
  });

  it("when siblings differ in bytes below '/' puts a folder's files before its siblings", () => {
    const expected = ["opa/", "opa/a/", "opa/a/x", "opa/a b", "opa/a-b", "opa/a.rego", "opa/a0"];
    expect(pathsOf("opa/a0", "opa/a-b", "opa/a.rego", "opa/a/x", "opa/a b")).toEqual(expected);
  });

  it("when names are not ASCII orders them by their UTF-8 bytes, not by UTF-16", () => {
    expect(pathsOf("opa/\u{1f600}", "opa/\uff5e", "opa/z", "opa/Y")).toEqual([
      "opa/",
      "opa/Y",
      "opa/z",
      "opa/\uff5e",
      "opa/\u{1f600}",
    ]);
  });

  it("when given no file returns no entry", () => {
    expect(pathsOf()).toEqual([]);
  });

  it.each([
    ["", "empty"],
    ["/opa/x", "absolute"],
    ["opa//x", "an empty segment"],
    ["opa/", "a trailing slash"],
    ["./opa/x", "a dot segment"],
    ["opa/../x", "a parent segment"],
    ["opa/..", "a parent at the end"],
    ["opa\\x", "a backslash"],
    ["opa/x\0", "NUL"],
    ["opa/x\n", "a control character"],
    ["opa/x\u0085", "a C1 control character"],
    ["opa/e\u0301", "not NFC"],
    ["opa/\u212a", "a Kelvin sign"],
    ["opa/\ud800", "half a surrogate pair"],
    ["opa/c:x", "a colon"],
    ["opa/x.", "a trailing dot"],
    ["opa/x /y", "a trailing space"],
    ["opa/NUL.txt", "a Windows device"],
    ["opa/com1/x", "a Windows device as a folder"],
    ["x", "outside the four places"],
    ["opb/x", "another folder"],
    ["manifest.json", "the manifest"],
    ["opa", "a place as a file"],
    ["README.md/x", "README.md as a folder"],
    ["readme.md", "README.md in another case"],
    ["signing/cosign.bundle.json", "the signature"],
    ["signing/Cosign.Bundle.json", "the signature in another case"],
    ["signing/x.sigstore.json", "a Sigstore bundle"],
    ["opa/x.SIGSTORE.json", "a Sigstore bundle elsewhere"],
    [`opa/${"n".repeat(101)}`, "a name without a place to split"],
    [`opa/${"n".repeat(101)}/x`, "a folder without a place to split"],
    [`opa/${"é".repeat(60)}`, "too many bytes in too few characters"],
    [`opa/${"n/".repeat(125)}x`, "beyond the cap"],
  ])("when given %j (%s) throws SOURCE_INVALID", (path) => {
    expect(refusal(path)).toBe("SOURCE_INVALID");
  });

  it.each([
    [["opa/a", "opa/a"], "twice"],
    [["opa/a", "opa/A"], "by case"],
    [["opa/stra\u00dfe", "opa/STRASSE"], "by full case folding"],
    [["opa/\u03c3", "opa/\u03c2"], "by final sigma"],
    [["opa/B/x", "opa/b/y"], "as folders by case"],
    [["opa/a", "opa/a/b"], "as file and folder"],
    [["opa/a/b", "opa/a"], "as folder and file"],
    [["opa/a", "opa/A/b"], "as file and folder by case"],
  ])("when given %j (%s) throws SOURCE_INVALID", (paths) => {
    expect(refusal(...paths)).toBe("SOURCE_INVALID");
  });

  it("when a name is there twice says whether as a file, a folder or by case", () => {
    expect(() => pathsOf("opa/a", "opa/a")).toThrow("twice");
    expect(() => pathsOf("opa/a", "opa/a/b")).toThrow("a file and a folder");
    expect(() => pathsOf("opa/a", "opa/A")).toThrow("case");
  });

  it("when a name says what is wrong with it shows no raw control character in the message", () => {
    expect(() => pathsOf("opa/\u001b[31mx\u202e")).toThrow(/^[^\p{Cc}\p{Cf}]+$/u);
  });

  it("when a stored name has exactly 100 and 255 bytes returns it", () => {
    expect(pathsOf(`opa/${"n".repeat(94)}`)).toHaveLength(2);
    expect(pathsOf(`opa/${"f".repeat(90)}/${"f".repeat(58)}/${"n".repeat(99)}`)).toHaveLength(4);
    expect(refusal(`opa/${"f".repeat(90)}/${"f".repeat(58)}/${"n".repeat(100)}`)).toBe("SOURCE_INVALID");
  });
});
