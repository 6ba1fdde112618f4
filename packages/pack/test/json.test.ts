import { describe, expect, it } from "@jest/globals";
import { parseJson } from "../src/json.ts";
import type { JsonOptions } from "../src/json.ts";
import { createRandom } from "./files.ts";

const OPTIONS: JsonOptions = { maxBytes: 1_000, code: "INPUT_INVALID", what: "The input" };

function code(source: string | Uint8Array, options: Partial<JsonOptions> = {}): unknown {
  try {
    parseJson(source, { ...OPTIONS, ...options });
    return "accepted";
  } catch (thrown) {
    return (thrown as { code?: unknown }).code;
  }
}

describe("parseJson", () => {
  it.each(["null", "false", "0", '""', " [1, 2.5, -3e2] ", '{"a":{"b":[{}]},"b":"\\ud83d\\ude00 \\" \\\\"}'])(
    "when given %s returns what JSON.parse does",
    (text) => {
      expect(parseJson(text, OPTIONS)).toEqual(JSON.parse(text));
      expect(parseJson(Buffer.from(text), OPTIONS)).toEqual(JSON.parse(text));
    },
  );

  it("when the text is malformed throws the caller's code", () => {
    for (const text of ["", "{", '{"a":}', "[1,]", "tru", '"', '"\\', '"\\x"', "1 2", "{'a':1}", "nul\0", "-", "01"]) {
      expect([text, code(text)]).toEqual([text, "INPUT_INVALID"]);
    }
  });

  it("when the bytes are not UTF-8 throws the caller's code", () => {
    expect(code(Buffer.from([0x22, 0xff, 0x22]))).toBe("INPUT_INVALID");
  });

  it("when the bytes start with a byte order mark throws the caller's code", () => {
    expect(code(Buffer.from("\ufeff{}"))).toBe("INPUT_INVALID");
  });

  it("when a key is there twice throws, however it is spelled", () => {
    expect(code('{"a":1,"a":1}')).toBe("INPUT_INVALID");
    expect(code('{"a":1,"\\u0061" : 2}')).toBe("INPUT_INVALID");
    expect(code('[{"b":{"x":1,"y":{"x":0},"x":2}}]')).toBe("INPUT_INVALID");
    expect(code('{"__proto__":1,"__proto__":2}')).toBe("INPUT_INVALID");
  });

  it("when a key stands in two objects, or as a value, returns", () => {
    expect(code('[{"a":"a"},{"a":["a","a"]},{"b":{"a":1},"a":"b"}]')).toBe("accepted");
  });

  it("when a key is __proto__ returns it as a property of its own", () => {
    const value = parseJson('{"__proto__":{"admin":true}}', OPTIONS);
    expect(Object.hasOwn(value as object, "__proto__")).toBe(true);
    expect((value as { admin?: unknown }).admin).toBeUndefined();
  });

  it.each(["9007199254740993", "1e400", "-1e999999999", "1e-400", "0.1000000000000000055", "123456789012345678901"])(
    "when a double cannot hold %s throws",
    (text) => {
      expect(code(`[${text}]`)).toBe("INPUT_INVALID");
    },
  );

  it("when a number is endless throws without reading it, whatever its value", () => {
    for (const text of [`1e${"9".repeat(3_000_000)}`, `1e-${"9".repeat(3_000_000)}`, `1.${"0".repeat(400)}`]) {
      expect(code(text, { maxBytes: 4_000_000 })).toBe("INPUT_INVALID");
    }
  });

  it.each(["0.1", "1.10", "100e-2", "1E+2", "-0", "0.0", "9007199254740992", "1e21", "5e-324", "0.30000000000000004"])(
    "when a double holds %s exactly returns it",
    (text) => {
      expect(parseJson(text, OPTIONS)).toBe(Number(text));
    },
  );

  it("when random doubles are printed returns each again (seed 7)", () => {
    const random = createRandom(7);
    for (let round = 0; round < 2_000; round += 1) {
      const value = (random(2 ** 31) - 2 ** 30) * 10 ** (random(60) - 30);
      expect(parseJson(JSON.stringify(value), OPTIONS)).toBe(value);
    }
  });

  it.each(['"\\ud800"', '{"\\udc00":1}', '"\\ud800\\ud800"'])("when half a surrogate pair is in %s throws", (text) => {
    expect(code(text)).toBe("INPUT_INVALID");
  });

  it("when it has more bytes than allowed throws LIMIT_EXCEEDED, counted in UTF-8", () => {
    expect(code('"é"', { maxBytes: 4 })).toBe("accepted");
    expect(code('"é"', { maxBytes: 3 })).toBe("LIMIT_EXCEEDED");
    expect(code(Buffer.from('"é"'), { maxBytes: 3 })).toBe("LIMIT_EXCEEDED");
  });

  it("when it is nested deeper than allowed throws LIMIT_EXCEEDED", () => {
    expect(code("[[{}]]", { maxDepth: 3 })).toBe("accepted");
    expect(code("[[{}]]", { maxDepth: 2 })).toBe("LIMIT_EXCEEDED");
    expect(code("[".repeat(3_000_000), { maxBytes: 4_000_000 })).toBe("LIMIT_EXCEEDED");
  });

  it("when the code is an operator's throws that code as a ConfigError, for limits too", () => {
    for (const text of ["{", "[[1]]", '"12345"']) {
      const options = { ...OPTIONS, code: "CONFIG_INVALID", maxDepth: 1, maxBytes: 6 } as const;
      expect(() => parseJson(text, options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", exitCode: 2 }));
    }
  });

  it("when single characters of a text are replaced returns what JSON.parse does or throws (seed 11)", () => {
    const random = createRandom(11);
    const text = '{"a": [1, -2.5e3, "x\\u0041\\n"], "b": {"c": null, "d": [true, {}]}, "e": ""}';
    const alphabet = '{}[]",:\\u0123456789eE+-.abc \t\0é';
    for (let round = 0; round < 5_000; round += 1) {
      const at = random(text.length);
      const changed = text.slice(0, at) + (alphabet[random(alphabet.length)] ?? "") + text.slice(at + 1);
      if (code(changed) === "accepted") expect(parseJson(changed, OPTIONS)).toEqual(JSON.parse(changed));
      else expect(code(changed)).toBe("INPUT_INVALID");
    }
  });
});
