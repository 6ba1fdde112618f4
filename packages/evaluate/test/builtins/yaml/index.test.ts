import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { parseJsonValue } from "../../../src/builtins/encoding/go-json-parse.ts";
import { goJson } from "../../../src/builtins/json/go-json.ts";
import { call } from "../../support/builtins.ts";

async function unmarshal(text: string): Promise<string> {
  return goJson(await call("yaml.unmarshal", text));
}

async function marshal(json: string): Promise<unknown> {
  return call("yaml.marshal", parseJsonValue(json));
}

describe("yaml.unmarshal", () => {
  it.each([
    ["words of YAML 1.1", "[yes, No, on, OFF, y, N, ~, Null, '']", '[true,false,true,false,true,false,null,null,""]'],
    ["integers of all bases", "[0x1F, 0o17, 017, 0b11, 1_000, +1, -0x1f, 0b-1]", "[31,15,15,3,1000,1,-31,-1]"],
    [
      "integers of 64 bits",
      "[9223372036854775808, 18446744073709551616]",
      "[9223372036854775808,18446744073709552000]",
    ],
    ["floats", "[1.0, .5, 1e3, 1., 08, 1e21, 1e400]", '[1,0.5,1000,1,8,1e+21,"1e400"]'],
    ["times and base 60 as text", "[2001-01-01, 12:30:45]", '["2001-01-01","12:30:45"]'],
    ["tags", "[!!str 1, !!float 1, !!int 0x10, ! 2, !own x, !!binary aGk=]", '["1",1,16,"2","x","hi"]'],
    [
      "keys of other types",
      "{1: a, 1.5: b, true: c, .inf: d, 1e6: e}",
      '{".inf":"d","1":"a","1.5":"b","1e+06":"e","true":"c"}',
    ],
    ["merges", "a: &a {x: 1, z: 1}\nb: {x: 0, <<: *a, z: 2}", '{"a":{"x":1,"z":1},"b":{"x":1,"z":2}}'],
    ["anchors and aliases", "a: &a [1]\nb: *a", '{"a":[1],"b":[1]}'],
    ["keys that stand twice", "{a: 1, a: 2}", '{"a":2}'],
    ["the first of several documents", "--- 1\n---\n]", "1"],
    ["nothing", "# nothing\n", "null"],
    ["block scalars", "a: |\n  x\n\n  y\nb: >-\n  x\n  y\n\n  z\n", '{"a":"x\\n\\ny\\n","b":"x y\\nz"}'],
    ["plain scalars of several lines", "a: x\n  y\n\n  z", '{"a":"x y\\nz"}'],
    ["escapes", '"\\x41\\u00e9\\U0001F600\\N\\\n  z"', '"Aé😀\u0085z"'],
    ["lists at their key's column", "a:\n- 1\n- - 2", '{"a":[1,[2]]}'],
    ["a pair within a list", "[a: b, ? c]", '[{"a":"b"},{"c":null}]'],
    ["JSON", '{"a":[1,{"b":null}]}', '{"a":[1,{"b":null}]}'],
  ])("reads %s", async (_what, text, wanted) => {
    expect(await unmarshal(text)).toBe(wanted);
  });

  it.each([
    ["a tab for indentation", "a:\n\tb: 1"],
    ["a key without its colon", "a: 1\nb\nc: 2"],
    ["a key of over 1024 characters", `{"${"k".repeat(1025)}":1}`],
    ["a list for a key", "? [a]\n: 1"],
    ["null for a key", "~: 1"],
    ["a pair on a key's line", "a: b: c"],
    ["an unknown alias", "*a"],
    ["a value that holds itself", "&a [*a]"],
    ["a merge of something else", "<<: 1"],
    ["another version", "%YAML 1.2\n--- 1"],
    ["an unknown directive", "%FOO\n--- 1"],
    ["an unknown tag handle", "!a!b 1"],
    ["a tag that does not fit", "!!int x"],
    ["bytes that are none", "!!binary x"],
    ["infinity", ".inf"],
    ["a control character", "a: \u0001"],
    ["an unknown escape", '"\\q"'],
    ["half a surrogate pair", '"\\ud800"'],
    ["an open quote", "'a"],
    ["an open list", "[a"],
    ["no value at all", "[@a]"],
    ["an indentation of 0", "|0\n x"],
    [
      "aliases by the million",
      `a0: &a0 [x,x]\n${Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n},*a${n}]`).join("\n")}`,
    ],
  ])("when the text has %s throws", async (_what, text) => {
    await expect(unmarshal(text)).rejects.toThrow(BuiltinError);
  });

  it("says on which line", async () => {
    await expect(unmarshal("a: 1\nb: 'x")).rejects.toThrow(/line 2/);
  });

  it.each([["[".repeat(1_000_000)], ["- ".repeat(500_000)], ["? ".repeat(500_000)]])(
    "when the text nests without end stops soon",
    async (text) => {
      await expect(unmarshal(text)).rejects.toThrow(RangeError);
    },
  );
});

describe("yaml.is_valid", () => {
  it.each([
    ["a: 1", true],
    ["a: [", false],
    [".nan", false],
    [1n, false],
  ])("of %p: %p", async (text, wanted) => {
    expect(await call("yaml.is_valid", text)).toBe(wanted);
  });
});

describe("yaml.marshal", () => {
  it.each([
    ['{"b":[1,{"a":null,"c":[]}],"a":{}}', "a: {}\nb:\n- 1\n- a: null\n  c: []\n"],
    ["[[1,[2]],[]]", "- - 1\n  - - 2\n- []\n"],
    [
      '["1","yes","x","","a: b","#","- ","2001-01-01","1:30"]',
      '- "1"\n- "yes"\n- x\n- ""\n- \'a: b\'\n- \'#\'\n- \'- \'\n- "2001-01-01"\n- "1:30"\n',
    ],
    [
      '{"a":"x\\ny\\n","b":"x\\n y","c":"x\\n\\n","d":" x\\n"}',
      "a: |\n  x\n  y\nb: |-\n  x\n   y\nc: |+\n  x\n\nd: |2\n   x\n",
    ],
    ['["\\t","😀","it\'s"]', '- "\\t"\n- "\\U0001F600"\n- it\'s\n'],
    [
      "[1.0,1e3,1e21,1000000.5,12345678901234567890]",
      "- 1\n- 1000\n- 1e+21\n- 1.0000005e+06\n- 12345678901234567890\n",
    ],
    ['{"a10":1,"a9":2,"10":3,"9":4,"B":5,"_":6}', '_: 6\n"9": 4\n"10": 3\nB: 5\na9: 2\na10: 1\n'],
    ['"x"', "x\n"],
    [`{"${"k".repeat(129)}":[1]}`, `? ${"k".repeat(129)}\n: - 1\n`],
    [`"${"ab ".repeat(30)}c"`, `${"ab ".repeat(27)}ab\n  ab ab c\n`],
  ])("of %s", async (json, wanted) => {
    expect(await marshal(json)).toBe(wanted);
  });

  it("of what YAML does not take from JSON throws", async () => {
    await expect(marshal('"\u007f"')).rejects.toThrow(BuiltinError);
  });

  it("of what would be mostly indentation stops", async () => {
    const deep = Array.from({ length: 900 }).reduce<unknown>(
      (inner) => [inner, 1],
      Array.from({ length: 20_000 }, () => 1),
    );
    await expect(marshal(JSON.stringify(deep))).rejects.toThrow(RangeError);
  });
});
