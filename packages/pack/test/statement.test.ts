import { describe, expect, it } from "@jest/globals";
import { digestOf } from "../src/digest.ts";
import type { JsonObject } from "../src/json.ts";
import { LIMITS } from "../src/limits.ts";
import { toStatement } from "../src/statement.ts";
import type { StatementContent } from "../src/statement.ts";

const DIGEST = digestOf(Buffer.from("artifact"));
const CONTENT: StatementContent = {
  subjects: [{ name: "artifact", digest: DIGEST }],
  predicateType: "https://example.test/type/v1",
  predicate: { b: 1, a: { 10: "x", 9: "y" } },
};

const thrownBy = (changes: Partial<StatementContent>): unknown => {
  try {
    return toStatement({ ...CONTENT, ...changes });
  } catch (error) {
    return error;
  }
};

describe("toStatement", () => {
  it("when given a subject and a predicate returns canonical JSON of an in-toto statement v1", () => {
    expect(Buffer.from(toStatement(CONTENT)).toString()).toBe(
      `{"_type":"https://in-toto.io/Statement/v1","predicate":{"a":{"10":"x","9":"y"},"b":1},` +
        `"predicateType":"https://example.test/type/v1",` +
        `"subject":[{"digest":{"sha256":"${DIGEST.slice(7)}"},"name":"artifact"}]}`,
    );
  });

  it("when members come in another order returns the same bytes", () => {
    const predicate = { a: { 9: "y", 10: "x" }, b: 1 };
    expect(toStatement({ ...CONTENT, predicate })).toEqual(toStatement(CONTENT));
  });

  it("when two files have the same bytes returns both subjects", () => {
    const subjects = [...CONTENT.subjects, { name: "copy", digest: DIGEST }];
    const { subject } = JSON.parse(Buffer.from(toStatement({ ...CONTENT, subjects })).toString()) as {
      subject: unknown[];
    };
    expect(subject).toHaveLength(2);
  });

  it.each([
    ["there is no subject", { subjects: [] }],
    ["a subject's name is there twice", { subjects: [...CONTENT.subjects, ...CONTENT.subjects] }],
    ["an unnamed subject is there twice", { subjects: [{ digest: DIGEST }, { digest: DIGEST }] }],
    ["a subject's name is empty", { subjects: [{ name: "", digest: DIGEST }] }],
    ["a digest is of another form", { subjects: [{ name: "a", digest: DIGEST.toUpperCase() as typeof DIGEST }] }],
    ["the predicate type is no URI", { predicateType: "provenance" }],
    ["the predicate is an array", { predicate: [] as unknown as JsonObject }],
    ["a text holds half a surrogate pair", { predicate: { a: "\ud800" } }],
  ])("when %s throws FormatError INPUT_INVALID", (_what, changes) => {
    expect(thrownBy(changes)).toMatchObject({ name: "FormatError", code: "INPUT_INVALID" });
  });

  it("when the statement is larger than a bundle takes throws FormatError LIMIT_EXCEEDED", () => {
    const predicate = { a: "x".repeat(LIMITS.maxStatementBytes) };
    expect(thrownBy({ predicate })).toMatchObject({ name: "FormatError", code: "LIMIT_EXCEEDED" });
  });
});
