import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { bitStringOf, DerReader, integerOf, oidOf, rightAlign, TAG } from "../../../src/builtins/x509/der.ts";
import { Asn1Reader } from "../../../src/builtins/x509/go-asn1.ts";

function hex(bytes: string): Buffer {
  return Buffer.from(bytes, "hex");
}

describe("DerReader", () => {
  it.each([
    ["0400", ""],
    ["040161", "61"],
    [`048180${"00".repeat(128)}`, "00".repeat(128)],
    [`04820100${"00".repeat(256)}`, "00".repeat(256)],
  ])("reads %s", (bytes, content) => {
    expect(new DerReader(hex(bytes), "value").read(TAG.octetString).toString("hex")).toBe(content);
  });

  it.each([
    ["nothing", ""],
    ["a tag alone", "04"],
    ["too little content", "040261"],
    ["a length that goes on", "0480610000"],
    ["a long form that could be short", `04817f${"00".repeat(127)}`],
    ["a length with a leading zero", `04820080${"00".repeat(128)}`],
    ["a length of five octets", "04850000000001"],
    ["a length that is cut off", "0482"],
    ["another tag", "0500"],
    ["a tag number of more than 30", "1f8100"],
  ])("refuses %s", (_what, bytes) => {
    expect(() => new DerReader(hex(bytes), "value").read(TAG.octetString)).toThrow(BuiltinError);
  });

  it.each(["010101", "0100", "01020000", "020100"])("refuses %s as a boolean", (bytes) => {
    expect(() => new DerReader(hex(bytes), "value").readBoolean()).toThrow(BuiltinError);
  });

  it.each(["0209010000000000000000", "0200", "02020001"])("refuses %s as an integer of 64 bits", (bytes) => {
    expect(() => new DerReader(hex(bytes), "value").readInt64()).toThrow(BuiltinError);
  });
});

describe("integerOf", () => {
  it.each([
    ["00", 0n],
    ["7f", 127n],
    ["80", -128n],
    ["0080", 128n],
    ["ff7f", -129n],
  ])("reads %s", (bytes, value) => {
    expect(integerOf(hex(bytes))).toBe(value);
  });

  it.each(["", "0000", "007f", "ff80", "ffff"])("refuses %s, which is longer than it need be", (bytes) => {
    expect(integerOf(hex(bytes))).toBeUndefined();
  });

  it("stops at integers that would take long to print", () => {
    expect(() => integerOf(Buffer.alloc(40_001, 1))).toThrow(RangeError);
  });
});

describe("oidOf", () => {
  it.each([
    ["2a", "1.2"],
    ["00", "0.0"],
    ["27", "0.39"],
    ["50", "2.0"],
    ["883703", "2.999.3"],
    ["2a8fffffff7f", "1.2.4294967295"],
  ])("reads %s as %s, or not at all beyond 31 bits", (bytes, text) => {
    expect(oidOf(hex(bytes))).toBe(text.endsWith("4294967295") ? undefined : text);
  });

  it.each(["", "2a80", "2a8001", "80", "2aff"])("refuses %s", (bytes) => {
    expect(oidOf(hex(bytes))).toBeUndefined();
  });
});

describe("bitStringOf and rightAlign", () => {
  it.each([
    ["00", ""],
    ["00a5", "a5"],
    ["0480", "08"],
    ["04abc0", "0abc"],
  ])("read %s", (bytes, aligned) => {
    const bits = bitStringOf(hex(bytes));
    expect(bits && rightAlign(bits).toString("hex")).toBe(aligned);
  });

  it.each(["", "01", "0800", "0481", "0701"])("refuse %s", (bytes) => {
    expect(bitStringOf(hex(bytes))).toBeUndefined();
  });
});

describe("Asn1Reader", () => {
  it("reads tag numbers of more than 30", () => {
    expect(new Asn1Reader(hex("9f2a0161")).readAny()).toMatchObject({ isContext: true, tag: 42, isConstructed: false });
  });

  it.each([
    ["a small tag number in the long form", "9f1e0161"],
    ["a tag number with a leading zero", "9f802a0161"],
    ["a tag number of more than 31 bits", "9f90808080000161"],
    ["a length that goes on", "3080"],
    ["a length with a leading zero", "048100"],
    ["a long form that could be short", "04810161"],
    ["a length of 2^31 and more", "0484ffffffff"],
    ["content that is cut off", "040261"],
    ["nothing", ""],
  ])("refuses %s", (_what, bytes) => {
    expect(() => new Asn1Reader(hex(bytes)).readAny()).toThrow(BuiltinError);
  });

  it("leaves an optional value of another kind to be read", () => {
    const reader = new Asn1Reader(hex("040161"));
    expect(reader.readOptional(2, (next) => next.readInteger())).toBeUndefined();
    expect(reader.readExplicit(0, 2, (next) => next.readInteger())).toBeUndefined();
    expect(reader.readOctets().toString()).toBe("a");
  });

  it.each(["a000", "a0"])("refuses the empty explicit tag %s", (bytes) => {
    expect(() => new Asn1Reader(hex(bytes)).readExplicit(0, 2, (next) => next.readInteger())).toThrow(BuiltinError);
  });
});
