import { describe, expect, it } from "@jest/globals";

import { goJson } from "../../../src/builtins/json/go-json.ts";
import type { RegoValue } from "../../../src/values/values.ts";
import { call } from "../../support/builtins.ts";

const SCHEMA = `
type Query { a(p: Int, q: String! = "x"): T i: I s: S e(p: E): Int in(x: In): Int one(o: One): Int list: [Un!] deep: __Type }
type Subscription { a: Int b: Int }
type T implements I { a: String b: Int t: T }
type U { a: Int }
interface I { a: String }
union Un = T | U
enum E { A B }
input In { a: Int! b: [In] }
input One @oneOf { a: Int b: Int }
scalar S
directive @d(a: Int!) on FIELD
directive @rep repeatable on FIELD`;

async function isValid(query: RegoValue, schema: RegoValue = SCHEMA): Promise<RegoValue> {
  return call("graphql.is_valid", query, schema);
}

describe("graphql.schema_is_valid", () => {
  it.each([
    [SCHEMA, true],
    ["extend type Query { a: Int }", true],
    ["directive @skip on FIELD", true],
    ["type T { a: Int } type T { a: Int }", false],
    ["type T { a: Nope }", false],
    ["type T { a: Int a: Int }", false],
    ["type __T { a: Int }", false],
    ["type T { __a: Int }", false],
    ["type T", false],
    ["enum E { true }", false],
    ["enum E { A A }", false],
    ["union U = E enum E { A }", false],
    ["type T { a: Int } union U = T | T", false],
    ["type T { a(p: T): Int }", false],
    ["input I { a: T } type T { a: Int }", false],
    ["interface I { a: Int } type T implements I { b: Int }", false],
    ["interface I { a: Int } type T implements I { a: String }", false],
    ["interface I { a(p: Int): Int } type T implements I { a: Int }", false],
    ["interface I { a: Int } type T implements I { a(p: Int!): Int }", false],
    ["interface I { a: Int } interface J implements I { a: Int } type T implements J { a: Int }", false],
    ["type T implements U { a: Int } type U { a: Int }", false],
    ["type T @nope { a: Int }", false],
    ["directive @d on FIELD type T @d { a: Int }", false],
    ["directive @d(a: Int!) on OBJECT type T @d { a: Int }", false],
    ["directive @d on OBJECT type T @d(x: 1) { a: Int }", false],
    ["directive @d(a: Int @d) on ARGUMENT_DEFINITION", false],
    ["directive @d on FIELD directive @d on FIELD", false],
    ["type T { a: Int @deprecated @deprecated }", false],
    ["scalar S extend type S { a: Int }", false],
    ["schema { query: Q }", false],
    ["schema { query: T } schema { query: T } type T { a: Int }", false],
    [1n, false],
  ])("of %p: %p", async (schema, wanted) => {
    expect(await call("graphql.schema_is_valid", schema)).toBe(wanted);
  });
});

