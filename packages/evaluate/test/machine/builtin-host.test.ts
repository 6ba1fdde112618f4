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

function createHost(builtins: BuiltinFamily, { strict = false, print = (): void => undefined } = {}) {
  const heap = createHeap();
  const host = new BuiltinHost();
  const required = new Map(Object.keys(builtins).map((name, id) => [name, id]));
  const sources = { now: () => 5n, randomBytes, print, capabilities: {} };
  host.start({ builtins, required, sources, codec: heap, strict });
  host.startDecision(undefined);
  return { host, heap };
}

const fail = (): never => {
  throw new BuiltinError("no answer");
};

describe("BuiltinHost.call", () => {
  it("hands over the operands and writes the value", () => {
    const { host, heap } = createHost({ join: ([left, right]) => [left ?? null, right ?? null] });
    const [first, second] = [heap.write("a"), heap.write(1n)];
    expect(heap.read(host.call(0, [first, second]))).toEqual(["a", 1n]);
  });

  it("returns 0 for a builtin error, which it reports for this decision", () => {
    const { host } = createHost({ fail });
    expect(host.call(0, [])).toBe(0);
    expect(host.errors).toEqual([{ builtin: "fail", message: "no answer" }]);
    host.startDecision(undefined);
    expect(host.errors).toEqual([]);
  });

  it("reports the first hundred errors, each with a bounded message", () => {
    const { host } = createHost({
      fail: () => {
        throw new BuiltinError("x".repeat(5000));
      },
    });
    for (let call = 0; call < 150; call++) host.call(0, []);
    expect(host.errors).toHaveLength(100);
    expect(host.errors[99]?.message).toHaveLength(1000);
  });

  it("throws BUILTIN_FAILED for a builtin error when strict", () => {
    const { host } = createHost({ fail }, { strict: true });
    expect(() => host.call(0, [])).toThrow(
      expect.objectContaining({ code: "BUILTIN_FAILED", cause: expect.any(BuiltinError) }),
    );
  });

  it("throws WASM_INVALID before the start", () => {
    const host = new BuiltinHost();
    const refused = expect.objectContaining({ code: "WASM_INVALID" });
    expect(() => host.call(0, [])).toThrow(refused);
    expect(() => host.callConstant(0)).toThrow(refused);
    expect(() => {
      host.print("line");
    }).toThrow(refused);
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
    host.startDecision(undefined);
    expect(heap.read(host.callConstant(0))).toBe(2n);
  });
});

describe("BuiltinHost.startDecision", () => {
  it("fixes time and randomness of one decision when told to", () => {
    const { host, heap } = createHost({
      now: (_operands, context) => context.now(),
      bytes: (_operands, context) => Buffer.from(context.randomBytes(40)).toString("hex"),
    });
    const ask = (options: { now?: bigint; seed?: string } | undefined) => {
      host.startDecision(options);
      return [host.call(0, []), host.call(1, []), host.call(1, [])].map((address) => heap.read(address));
    };
    const [now, first, second] = ask({ now: 7n, seed: "a" });
    expect(now).toBe(7n);
    expect(first).not.toBe(second);
    expect(ask({ now: 7n, seed: "a" })).toEqual([now, first, second]);
    expect(ask({ seed: "b" })).not.toContain(first);
    expect(ask(undefined)).toEqual([5n, expect.any(String), expect.any(String)]);
    expect(ask(undefined)).not.toContain(first);
  });
});
