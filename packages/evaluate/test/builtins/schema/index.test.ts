import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { parseJsonValue } from "../../../src/builtins/encoding/go-json-parse.ts";
import { goJson } from "../../../src/builtins/json/go-json.ts";
import { call } from "../../support/builtins.ts";

async function match(document: string, schema: string): Promise<string> {
  return goJson(await call("json.match_schema", parseJsonValue(document), parseJsonValue(schema)));
}

async function verify(schema: string): Promise<string> {
  return goJson(await call("json.verify_schema", parseJsonValue(schema)));
}

describe("json.match_schema", () => {
  it.each([
    ['{"a":1}', '{"properties":{"a":{"type":"integer"}},"required":["a"]}'],
    ["[1.0]", '{"items":{"type":"integer"}}'],
    ['"{\\"a\\":1}"', '"{\\"required\\":[\\"a\\"]}"'],
    ["[7.5]", '{"items":{"multipleOf":2.5}}'],
    ["[1e300]", '{"items":{"multipleOf":1e299}}'],
    ['["abc"]', '{"items":{"pattern":"^a.c$"}}'],
    ["[[1]]", '{"definitions":{"t":{"items":{"type":"number"}}},"items":{"$ref":"#/definitions/t"}}'],
    ['{"type":"object"}', '{"$ref":"http://json-schema.org/draft-07/schema#"}'],
    ["[1]", '{"items":{"id":"#one","type":"integer"},"contains":{"$ref":"#one"}}'],
  ])("of %s with %s passes", async (document, schema) => {
    expect(await match(document, schema)).toBe("[true,[]]");
  });

  it.each([
    [
      "[1]",
      '{"type":["object","null"]}',
      "invalid_type",
      "(Root)",
      "Invalid type. Expected: [object,null], given: array",
    ],
    ["[2]", '{"items":{"minimum":2000000}}', "number_gte", "0", "Must be greater than or equal to 2e+06"],
    ["[2]", '{"items":{"exclusiveMaximum":2}}', "number_lt", "0", "Must be less than 2"],
    [
      '{"a":{"b":"é"}}',
      '{"properties":{"a":{"properties":{"b":{"minLength":2}}}}}',
      "string_gte",
      "a.b",
      "String length must be greater than or equal to 2",
    ],
    ['["x"]', '{"items":{"enum":[1.0,"<"]}}', "enum", "0", '0 must be one of the following: 1, "\\u003c"'],
    ["[1,1.0]", '{"uniqueItems":true}', "unique", "(Root)", "array items[0,1] must be unique"],
    [
      '{"a":1}',
      '{"additionalProperties":false}',
      "additional_property_not_allowed",
      "(Root)",
      "Additional property a is not allowed",
    ],
    ["[1]", '{"items":false}', "false", "0", "False always fails validation"],
    [
      "[1]",
      '{"items":[{}],"additionalItems":false,"minItems":2}',
      "array_min_items",
      "(Root)",
      "Array must have at least 2 items",
    ],
    ['["x"]', '{"items":{"format":"ipv4"}}', "format", "0", "Does not match format 'ipv4'"],
    ['{"a":1}', '{"dependencies":{"a":["b"]}}', "missing_dependency", "(Root)", "Has a dependency on b"],
    ["[]", '{"not":{"type":"array"}}', "number_not", "(Root)", "Must not validate the schema (not)"],
  ])("of %s with %s names %s", async (document, schema, type, field, desc) => {
    const error = { desc, error: `${field}: ${desc}`, field, type };
    expect(JSON.parse(await match(document, schema))).toEqual([false, [error]]);
  });

  it("of several schemas that fail reports the nearest", async () => {
    const schema =
      '{"anyOf":[{"type":"string"},{"properties":{"a":{"type":"string"}},"required":["b"]},{"required":["b","c"]}]}';
    const [, errors] = JSON.parse(await match('{"a":1,"c":2}', schema)) as [boolean, { type: string }[]];
    expect(errors.map(({ type }) => type)).toEqual(["number_any_of", "required"]);
  });

  it.each([
    ["1", "{}"],
    ["null", "{}"],
    ['"{"', "{}"],
    ["{}", "[]"],
    ["{}", '{"type":"unknown"}'],
    ["{}", '{"$ref":"http://127.0.0.1:9/schema"}'],
    ["{}", '{"$ref":"file:///etc/hosts"}'],
  ])("of %s with %s throws", async (document, schema) => {
    await expect(match(document, schema)).rejects.toThrow(BuiltinError);
  });

  it.each([
    ["calls itself without end", "{}", '{"$ref":"#"}'],
    [
      "calls itself twice a level",
      "{}",
      `{"definitions":{"a0":{},${Array.from({ length: 40 }, (_, n) => `"a${n + 1}":{"allOf":[{"$ref":"#/definitions/a${n}"},{"$ref":"#/definitions/a${n}"}]}`).join(",")}},"$ref":"#/definitions/a40"}`,
    ],
    ["says much about each item", `[${"1,".repeat(20_000)}1]`, `{"items":{"enum":["${"x".repeat(100_000)}"]}}`],
    [
      "has many patterns for many names",
      `{${Array.from({ length: 30_000 }, (_, n) => `"k${n}":1`).join(",")}}`,
      `{"patternProperties":{${Array.from({ length: 100 }, (_, n) => `"x${n}":{}`).join(",")}}}`,
    ],
    [
      "has a short pattern of very many states for many names",
      `{${Array.from({ length: 50_000 }, (_, n) => `"k${n}":1`).join(",")}}`,
      '{"propertyNames":{"pattern":"^(a?){900}b?"}}',
    ],
    ["is deeper than any document", "{}", `${'{"not":'.repeat(700)}{}${"}".repeat(700)}`],
  ])("when a schema %s stops soon", async (_what, document, schema) => {
    await expect(match(document, schema)).rejects.toThrow(RangeError);
  });
});

