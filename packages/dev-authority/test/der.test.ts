import { describe, expect, it } from "@jest/globals";
import { bitString, boolean, certificateTime, generalizedTime, integer, octetString, oid, setOf } from "../src/der.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("integer", () => {
  it.each([
    [0, "020100"],
    [127, "02017f"],
    [128, "02020080"],
    [256, "02020100"],
  ])("writes %p in the fewest bytes, positive", (value, expected) => {
    expect(hex(integer(value))).toBe(expected);
  });

  it("trims zero bytes in front and keeps the sign clear", () => {
    expect(hex(integer(Buffer.from("0000ff", "hex")))).toBe("020200ff");
    expect(hex(integer(Buffer.from("0000", "hex")))).toBe("020100");
  });
});

describe("oid", () => {
  it.each([
    ["1.2.840.113549", "06062a864886f70d"],
    ["2.5.29.17", "0603551d11"],
    ["1.3.6.1.4.1.57264.1.8", "060a2b0601040183bf300108"],
  ])("writes %s", (dotted, expected) => {
    expect(hex(oid(dotted))).toBe(expected);
  });
});

describe("setOf", () => {
  it("orders its elements by their bytes", () => {
    expect(hex(setOf(integer(2), integer(1)))).toBe("3106020101020102");
  });
});

describe("octetString", () => {
  it.each([
    [127, "047f"],
    [128, "048180"],
    [256, "04820100"],
  ])("writes a length of %p in its shortest form", (size, start) => {
    const encoded = octetString(Buffer.alloc(size));
    expect(hex(encoded).startsWith(start)).toBe(true);
    expect(encoded.length).toBe(start.length / 2 + size);
  });
});

describe("bitString and boolean", () => {
  it("say how many bits are unused, and true as all ones", () => {
    expect(hex(bitString(Buffer.from([0x80]), 7))).toBe("03020780");
    expect(hex(boolean(true))).toBe("0101ff");
    expect(hex(boolean(false))).toBe("010100");
  });
});

describe("certificateTime", () => {
  it("is UTCTime to 2049 and GeneralizedTime from 2050", () => {
    expect(certificateTime(new Date("2049-12-31T23:59:59Z")).toString("latin1")).toBe("\x17\x0d491231235959Z");
    expect(certificateTime(new Date("2050-01-01T00:00:00Z")).toString("latin1")).toBe("\x18\x0f20500101000000Z");
  });
});

describe("generalizedTime", () => {
  it("leaves fractions of a second out", () => {
    expect(generalizedTime(new Date("2026-11-20T07:08:09.987Z")).toString("latin1")).toBe("\x18\x0f20261120070809Z");
  });
});
