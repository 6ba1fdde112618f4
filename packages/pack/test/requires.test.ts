import { describe, expect, it } from "@jest/globals";
import { CAPABILITY_BUILTINS, isSameRequires, toRequires } from "../src/requires.ts";

describe("toRequires", () => {
  it("when given names in any order, some twice, returns them sorted, with the capabilities among them", () => {
    const names = ["time.now_ns", "opa.runtime", "crypto.sha256", "time.now_ns", "http.send", "net.lookup_ip_addr"];
    expect(toRequires(names)).toEqual({
      builtins: ["crypto.sha256", "http.send", "net.lookup_ip_addr", "opa.runtime", "time.now_ns"],
      capabilities: CAPABILITY_BUILTINS,
    });
  });

  it("when given none returns two empty lists", () => {
    expect(toRequires([])).toEqual({ builtins: [], capabilities: [] });
  });
});

describe("isSameRequires", () => {
  it("when a builtin is only on one side returns false", () => {
    expect(isSameRequires(toRequires(["a"]), toRequires(["a", "b"]))).toBe(false);
    expect(isSameRequires(toRequires(["a b"]), toRequires(["a", "b"]))).toBe(false);
  });

  it("when both name the same returns true", () => {
    expect(isSameRequires(toRequires(["b", "a"]), toRequires(["a", "b"]))).toBe(true);
  });
});
