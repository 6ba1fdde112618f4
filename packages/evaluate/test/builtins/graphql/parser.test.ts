import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { goJson } from "../../../src/builtins/json/go-json.ts";
import { call } from "../../support/builtins.ts";

async function parsed(name: "graphql.parse_query" | "graphql.parse_schema", text: string): Promise<unknown> {
  return JSON.parse(goJson(await call(name, text)));
}

describe("graphql.parse_query", () => {
  it("answers the documents of gqlparser, without what is empty", async () => {
    expect(
      await parsed("graphql.parse_query", "# c\nquery Q($v: [Int!] = [1]) { k: a(p: $v) @d ... on T { b } ...F }"),
    ).toEqual({
      Operations: [
        {
          Operation: "query",
          Name: "Q",
          Comment: { List: [{ Value: "# c" }] },
          VariableDefinitions: [
            {
              Variable: "v",
              Used: false,
              Type: { NamedType: "", NonNull: false, Elem: { NamedType: "Int", NonNull: true } },
              DefaultValue: {
                Kind: 8,
                Raw: "",
                ExpectedTypeHasDefault: false,
                Children: [{ Name: "", Value: { Kind: 1, Raw: "1", ExpectedTypeHasDefault: false } }],
              },
            },
          ],
          SelectionSet: [
            {
              Alias: "k",
              Name: "a",
              Arguments: [{ Name: "p", Value: { Kind: 0, Raw: "v", ExpectedTypeHasDefault: false } }],
              Directives: [{ Name: "d", Location: "" }],
            },
            { TypeCondition: "T", SelectionSet: [{ Alias: "b", Name: "b" }] },
            { Name: "F" },
          ],
        },
      ],
    });
  });

  it.each([
    ["blocks", '{ a(p: """\n    x\n      y\n  """) }', "x\n  y"],
    ["escapes", '{ a(p: "\\u0041\\n\\ud83d") }', "A\n\ufffd"],
  ])("reads %s", async (_what, text, raw) => {
    expect(JSON.stringify(await parsed("graphql.parse_query", text))).toContain(JSON.stringify(raw));
  });

  it.each([
    "{",
    "{}",
    "{ a( }",
    "{ a() }",
    "{ a(p: 01) }",
    '{ a(p: "x) }',
    "query ($v = 1) { a }",
    "fragment on on T { a }",
    "{ a(p: 'x') }",
    "type T { a: Int }",
    "\u0001",
  ])("of %p throws", async (text) => {
    await expect(call("graphql.parse_query", text)).rejects.toThrow(BuiltinError);
  });

  it("says where", async () => {
    await expect(call("graphql.parse_query", "{\n a(")).rejects.toThrow(/at location 2:4$/);
  });

  it.each([
    ["{a".repeat(300_000)],
    [`{a(p: ${"[".repeat(300_000)}`],
    ["{a} ".repeat(200_000)],
    [`query ($v: ${"[".repeat(300_000)}`],
  ])("when the text is hostile stops soon", async (text) => {
    await expect(call("graphql.parse_query", text)).rejects.toThrow(RangeError);
  });
});

describe("graphql.parse_schema", () => {
  it("answers the documents of gqlparser, without what is empty", async () => {
    expect(
      await parsed("graphql.parse_schema", '"d" type T implements I @d(a: 1) { a(p: Int = 1): S }\nextend union U = T'),
    ).toEqual({
      Definitions: [
        {
          Kind: "OBJECT",
          Name: "T",
          Description: "d",
          BuiltIn: false,
          Interfaces: ["I"],
          Directives: [
            {
              Name: "d",
              Location: "",
              Arguments: [{ Name: "a", Value: { Kind: 1, Raw: "1", ExpectedTypeHasDefault: false } }],
            },
          ],
          Fields: [
            {
              Name: "a",
              Description: "",
              Type: { NamedType: "S", NonNull: false },
              Arguments: [
                {
                  Name: "p",
                  Description: "",
                  Type: { NamedType: "Int", NonNull: false },
                  DefaultValue: { Kind: 1, Raw: "1", ExpectedTypeHasDefault: false },
                },
              ],
            },
          ],
        },
      ],
      Extensions: [{ Kind: "UNION", Name: "U", Description: "", BuiltIn: false, Types: ["T"] }],
    });
  });

  it.each([
    "type",
    "type T { }",
    "extend type T",
    '"d" extend type T { a: Int }',
    "directive @d on FOO",
    "schema {}",
    "foo",
  ])("of %p throws", async (text) => {
    await expect(call("graphql.parse_schema", text)).rejects.toThrow(BuiltinError);
  });
});
