import { describe, expect, it } from "@jest/globals";

import { MemoryView } from "../../src/machine/memory.ts";
import type { ValueCodec } from "../../src/machine/value-codec.ts";
import { LAYOUT } from "../../src/machine/value-layout.ts";
import { wasmEngine } from "../../src/module/engine.ts";
import { VisitingOrder } from "../../src/machine/visiting-order.ts";

const SET = 1024;
const BUCKETS = 2048;
const ELEMENTS = 4096;
const MEMBERS = 16_384;

const CODEC: ValueCodec = {
  read: () => {
    throw new TypeError("integers are compared where they stand");
  },
  write: () => 0,
};

/** Memory with one set of integers, in the order in which its table holds them, all in one chain. */
function memoryWith(integers: readonly bigint[], length = integers.length): MemoryView {
  const memory = new MemoryView(new wasmEngine.Memory({ initial: 1, maximum: 1 }));
  const { bytes, data } = memory;
  bytes[SET] = LAYOUT.type.set;
  data.setUint32(SET + LAYOUT.table.buckets, BUCKETS, true);
  data.setUint32(SET + LAYOUT.table.bucketCount, 1, true);
  data.setUint32(SET + LAYOUT.table.length, length, true);
  data.setUint32(BUCKETS, ELEMENTS, true);
  integers.forEach((integer, index) => {
    const element = ELEMENTS + index * LAYOUT.setElement.size;
    const member = addressOf(index);
    data.setUint32(element, member, true);
    data.setUint32(element + LAYOUT.setElement.next, element + LAYOUT.setElement.size, true);
    bytes[member] = LAYOUT.type.number;
    bytes[member + LAYOUT.number.kind] = LAYOUT.number.integerKind;
    data.setBigInt64(member + LAYOUT.number.integer, integer, true);
  });
  return memory;
}

function addressOf(index: number): number {
  return MEMBERS + index * LAYOUT.number.size;
}

describe("VisitingOrder", () => {
  it("visits members from the least to the greatest", () => {
    const order = new VisitingOrder(memoryWith([3n, 1n, 2n]), CODEC, () => false);
    const visited = [order.next(SET, 0)];
    for (let left = 3; left > 0; left--) visited.push(order.next(SET, visited.at(-1) ?? 0));
    expect(visited).toEqual([addressOf(1), addressOf(2), addressOf(0), 0]);
  });

  it.each([
    ["kept", true],
    ["sorted anew", false],
  ])("goes on with a loop around another one over the same members, %s", (_name, isData) => {
    const order = new VisitingOrder(memoryWith([2n, 1n]), CODEC, () => isData);
    const [least, greatest] = [addressOf(1), addressOf(0)];
    expect(order.next(SET, 0)).toBe(least);
    expect([order.next(SET, 0), order.next(SET, least), order.next(SET, greatest)]).toEqual([least, greatest, 0]);
    expect(order.next(SET, least)).toBe(greatest);
    expect(order.next(SET, greatest)).toBe(0);
  });

  it("keeps the order of data until it changes, and looks at all else again", () => {
    const memory = memoryWith([1n, 2n]);
    const [kept, fresh] = [true, false].map((isData) => new VisitingOrder(memory, CODEC, () => isData));
    expect([kept?.next(SET, 0), fresh?.next(SET, 0)]).toEqual([addressOf(0), addressOf(0)]);
    memory.data.setBigInt64(addressOf(0) + LAYOUT.number.integer, 3n, true);
    kept?.startDecision();
    expect([kept?.next(SET, 0), fresh?.next(SET, 0)]).toEqual([addressOf(0), addressOf(1)]);
    kept?.forget();
    expect(kept?.next(SET, 0)).toBe(addressOf(1));
  });

  it.each([
    ["goes on with a visit that it never began", (order: VisitingOrder) => order.next(SET, addressOf(0))],
    [
      "goes on with one of the decision before",
      (order: VisitingOrder) => {
        order.next(SET, 0);
        order.startDecision();
        order.next(SET, addressOf(0));
      },
    ],
    [
      "goes on from what is no member",
      (order: VisitingOrder) => {
        order.next(SET, 0);
        order.next(SET, 1);
      },
    ],
    ["names an address beyond its memory", (order: VisitingOrder) => order.next(0xffff_0000, 0)],
  ])("throws RangeError when a module %s", (_name, ask) => {
    const order = new VisitingOrder(memoryWith([1n, 2n]), CODEC, () => false);
    expect(() => {
      ask(order);
    }).toThrow(RangeError);
  });

  it("throws RangeError for a ring of elements that says it holds four billion", () => {
    const memory = memoryWith([1n], 0xffff_ffff);
    memory.data.setUint32(ELEMENTS + LAYOUT.setElement.next, ELEMENTS, true);
    expect(() => new VisitingOrder(memory, CODEC, () => false).next(SET, 0)).toThrow(RangeError);
  });
});
