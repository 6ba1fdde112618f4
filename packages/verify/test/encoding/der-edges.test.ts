import { describe, expect, it } from "@jest/globals";
import { encodeDer, readDer, TAG } from "../../src/encoding/der.ts";
import type { DerValue } from "../../src/encoding/der.ts";
import { readNamedBits, readOid, readSmallInteger, readText, readTime } from "../../src/encoding/der-values.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { der, namedBits } from "../support/asn1.ts";

const value = (hex: string): DerValue => readDer(Buffer.from(hex, "hex"));

describe("readDer", () => {
  it.each([
    ["the indefinite length, before as many bytes as its number", `3080${"00".repeat(128)}`],
    ["a length below 128 in a byte of its own", "308103020105"],
    ["a tag of several bytes", "1f0105"],
    ["a length of five bytes", `0485${"01".repeat(300)}`],
    ["the reserved count of 127 bytes", `04ff${"01".repeat(300)}`],
  ])("when the bytes use %s throws", (_, hex) => {
    expect(() => value(hex)).toThrow(MalformedError);
  });

  it("when the length takes its fewest bytes returns the content", () => {
    for (const length of [127, 128, 255, 256]) {
      expect(value(encodeDer(TAG.octetString, Buffer.alloc(length)).toString("hex")).content).toHaveLength(length);
    }
  });
});

describe("encodeDer", () => {
  it.each([
    [127, "047f"],
    [128, "048180"],
    [256, "04820100"],
  ])("when the content has %d bytes begins with the shortest length", (length, head) => {
    const encoded = encodeDer(TAG.octetString, Buffer.alloc(length)).toString("hex");
    expect(encoded).toBe(head + "00".repeat(length));
  });
});

describe("readOid", () => {
  it("when an arc has a byte of seven zeros within returns it", () => {
    expect(readOid(value("06042a818000"))).toBe("1.2.16384");
  });

  it("when the first arc is padded throws", () => {
    expect(() => readOid(value("06028037"))).toThrow(MalformedError);
  });
});

describe("readSmallInteger", () => {
  it("when it has four bytes returns it", () => {
    expect(readSmallInteger(value("02047fffffff"))).toBe(2 ** 31 - 1);
  });

  it("when it is the lowest of one byte throws", () => {
    expect(() => readSmallInteger(value("020180"))).toThrow(MalformedError);
  });
});

describe("readNamedBits", () => {
  it("when the bit stands in the second byte returns it", () => {
    const isSet = readNamedBits(readDer(namedBits(8)));
    expect([7, 8, 9].map(isSet)).toEqual([false, true, false]);
  });

  it.each([
    ["claims eight unused bits", "03020800"],
    ["sets an unused bit of its last byte", "0303010001"],
    ["has unused bits of no byte", "030104"],
  ])("when it %s throws", (_, hex) => {
    expect(() => readNamedBits(value(hex))).toThrow(MalformedError);
  });

  it("when no bit is set, in no byte, returns that", () => {
    expect(readNamedBits(value("030100"))(0)).toBe(false);
  });
});

describe("readText", () => {
  it("when it has a space returns it", () => {
    expect(readText(readDer(der(TAG.ia5String, Buffer.from("a b"))), TAG.ia5String)).toBe("a b");
  });

  it("when it has a delete character throws", () => {
    expect(() => readText(readDer(der(TAG.ia5String, Buffer.from("a\x7f"))), TAG.ia5String)).toThrow(MalformedError);
  });
});

describe("readTime", () => {
  it("when there is none throws", () => {
    expect(() => readTime(undefined)).toThrow(MalformedError);
  });
});
