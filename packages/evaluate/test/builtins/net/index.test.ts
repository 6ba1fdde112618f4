import { describe, expect, it } from "@jest/globals";

import { NET_BUILTINS } from "../../../src/builtins/net/index.ts";
import { RegoSet } from "../../../src/values/values.ts";
import { callBuiltin } from "../../support/values.ts";

const call = (name: string, ...operands: unknown[]) => callBuiltin(NET_BUILTINS[name], operands);

describe("net.cidr_expand", () => {
  it("returns every address, the host bits of the text aside", () => {
    expect(call("net.cidr_expand", "10.0.0.6/30")).toEqual(
      new RegoSet(["10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7"]),
    );
    expect(call("net.cidr_expand", "2001:db8::f0/127")).toEqual(new RegoSet(["2001:db8::f0", "2001:db8::f1"]));
  });

  it("expands a /14, and stops at more", () => {
    expect((call("net.cidr_expand", "10.0.0.0/14") as RegoSet).members).toHaveLength(262_144);
    for (const block of ["10.0.0.0/13", "10.0.0.0/8", "0.0.0.0/0", "::/0"]) {
      expect(() => call("net.cidr_expand", block)).toThrow(RangeError);
    }
  });
});

describe("net.cidr_is_valid", () => {
  it.each(["10.0.0.0/8", "10.0.0.1/08", "::/0", "::1.2.3.4/128", "1:2:3:4:5:6:7::/1", "::ffff:1.2.3.4/96"])(
    "takes %s",
    (text) => {
      expect(call("net.cidr_is_valid", text)).toBe(true);
    },
  );

  it.each([
    ...["", "10.0.0.0", "010.0.0.0/8", "10.0.0.00/8", "10.0.0/8", "10.0.0.256/8", "1.2.3.4.5/8", "10.0.0.0/33"],
    ...["10.0.0.0/-1", "10.0.0.0/+1", "10.0.0.0/ 8", "10.0.0.0/8/8", "fe80::1%eth0/64", "fe80::1%/64", "::1/129"],
    ...["1:2:3:4:5:6:7:8:9/1", "1::2::3/1", ":::/1", "1:/8", ":1/8", "12345::/8", "g::/8", "1.2.3.4::/8", "::1.2.3/8"],
    ...["1:2:3:4:5:6:7:1.2.3.4/8", "1:2:3:4:5:6:7:8::/1", `${"0".repeat(60)}.0.0.0/8`],
  ])("refuses %j", (text) => {
    expect(call("net.cidr_is_valid", text)).toBe(false);
  });

  it("refuses what is no text", () => {
    expect(call("net.cidr_is_valid", 1)).toBe(false);
  });
});

describe("net.cidr_merge", () => {
  it.each<[readonly string[], readonly string[]]>([
    [[], []],
    [["10.0.0.0/25", "10.0.0.128/25"], ["10.0.0.0/24"]],
    [["10.0.0.0/24", "10.0.0.7/32", "10.0.0.0/24"], ["10.0.0.0/24"]],
    [
      ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"],
      ["10.0.0.0/23", "10.0.2.0/24"],
    ],
    [["10.1.2.3"], ["10.1.2.3/8"]],
    [
      ["128.1.2.3", "192.0.2.1"],
      ["128.1.2.3/16", "192.0.2.1/24"],
    ],
    [["2001:db8::/33", "2001:db8:8000::/33"], ["2001:db8::/32"]],
    [["::ffff:10.0.0.0/104"], ["10.0.0.0/8"]],
    // OPA crashes on these two, whose first byte is 0.
    [["64:ff9b::/97", "64:ff9b::8000:0/97"], ["64:ff9b::/96"]],
    [["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/0"]],
    [["::/1", "8000::/1"], ["::/0"]],
  ])("merges %j", (blocks, merged) => {
    expect(call("net.cidr_merge", blocks)).toEqual(new RegoSet(merged));
    expect(call("net.cidr_merge", new Set(blocks))).toEqual(new RegoSet(merged));
  });

  it.each([[["x"]], [["::1"]], [[1]], ["10.0.0.0/8"], [{}]])("has no answer for %j", (operand) => {
    expect(call("net.cidr_merge", operand)).toBeUndefined();
  });

  it.each([[["::ffff:10.0.0.0/104", "10.0.0.0/8"]], [["255.255.255.255/32", "::1:0:0:0/112"]]])(
    "stops at %j, on which OPA mixes families",
    (blocks) => {
      expect(() => call("net.cidr_merge", blocks)).toThrow(RangeError);
    },
  );
});

describe("net.cidr_contains_matches", () => {
  const matches = (...operands: unknown[]) => call("net.cidr_contains_matches", ...operands);

  it("returns the indexes of an array, the keys of an object, the members of a set", () => {
    const inner = ["10.0.0.1", "::ffff:10.0.0.2", "11.0.0.0/8"];
    expect(matches(["10.0.0.0/8"], inner)).toEqual(
      new RegoSet([
        [0n, 0n],
        [0n, 1n],
      ]),
    );
    expect(matches({ a: ["10.0.0.0/8", "x"] }, new Set(["10.1.0.0/16"]))).toEqual(new RegoSet([["a", "10.1.0.0/16"]]));
    expect(matches("10.0.0.0/8", "10.0.0.0/7")).toEqual(new RegoSet([]));
  });

  it("looks at nothing while an operand is empty", () => {
    expect(matches(["none"], [])).toEqual(new RegoSet([]));
    expect(matches([], [[]])).toEqual(new RegoSet([]));
    expect(matches(7, "none")).toEqual(new RegoSet([]));
  });

  it.each([[["none"]], [[[]]], [[7]], [[[7]]]])("has no answer for %j", (operand) => {
    expect(matches(["10.0.0.0/8"], operand)).toBeUndefined();
    expect(matches(operand, ["10.0.0.0/8"])).toBeUndefined();
  });

  it("stops at more than a million matches", () => {
    const blocks = Array.from({ length: 1001 }, () => "10.0.0.0/8");
    expect(() => matches(blocks, blocks)).toThrow(RangeError);
  });

  it("stops at more than ten million pairs", () => {
    const [some, many] = [1000, 10_001].map((length) => Array.from({ length }, () => "10.0.0.0/8"));
    expect(() => matches(many, some?.fill("11.0.0.0/8"))).toThrow(RangeError);
  });
});
