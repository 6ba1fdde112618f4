import { beforeAll, describe, expect, it } from "@jest/globals";

import type { OpaExports } from "../../src/module/abi.ts";
import { hasKnownLayout } from "../../src/machine/layout-check.ts";
import type { MemoryView } from "../../src/machine/memory.ts";
import { createLayoutCodec, createTextCodec } from "../../src/machine/value-codec.ts";
import { RegoDecimal, RegoObject, RegoSet } from "../../src/values/values.ts";
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
