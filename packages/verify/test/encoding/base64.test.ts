import { describe, expect, it } from "@jest/globals";
import { decodeBase64 } from "../../src/encoding/base64.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";

describe("decodeBase64", () => {
  it.each(["", "AA==", "AAE=", "AAEC", "+/+/"])("when the text is canonical (%s) returns its bytes", (text) => {
    expect(decodeBase64(text).toString("base64")).toBe(text);
  });

  it.each([
    ["has no padding", "AA"],
    ["has bits beyond the last byte", "AB=="],
    ["has bits beyond the last two bytes", "AAF="],
    ["uses the URL alphabet", "-_-_"],
    ["has a space", "AA ="],
    ["ends in a line feed", "AAEC\n"],
    ["has padding in the middle", "AA==AAEC"],
    ["is hex of odd length", "abc"],
  ])("when the text %s throws", (_, text) => {
    expect(() => decodeBase64(text)).toThrow(MalformedError);
  });
});
