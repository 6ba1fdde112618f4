import { beforeAll, describe, expect, it } from "@jest/globals";

import type { OpaExports } from "../../src/module/abi.ts";
import { hasKnownLayout } from "../../src/machine/layout-check.ts";
import type { MemoryView } from "../../src/machine/memory.ts";
import { createLayoutCodec, createTextCodec } from "../../src/machine/value-codec.ts";
import { RegoDecimal, RegoObject, RegoSet } from "../../src/values/values.ts";
import type { RegoValue } from "../../src/values/values.ts";
import { loadRules } from "../support/policy.ts";
import { startRaw } from "../support/raw.ts";

const VALUES = [
  null,
  true,
  false,
  0n,
  -1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  -(2n ** 63n) + 1n,
  2n ** 63n,
  10n ** 40n,
  new RegoDecimal("1.50"),
  new RegoDecimal("1e400"),
  "",
  "a\u0000b",
  "é😀".repeat(100_000),
  [],
  [1n, ["x", null], new RegoObject([["k", new RegoSet([1n, "a"])]])],
  new RegoSet([]),
  new RegoObject([[[1n], 2n]]),
];

let exports: OpaExports;
let memory: MemoryView;
let arena: number;
beforeAll(async () => {
  ({ exports, memory, arena } = await startRaw());
});

describe("createTextCodec, createLayoutCodec", () => {
  it.each([
    ["text", "text"],
    ["layout", "layout"],
    ["text", "layout"],
    ["layout", "text"],
  ])("write by %s what reads back by %s", (writer, reader) => {
    const codecs = { text: createTextCodec(exports, memory), layout: createLayoutCodec(exports, memory) };
    const [write, read] = [codecs[writer as "text"], codecs[reader as "text"]];
    for (const value of VALUES) expect(read.read(write.write(value))).toEqual(value);
  });

  it("reads the booleans and strings that the module holds as constants", () => {
    const names = createLayoutCodec(exports, memory).read(exports.entrypoints());
    expect(names).toEqual(new RegoObject([["t/yes", 0n]]));
  });
});

describe("createLayoutCodec", () => {
  // Each list holds the one below it twice: thirty of them are a billion values in a kilobyte.
  const doubled = (depth: number) =>
    `@all := sprintf("%v", [x${depth}])\nx0 := [input]\n` +
    Array.from({ length: depth }, (_item, index) => `x${index + 1} := [x${index}, x${index}]`).join("\n");

  it("leaves lists that are larger than their memory to the module, which stops at its cap", async () => {
    const limits = { maxMemoryBytes: 8 * 1024 * 1024 };
    const large = await loadRules(doubled(30), { limits });
    expect(() => large.decide(1, "t/all")).toThrow(expect.objectContaining({ code: "MEMORY_EXCEEDED" }));
    const small = await loadRules(doubled(3), { limits });
    expect(small.decide(1, "t/all").value).toBe("[[[[1], [1]], [[1], [1]]], [[[1], [1]], [[1], [1]]]]");
  });

  it("reads long lists and deep ones whole", async () => {
    const raw = await startRaw();
    const codec = createLayoutCodec(raw.exports, raw.memory);
    const deep = Array.from({ length: 100 }).reduce<RegoValue>((inner) => [inner], 7n);
    const long = Array.from({ length: 150_000 }, (_item, index) => BigInt(index));
    for (const value of [deep, long, ["x".repeat(7_000_000), "y"]]) {
      expect(codec.read(codec.write(value))).toEqual(value);
    }
  });
});

describe("hasKnownLayout", () => {
  it("accepts the pinned OPA's layout", () => {
    expect(hasKnownLayout(exports, memory, arena)).toBe(true);
  });

  it.each([
    ["shifts its values", (address: number) => address + 4],
    ["answers beyond its memory", () => 0xfffffff0],
    ["answers zero", () => 0],
  ])("refuses a module that %s", (_case, change) => {
    const other = {
      ...exports,
      opa_value_parse: (text: number, length: number) => change(exports.opa_value_parse(text, length)),
    };
    expect(hasKnownLayout(other, memory, arena)).toBe(false);
  });

  it.each([
    ["keeps what it is asked elsewhere", { opa_eval_ctx_set_data: (): void => undefined }],
    ["keeps its answer elsewhere", { opa_eval_ctx_get_result: () => 0 }],
  ])("refuses a module that %s", (_case, change) => {
    expect(hasKnownLayout({ ...exports, ...change }, memory, arena)).toBe(false);
  });

  it("refuses a module that traps", () => {
    const other = {
      ...exports,
      opa_malloc: (): never => {
        throw new RangeError("unreachable");
      },
    };
    expect(hasKnownLayout(other, memory, arena)).toBe(false);
  });
});