describe("json.verify_schema", () => {
  it.each([
    "{}",
    '"true"',
    '{"$schema":"http://json-schema.org/draft-04/schema#","minimum":1,"exclusiveMinimum":true}',
  ])("of %s passes", async (schema) => {
    expect(await verify(schema)).toBe("[true,null]");
  });

  it.each([
    ["1", "wrong type, expected string or object"],
    ["[]", "schema is invalid"],
    ['"{"', "invalid JSON string"],
    [
      '{"$schema":"http://json-schema.org/draft-04/schema#","items":true}',
      "Expected: Valid Schema, given: Invalid JSON",
    ],
    ['{"type":1}', "Invalid type. Expected: type, given: string/Array Of Strings"],
    ['{"type":["null","null"]}', "null type is duplicated"],
    ['{"minLength":1.0}', "minLength must be of an integer"],
    ['{"maxItems":-1}', "maxItems must be greater than or equal to 0"],
    ['{"minProperties":2,"maxProperties":1}', "minProperties cannot be greater than maxProperties"],
    ['{"minLength":2,"maxLength":1}', "minLength cannot be greater than maxLength"],
    ['{"exclusiveMaximum":true}', "exclusiveMaximum cannot be used without maximum"],
    ['{"multipleOf":0}', "multipleOf must be strictly greater than 0"],
    ['{"minimum":"1"}', "minimum must be of a Number"],
    ['{"pattern":"a(?!b)"}', "pattern must be a valid regex"],
    ['{"patternProperties":{"(":{}}}', "Invalid regex pattern '('"],
    ['{"required":["a","a"]}', "required items must be unique"],
    ['{"enum":[1,1.0]}', "enum items must be unique"],
    ['{"allOf":{}}', "allOf must be of an array"],
    ['{"not":1}', "not must be of an object"],
    ['{"properties":1}', "Properties must be of type object"],
    ['{"dependencies":{"a":1}}', "Dependency must be of type Schema Or Array Of Strings"],
    ['{"items":1}', "Invalid type. Expected: Valid Schema/Array Of Schemas, given: items"],
    ['{"additionalProperties":1}', "Invalid type. Expected: boolean/Valid Schema, given: additionalProperties"],
    ['{"definitions":{"a":1}}', "Invalid type. Expected: Array Of Schemas, given: definitions"],
    ['{"uniqueItems":1}', "uniqueItems must be of a boolean"],
    ['{"$ref":"#/definitions/a"}', "Object has no key 'definitions'"],
    ['{"items":{"$ref":"other"}}', "Reference /other must be canonical"],
    ['{"$ref":"%zz"}', 'parse "%zz": invalid URL escape "%zz"'],
    ['{"items":[{"id":"#a"},{"id":"#a"}]}', 'Reference already exists: "#a"'],
    ['{"$ref":"http://localhost/x#/a"}', "remote reference loading disabled: http://localhost/x#/a"],
  ])("of %s says why not", async (schema, message) => {
    expect(JSON.parse(await verify(schema))).toEqual([false, `jsonschema: ${message}`]);
  });
});
