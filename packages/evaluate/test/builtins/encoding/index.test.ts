import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { decodeAnyBase64, decodeBase64, decodeBase64Url } from "../../../src/builtins/encoding/go-base64.ts";
import { textOf } from "../../../src/builtins/encoding/go-text.ts";
import { call } from "../../support/builtins.ts";

describe("base64url.encode_no_pad", () => {
  it.each([
    ["", ""],
    ["a", "YQ"],
    ["ä?>", "w6Q_Pg"],
    ["\u0000", "AA"],
  ])("encodes %j", async (text, encoded) => {
    expect(await call("base64url.encode_no_pad", text)).toBe(encoded);
  });

  it.each([[null], [1n], [["a"]]])("refuses the operand %j", async (operand) => {
    await expect(call("base64url.encode_no_pad", operand)).rejects.toThrow(BuiltinError);
  });
});

describe("hex.encode and hex.decode", () => {
  it.each([
    ["", ""],
    ["hi", "6869"],
    ["é😀", "c3a9f09f9880"],
  ])("turn %j into %j and back", async (text, hex) => {
    expect(await call("hex.encode", text)).toBe(hex);
    expect(await call("hex.decode", hex.toUpperCase())).toBe(text);
  });

  it("prints bytes that are no text as U+FFFD each", async () => {
    expect(await call("hex.decode", "61e282ffed62")).toBe("a\ufffd\ufffd\ufffd\ufffdb");
  });

  it.each(["1", "0x", "zz", "61 62", "61\n", "6\u0661"])("refuse %j", async (text) => {
    await expect(call("hex.decode", text)).rejects.toThrow(BuiltinError);
  });

  it.each([[1n], [true]])("refuse the operand %j", async (operand) => {
    await expect(call("hex.decode", operand)).rejects.toThrow(BuiltinError);
    await expect(call("hex.encode", operand)).rejects.toThrow(BuiltinError);
  });
});

describe("decodeBase64", () => {
  it.each(["", "YQ==", "YWI=", "YWJj", "YR==", "Y\nQ\r=\n=\n", "+/+/"])("reads %j", (text) => {
    expect(decodeBase64(text, { url: false, padded: true })).toEqual(Buffer.from(text, "base64"));
  });

  it.each(["Y", "YQ", "YQ=", "YQ===", "=", "====", "Y===", "YQ==YQ==", "YW=j", "YQ= =", " YQ==", "-_-_", "YÄ=="])(
    "refuses %j",
    (text) => {
      expect(() => decodeBase64(text, { url: false, padded: true })).toThrow(BuiltinError);
    },
  );

  it.each(["YQ==", "YWI=", "Y", "+/+/"])("refuses %j where there is no padding", (text) => {
    expect(() => decodeBase64(text, { url: true, padded: false })).toThrow(BuiltinError);
  });
});

describe("decodeBase64Url", () => {
  it.each([
    ["YQ", "a"],
    ["YWI", "ab"],
    ["YQ==", "a"],
    ["", ""],
  ])("reads %j", (text, decoded) => {
    expect(decodeBase64Url(text).toString()).toBe(decoded);
  });

  it.each(["Y", "YQ=", "YW\n", "YQ YQ", "+/+/", "YWJjY"])("refuses %j", (text) => {
    expect(() => decodeBase64Url(text)).toThrow(BuiltinError);
  });
});

describe("decodeAnyBase64", () => {
  it.each(["-_8", "-_8=", "+/8", "+/8="])("reads %j", (text) => {
    expect(decodeAnyBase64(text).toString("hex")).toBe("fbff");
  });

  it.each(["+_8", "+/8==", "a", "-_8=="])("refuses %j", (text) => {
    expect(() => decodeAnyBase64(text)).toThrow(BuiltinError);
  });
});

describe("textOf", () => {
  it.each([
    ["", ""],
    ["efbbbf61", "\ufeffa"],
    ["c080", "\ufffd\ufffd"],
    ["e08080", "\ufffd\ufffd\ufffd"],
    ["e0a080", "\u0800"],
    ["eda080", "\ufffd\ufffd\ufffd"],
    ["ed9fbf", "\ud7ff"],
    ["f0808080", "\ufffd\ufffd\ufffd\ufffd"],
    ["f0908080", "\u{10000}"],
    ["f48fbfbf", "\u{10ffff}"],
    ["f4908080", "\ufffd\ufffd\ufffd\ufffd"],
    ["f5", "\ufffd"],
    ["61c3", "a\ufffd"],
    ["e28261", "\ufffd\ufffda"],
  ])("reads %s", (hex, text) => {
    expect(textOf(Buffer.from(hex, "hex"))).toBe(text);
  });
});
