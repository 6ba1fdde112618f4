import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { call, opaAnswers, ourAnswers } from "../../support/builtins.ts";
import type { Call } from "../../support/builtins.ts";

const HASHES = ["crypto.md5", "crypto.sha1", "crypto.sha256"] as const;
const MACS = ["crypto.hmac.md5", "crypto.hmac.sha1", "crypto.hmac.sha256", "crypto.hmac.sha512"] as const;

describe("crypto.sha256 and its like", () => {
  it("hash a text as UTF-8", async () => {
    expect(await call("crypto.sha256", "é")).toBe("4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c");
  });

  it.each(HASHES)("%s refuses what is no string", async (name) => {
    await expect(call(name, 1n)).rejects.toThrow(BuiltinError);
    await expect(call(name, null)).rejects.toThrow(BuiltinError);
  });
});

describe("crypto.hmac.sha256 and its like", () => {
  it.each(MACS)("%s refuses a message or key that is no string", async (name) => {
    await expect(call(name, 1n, "key")).rejects.toThrow(BuiltinError);
    await expect(call(name, "message", ["key"])).rejects.toThrow(BuiltinError);
  });
});

describe("crypto.hmac.equal", () => {
  it.each([
    ["", "", true],
    ["ab", "ab", true],
    ["ab", "AB", false],
    ["ab", "abc", false],
    ["é", "e\u0301", false],
  ])("compares %j with %j", async (left, right, same) => {
    expect(await call("crypto.hmac.equal", left, right)).toBe(same);
  });

  it("refuses what is no string", async () => {
    await expect(call("crypto.hmac.equal", "a", 1n)).rejects.toThrow(BuiltinError);
    await expect(call("crypto.hmac.equal", 1n, "a")).rejects.toThrow(BuiltinError);
  });
});

describe("digests, codes and encodings beside stock OPA", () => {
  it("are the same", async () => {
    const texts = ["", "a", "é", "😀\u0000", "x".repeat(200), "\ufffd", "line\n"];
    const calls: Call[] = [...HASHES, "hex.encode", "base64url.encode_no_pad"].flatMap((name) =>
      texts.map((text): Call => [name, text]),
    );
    for (const name of [...MACS, "crypto.hmac.equal"]) {
      for (const left of texts) calls.push(...texts.map((right): Call => [name, left, right]));
    }
    for (const text of ["", "61", "6", "6G", "FFfe", "e282ac", "c3", "f0908080ed", "61 "])
      calls.push(["hex.decode", text]);
    expect(await ourAnswers(calls)).toEqual(await opaAnswers(calls));
  });
});
