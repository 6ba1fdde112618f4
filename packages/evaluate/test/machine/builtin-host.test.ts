import { randomBytes } from "node:crypto";

import { describe, expect, it } from "@jest/globals";

import { BuiltinHost } from "../../src/machine/builtin-host.ts";
import { BuiltinError } from "../../src/builtins/builtin.ts";
import type { BuiltinFamily } from "../../src/builtins/builtin.ts";
import type { ValueCodec } from "../../src/machine/value-codec.ts";
import type { RegoValue } from "../../src/values/values.ts";

/** A heap in which an address is an index. */
function createHeap(): ValueCodec & { values: RegoValue[] } {
  const values: RegoValue[] = ["address 0 is undefined"];
  return { values, read: (address) => values[address] ?? null, write: (value) => values.push(value) - 1 };
}

function createHost(builtins: BuiltinFamily, now = () => 5n) {
  const heap = createHeap();
  const host = new BuiltinHost(builtins, { now, randomBytes, print: () => undefined, capabilities: {} });
  host.start(new Map(Object.keys(builtins).map((name, id) => [name, id])), heap);
  host.startDecision();
  return { host, heap };
}

describe("BuiltinHost.call", () => {
  it("hands over the operands and writes the value", () => {
    const { host, heap } = createHost({ join: ([left, right]) => [left ?? null, right ?? null] });
    const [first, second] = [heap.write("a"), heap.write(1n)];
    expect(heap.read(host.call(0, [first, second]))).toEqual(["a", 1n]);
  });

  it("returns 0 for a builtin error", () => {
    const { host } = createHost({
      fail: () => {
        throw new BuiltinError("no");
      },
    });
    expect(host.call(0, [])).toBe(0);
  });

  it("throws BUILTIN_FAILED with the cause for anything else", () => {
    const cause = new TypeError("defect");
    const { host } = createHost({
      fail: () => {
        throw cause;
      },
    });
    expect(() => host.call(0, [])).toThrow(
      expect.objectContaining({ code: "BUILTIN_FAILED", cause, message: expect.stringContaining("fail") }),
    );
  });

  it("throws for a number that the module did not announce", () => {
    expect(() => createHost({}).host.call(7, [])).toThrow(RangeError);
  });
});

describe("BuiltinHost.callConstant", () => {
  it("runs once a decision", () => {
    let runs = 0;
    const { host, heap } = createHost({ count: () => BigInt(++runs) });
    expect(host.callConstant(0)).toBe(host.callConstant(0));
    host.startDecision();
    expect(heap.read(host.callConstant(0))).toBe(2n);
  });
});