describe("graphql.is_valid", () => {
  it.each([
    "{ a { a } }",
    "{ __typename __schema { types { fields { type { name } } } } }",
    "query Q($v: Int) { a(p: $v) { ...F } } fragment F on I { a }",
    "query Q($v: Int = 1) { in(x: {a: $v}) }",
    "{ in(x: {a: 1, b: {a: 2}}) e(p: A) one(o: {a: 1}) }",
    "{ list { ... on T { x: a } ... on U { y: a } } }",
    "{ s @rep @rep @include(if: true) }",
    "subscription { a }",
  ])("of %p is true", async (query) => {
    expect(await isValid(query)).toBe(true);
  });

  it.each([
    ["an unknown field", "{ x }"],
    ["no selection of an object", "{ a }"],
    ["a selection of a scalar", "{ s { a } }"],
    ["a fragment on a scalar", "{ a { ... on S { a } } }"],
    ["a fragment on an unknown type", "{ a { ... on Nope { a } } }"],
    ["a fragment that can never apply", "{ a { ... on U { a } } }"],
    ["an unknown fragment", "{ a { ...F } }"],
    ["a fragment that nobody spreads", "{ a { a } } fragment F on T { a }"],
    ["fragments of one name", "{ a { ...F } } fragment F on T { a } fragment F on T { b }"],
    ["fragments in a circle", "{ a { ...F } } fragment F on T { ...G } fragment G on T { ...F }"],
    ["an unknown argument", "{ a(z: 1) { a } }"],
    ["an argument twice", "{ a(p: 1, p: 2) { a } }"],
    ["an argument missing", "{ s @d }"],
    ["an unknown directive", "{ s @nope }"],
    ["a directive in a wrong place", "query @d(a: 1) { s }"],
    ["a directive twice", "{ s @skip(if: true) @skip(if: true) }"],
    ["a literal of another type", '{ a(p: "1") { a } }'],
    ["an integer beyond 64 bits", "{ a(p: 99999999999999999999) { a } }"],
    ["null for what is never null", "{ a(q: null) { a } }"],
    ["an unknown value of an enum", "{ e(p: C) }"],
    ["a member missing", "{ in(x: {}) }"],
    ["an unknown member", "{ in(x: {a: 1, z: 1}) }"],
    ["a member twice", "{ in(x: {a: 1, a: 1}) }"],
    ["two members of a oneOf", "{ one(o: {a: 1, b: 2}) }"],
    ["null for a oneOf", "{ one(o: {a: null}) }"],
    ["a nullable variable for a oneOf", "query($v: Int) { one(o: {a: $v}) }"],
    ["a list for what is none", "{ a(p: [1]) { a } }"],
    ["an undefined variable", "{ a(p: $v) { a } }"],
    ["an unused variable", "query($v: Int) { s }"],
    ["a variable twice", "query($v: Int, $v: Int) { a(p: $v) { a } }"],
    ["a variable of an output type", "query($v: T) { a(p: $v) { a } }"],
    ["a variable of an unknown type", "query($v: Nope) { a(p: $v) { a } }"],
    ["a variable in a wrong position", "query($v: String) { a(p: $v) { a } }"],
    ["a nullable variable for what is never null", "query($v: Int) { in(x: {a: $v}) }"],
    ["two operations without names", "{ s } { s }"],
    ["two operations of one name", "query A { s } query A { s }"],
    ["an operation that the schema does not have", "mutation { s }"],
    ["a subscription to two fields", "subscription { a b }"],
    ["a subscription to the schema", "subscription { __typename }"],
    ["two fields under one name", "{ x: s x: e }"],
    ["one field with two arguments", "{ a(p: 1) { a } a(p: 2) { a } }"],
    ["a conflict within fragments", "{ i { ... on T { x: a } ...F } } fragment F on T { x: b }"],
    [
      "questions about the schema without end",
      "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    ],
  ])("when the query has %s is false", async (_what, query) => {
    expect(await isValid(query)).toBe(false);
  });

  it.each([
    [1n, SCHEMA],
    ["{ s }", 1n],
    ["{ s }", "type T"],
  ])("of operands of other types is false", async (query, schema) => {
    expect(await isValid(query, schema)).toBe(false);
  });

  it("when fragments spread each other ten thousand times stops soon", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `F${index}`);
    const spreads = names.map((name) => `...${name}`).join(" ");
    const fields = Array.from({ length: 10 }, (_, index) => `x${index}: a`).join(" ");
    const fragments = names.map((name) => `fragment ${name} on T { ${fields} t { ${spreads} } }`).join("\n");
    await expect(isValid(`{ a { ${spreads} } }\n${fragments}`)).rejects.toThrow(RangeError);
  });

  it("when hundreds of interfaces implement each other answers soon", async () => {
    const names = Array.from({ length: 500 }, (_, index) => `I${index}`);
    const interfaces = names.map((name, index) => {
      const above = index === 0 ? "" : ` implements ${names.slice(0, index).join(" & ")}`;
      return `interface ${name}${above} { a: Int }`;
    });
    expect(await isValid("{ a }", `type Query { a: Int } ${interfaces.join(" ")}`)).toBe(true);
  });
});

describe("graphql.parse", () => {
  it("answers both documents", async () => {
    const [query, schema] = JSON.parse(
      goJson(await call("graphql.parse", "{ a }", "type Query { a: Int }")),
    ) as object[];
    expect(query).toHaveProperty("Operations");
    expect(schema).toHaveProperty("Definitions");
  });

  it("takes documents for texts", async () => {
    const query = await call("graphql.parse_query", "{ a { a } }");
    const schema = await call("graphql.parse_schema", SCHEMA);
    expect(goJson(await call("graphql.parse", query, schema))).toBe(goJson([query, schema]));
  });

  it("when the query does not fit throws, and says where", async () => {
    await expect(call("graphql.parse", "{\n  x }", SCHEMA)).rejects.toThrow(
      /^Cannot query field "x" on type "Query" in GraphQL string at location 2:3$/,
    );
  });
});

describe("graphql.parse_and_verify", () => {
  it.each([
    ["{ a }", "type Query { a: Int }", true],
    ["{ b }", "type Query { a: Int }", false],
    ["{ a }", 1n, false],
  ])("of %p with %p: %p", async (query, schema, wanted) => {
    const [verified] = JSON.parse(goJson(await call("graphql.parse_and_verify", query, schema))) as unknown[];
    expect(verified).toBe(wanted);
  });
});
