import { describe, expect, it } from "@jest/globals";
import {
  childrenOf,
  contextTag,
  encodeDer,
  expectTag,
  onlyChildOf,
  readDer,
  sequenceOf,
  TAG,
} from "../../src/encoding/der.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");

describe("readDer", () => {
  it("when the bytes are one value returns its parts", () => {
    const value = readDer(hex("3003020105"));
    expect([value.tag, value.raw.length, value.content.toString("hex")]).toEqual([TAG.sequence, 5, "020105"]);
  });

  it("when the length takes several bytes returns the content", () => {
    expect(readDer(encodeDer(TAG.octetString, Buffer.alloc(300, 1))).content).toHaveLength(300);
    expect(readDer(encodeDer(TAG.octetString, Buffer.alloc(128, 1))).content).toHaveLength(128);
  });

  it.each([
    ["are empty", ""],
    ["end after the tag", "30"],
    ["end within the length", "3082"],
    ["end within the content", "300302"],
    ["go on after the value", "02010500"],
    ["use the indefinite length", "3080020105000000"],
    ["spell a short length long", "30810302010500"],
    ["spell a length with a leading zero", `30820080${"00".repeat(128)}`],
    ["claim a length of five bytes", "300500000000000000"],
    ["claim a length in five bytes", "3085000000000100"],
    ["use a tag of several bytes", "1f8101020105"],
  ])("when the bytes %s throws", (_, text) => {
    expect(() => sequenceOf(readDer(hex(text)))).toThrow(MalformedError);
  });

  it("when another tag is asked for throws", () => {
    expect(() => readDer(hex("020105"), TAG.octetString)).toThrow(MalformedError);
  });
});

describe("childrenOf", () => {
  it("returns the values one after the other", () => {
    expect(childrenOf(readDer(hex("3006020105020106"))).map(({ content }) => content[0])).toEqual([5, 6]);
  });

  it("when a child runs past its parent throws", () => {
    expect(() => childrenOf(readDer(hex("3003020205")))).toThrow(MalformedError);
  });
});

describe("onlyChildOf", () => {
  it.each(["3000", "3006020105020106"])("when there is not exactly one (%s) throws", (text) => {
    expect(() => onlyChildOf(readDer(hex(text)))).toThrow(MalformedError);
  });
});

describe("expectTag", () => {
  it("when the value is missing throws", () => {
    expect(() => expectTag(undefined, TAG.null)).toThrow(MalformedError);
  });
});

describe("contextTag", () => {
  it("returns the identifier octet", () => {
    expect([contextTag(3, "constructed"), contextTag(6, "primitive")]).toEqual([0xa3, 0x86]);
  });
});
