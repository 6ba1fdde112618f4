import { describe, expect, it } from "@jest/globals";
import { readDer, TAG } from "../../src/encoding/der.ts";
import type { DerValue } from "../../src/encoding/der.ts";
import {
  readBitString,
  readBoolean,
  readInteger,
  readNamedBits,
  readOid,
  readSmallInteger,
  readText,
  readTime,
} from "../../src/encoding/der-values.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { der, namedBits, oid } from "../support/asn1.ts";

const value = (hex: string): DerValue => readDer(Buffer.from(hex, "hex"));
const time = (tag: number, text: string): DerValue => readDer(der(tag, Buffer.from(text)));

describe("readOid", () => {
  it.each(["2.5.29.17", "1.3.6.1.4.1.57264.1.8", "0.9.2342.19200300.100.1.25", "2.999.1"])("returns %s", (dotted) => {
    const encoded = dotted === "2.999.1" ? Buffer.from("0603883701", "hex") : oid(dotted);
    expect(readOid(readDer(encoded))).toBe(dotted);
  });

  it.each([
    ["is empty", "0600"],
    ["ends within an arc", "06025588"],
    ["pads an arc", "0603558011"],
    ["has an arc beyond 53 bits", "060a55ffffffffffffffff7f"],
    ["is another type", "040155"],
  ])("when it %s throws", (_, hex) => {
    expect(() => readOid(value(hex))).toThrow(MalformedError);
  });
});

describe("readInteger", () => {
  it.each(["020100", "02017f", "0202ff7f", "02020080", "0201ff"])("when it is minimal (%s) returns it", (hex) => {
    expect(readInteger(value(hex)).toString("hex")).toBe(hex.slice(4));
  });

  it.each(["0200", "0202007f", "0202ff80", "040105"])("when it is not an integer in DER (%s) throws", (hex) => {
    expect(() => readInteger(value(hex))).toThrow(MalformedError);
  });
});

describe("readSmallInteger", () => {
  it("returns the number", () => {
    expect([readSmallInteger(value("020105")), readSmallInteger(value("02020100"))]).toEqual([5, 256]);
  });

  it.each(["0201ff", "02050100000000"])("when it is negative or large (%s) throws", (hex) => {
    expect(() => readSmallInteger(value(hex))).toThrow(MalformedError);
  });
});

describe("readBoolean", () => {
  it("returns DER's two values", () => {
    expect([readBoolean(value("0101ff")), readBoolean(value("010100"))]).toEqual([true, false]);
  });

  it.each(["010101", "0100", "0102ffff"])("when it is another byte (%s) throws", (hex) => {
    expect(() => readBoolean(value(hex))).toThrow(MalformedError);
  });
});

describe("readBitString", () => {
  it("returns the bytes", () => {
    expect(readBitString(value("030300abcd")).toString("hex")).toBe("abcd");
  });

  it.each(["030301abcc", "0300"])("when it does not end on a byte (%s) throws", (hex) => {
    expect(() => readBitString(value(hex))).toThrow(MalformedError);
  });
});

describe("readNamedBits", () => {
  it("returns which are set", () => {
    const isSet = readNamedBits(readDer(namedBits(0, 5)));
    expect([0, 1, 5, 6, 40].map(isSet)).toEqual([true, false, true, false, false]);
  });

  it.each([
    ["is empty", "0300"],
    ["claims more unused bits than a byte has", "03020880"],
    ["claims unused bits of no byte", "030101"],
    ["sets an unused bit", "03020781"],
  ])("when it %s throws", (_, hex) => {
    expect(() => readNamedBits(value(hex))).toThrow(MalformedError);
  });
});

describe("readText", () => {
  it("when it is UTF-8 returns it", () => {
    expect(readText(readDer(der(TAG.utf8String, Buffer.from("grün"))), TAG.utf8String)).toBe("grün");
  });

  it.each([
    ["is not UTF-8", der(TAG.utf8String, Buffer.from([0xff])), TAG.utf8String],
    ["is not ASCII where it must be", der(TAG.ia5String, Buffer.from("grün")), TAG.ia5String],
    ["hides a NUL", der(TAG.ia5String, Buffer.from("a\0b")), TAG.ia5String],
    ["has a line feed", der(TAG.ia5String, Buffer.from("a\nb")), TAG.ia5String],
  ])("when it %s throws", (_, bytes, tag) => {
    expect(() => readText(readDer(bytes), tag)).toThrow(MalformedError);
  });
});

describe("readTime", () => {
  it.each([
    [TAG.utcTime, "491231235959Z", "2049-12-31T23:59:59.000Z"],
    [TAG.utcTime, "500101000000Z", "1950-01-01T00:00:00.000Z"],
    [TAG.generalizedTime, "20260102030405Z", "2026-01-02T03:04:05.000Z"],
    [TAG.generalizedTime, "20260102030405.5Z", "2026-01-02T03:04:05.500Z"],
    [TAG.generalizedTime, "20260102030405.123456Z", "2026-01-02T03:04:05.123Z"],
  ])("when the time is good (%d %s) returns milliseconds", (tag, text, iso) => {
    expect(new Date(readTime(time(tag, text))).toISOString()).toBe(iso);
  });

  it.each([
    ["does not exist", TAG.generalizedTime, "20260230000000Z"],
    ["has a thirteenth month", TAG.generalizedTime, "20261302030405Z"],
    ["has a leap second", TAG.generalizedTime, "20260102030460Z"],
    ["has no zone", TAG.generalizedTime, "20260102030405"],
    ["has an offset", TAG.generalizedTime, "20260102030405+0100"],
    ["has an empty fraction", TAG.generalizedTime, "20260102030405.Z"],
    ["has ten digits of fraction", TAG.generalizedTime, "20260102030405.1234567890Z"],
    ["is short in the long form", TAG.generalizedTime, "260102030405Z"],
    ["has a fraction in the short form", TAG.utcTime, "260102030405.5Z"],
    ["has more before it in the short form", TAG.utcTime, "20260102030405Z"],
    ["has more behind it in the short form", TAG.utcTime, "260102030405Z0"],
    ["has more before it in the long form", TAG.generalizedTime, "020260102030405Z"],
    ["has more behind it in the long form", TAG.generalizedTime, "20260102030405Z0"],
    ["is another type", TAG.octetString, "20260102030405Z"],
  ])("when the time %s throws", (_, tag, text) => {
    expect(() => readTime(time(tag, text))).toThrow(MalformedError);
  });
});
