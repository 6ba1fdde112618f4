import { describe, expect, it } from "@jest/globals";

import { opaAnswers, ourAnswers } from "../../support/builtins.ts";
import type { Call } from "../../support/builtins.ts";
import { createRandom } from "../../support/random.ts";
import type { Random } from "../../support/random.ts";

const CASES = 1500;
const random = createRandom();

const SCHEMA = `
type Query { a(p: Int, q: String! = "x"): T b: [U!]! c: I x: S e(p: E): E y(in: In): Int u(l: [Int]): Un d(f: Float, i: ID): Float }
type Mutation { a: T m(o: One): Int }
type Subscription { a: T b: Int }
type T implements I { a: String b(p: Int): Int T: T c: I }
type U { a: Int b: U x: [T] }
interface I { a: String }
enum E { A B }
input In { a: Int! b: [In] c: E = A }
input One @oneOf { a: Int b: String }
scalar S
union Un = T | U
directive @rep repeatable on FIELD
directive @d(a: Int!) on FIELD | QUERY
`;

const FIELDS = [
  "a",
  "b",
  "c",
  "x",
  "T",
  "__typename",
  "y",
  "e",
  "u",
  "d",
  "m",
  "__schema",
  "__type",
  "types",
  "fields",
];
const VALUES = [
  "1",
  '"s"',
  "A",
  "C",
  "true",
  "null",
  "1.5",
  "$v",
  "[1]",
  "{a: 1}",
  "{a: 1, b: {a: 2}}",
  "{}",
  "{z: 1}",
];
const DIRECTIVES = ["@skip(if: true)", "@include(if: $v)", "@skip", "@nope", "@rep @rep", "@d(a: 1)", "@deprecated"];
const TYPES = ["Int", "Int!", "String", "Boolean!", "[Int]", "In", "E", "T", "Nope", "Int = 1", "In = {a: 1}"];
const CONDITIONS = ["T", "U", "I", "Un", "Query", "S", "Nope"];
const WORDS = Array.from('{}()[]:!$@=|&,#"\n ').concat(
  FIELDS,
  VALUES,
  DIRECTIVES,
  "...",
  "on",
  "query",
  "fragment",
  "type",
  "enum",
  "input",
  "extend",
  "union",
  "interface",
  "schema",
  "directive",
  "implements",
  '"""',
  "Query",
  "Int",
);

function maybe(probability: number, make: () => string): string {
  return random.chance(probability) ? make() : "";
}

function some(source: Random, most: number, make: () => string, separator = " "): string {
  return Array.from({ length: 1 + source.int(most) }, make).join(separator);
}

function selections(depth: number): string {
  return `{ ${some(random, 3, () => selection(depth))} }`;
}

function selection(depth: number): string {
  const kind = random.int(11);
  if (kind === 0) return `...${random.pick(["F", "G"])}`;
  if (kind === 1 && depth > 0) return `... on ${random.pick(CONDITIONS)} ${selections(depth - 1)}`;
  const given = maybe(0.35, () => `(${random.pick(["p", "q", "in", "f", "l", "o", "name"])}: ${random.pick(VALUES)})`);
  const parts = maybe(depth > 0 ? 0.5 : 0, () => selections(depth - 1));
  return `${maybe(0.15, () => "k: ")}${random.pick(FIELDS)}${given} ${maybe(0.1, () => random.pick(DIRECTIVES))} ${parts}`;
}

const SOUND = [
  "{ a { a } }",
  "query Q($v: Int) { a(p: $v) { a } }",
  "{ b { b { a } } x }",
  "{ e(p: A) y(in: {a: 1}) }",
  "{ c { ... on T { b } } }",
  "subscription { b }",
  "mutation { m(o: {a: 1}) }",
];

function query(): string {
  if (random.chance(0.4))
    return random
      .pick(SOUND)
      .replace(random.pick(["a", "b", "1", "A", "{", "p"]), (part) => random.pick([part, ...FIELDS, ...VALUES]));
  const variables = maybe(0.4, () => `($v: ${random.pick(TYPES)})`);
  const operation = `${random.pick(["query", "query", "mutation", "subscription"])} ${random.pick(["", "A"])}${variables} ${selections(3)}`;
  const fragments = ["F", "G"].map((name) =>
    maybe(0.3, () => `fragment ${name} on ${random.pick(CONDITIONS)} ${selections(2)}`),
  );
  return [random.chance(0.4) ? selections(3) : operation, ...fragments].join("\n");
}

function words(): string {
  return some(random, 14, () => random.pick(WORDS));
}

function typeText(): string {
  return random.chance(0.2) ? `[${typeText()}]!` : random.pick(["Int", "String!", "T", "U", "E", "In", "S", "Nope"]);
}

function definition(): string {
  const name = random.pick(["X", "Y", "T", "E", "Z"]);
  const members = some(
    random,
    3,
    () =>
      `${maybe(0.2, () => '"d" ')}${random.pick(["a", "b", "c"])}${maybe(0.2, () => `(p: ${typeText()})`)}: ${typeText()} ${maybe(0.1, () => "# c\n")}`,
  );
  const body = random.pick([
    `type ${name} ${maybe(0.3, () => "implements I")} { ${members} }`,
    `interface ${name} { ${members} }`,
    `input ${name} { ${members} }`,
    `enum ${name} { A B }`,
    `union ${name} = T | U`,
    `scalar ${name}`,
    "schema { query: T }",
    "directive @x(a: Int) on FIELD",
  ]);
  return `${maybe(0.15, () => "extend ")}${body}`;
}

function schema(): string {
  return SCHEMA + maybe(0.4, definition);
}

function call(): Call {
  return random.pick<() => Call>([
    () => ["graphql.parse_query", random.chance(0.6) ? query() : words()],
    () => ["graphql.parse_schema", random.chance(0.6) ? definition() : words()],
    () => ["graphql.schema_is_valid", random.chance(0.5) ? schema() : some(random, 3, definition, "\n")],
    () => ["graphql.parse_and_verify", query(), schema()],
    () => ["graphql.is_valid", query(), SCHEMA],
    () => ["graphql.parse", query(), SCHEMA],
  ])();
}

describe(`GraphQL builtins beside stock OPA (PARITY_SEED=${random.seed})`, () => {
  it(`on ${CASES} random calls gives the same answers`, async () => {
    const calls = Array.from({ length: CASES }, call);
    const [ours, theirs] = [await ourAnswers(calls), await opaAnswers(calls)];
    const paired = (answers: readonly string[]) => calls.map((asked, index) => ({ asked, answer: answers[index] }));
    expect(paired(ours)).toEqual(paired(theirs));
    for (const answer of ["true", "false", "undefined"]) expect(theirs).toContain(answer);
  });
});
