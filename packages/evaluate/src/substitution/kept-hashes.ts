import { LAYOUT } from "../machine/value-layout.ts";
import { body, equals, get, isInteger, locals, OP, when } from "./function-code.ts";
import type { Code } from "./function-code.ts";
import type { KeptRegion } from "./kept-region.ts";
import type { ModuleFunctions } from "./module-functions.ts";
import { signed, unsigned } from "./module-sections.ts";

/** How the module hashes a value: the function, by its name in the name section. */
const HASH = "opa_value_hash";
const SLOT_BITS = 10;
const SLOT_SHIFT = 3;
/** Each slot has the key of a value and the value's hash. */
export const HASHES_BYTES = 1 << (SLOT_BITS + SLOT_SHIFT);
/** Spreads addresses, which lie twelve bytes apart (multiplicative hashing). */
const MULTIPLIER = 0x61c8_8647;
const HASH_OFFSET = 4;
const [VALUE, KEY, SLOT] = [0, 1, 2];
/** Of a load or store: its alignment, as a power of two. */
const [WORD, DOUBLE_WORD] = [2, 3];
const MAX_NUMBER = 2 ** 31;
/** LEB128 of -1. */
const ALL_BITS = 0x7f;

/**
 * Lets the module hash each text of its rules once, and each number that is no index beyond 31 bits. It hashes a key, byte
 * by byte, at each look-up, and the number of a rule each time that the rule is asked: about a fifth of the time of a
 * policy that reads its input. Such texts are interned: they stand below the heap and never change.
 */
export function keepHashes(functions: ModuleFunctions, region: KeptRegion): void {
  const found = functions.find(HASH, { operands: 1, results: 1 });
  if (found !== undefined) functions.replace(found.index, keptHash(region, functions.add(found.index, found.code)));
}

/** The body of `hash(value)` that looks first whether it knows the hash; the module's own is at the index `native`. */
function keptHash({ global, start }: KeptRegion, native: number): Uint8Array {
  const table = [OP.globalGet, ...unsigned(global)];
  const compute = [...get(VALUE), OP.call, ...unsigned(native)];
  const isText = [...equals(VALUE, OP.load8, LAYOUT.type.internedString), ...get(VALUE), ...table, OP.isLess, OP.and];
  const key = [
    ...[...isInteger(VALUE), ...when([...isSmall, ...when(numberKey)])],
    ...[...isText, ...when([...get(VALUE), OP.localSet, KEY])],
  ];
  const place = [...get(KEY), ...constant(MULTIPLIER), OP.multiply, ...constant(32 - SLOT_BITS), OP.shiftRight];
  const slot = [...table, ...place, ...constant(SLOT_SHIFT), OP.shiftLeft, OP.add, OP.localTee, SLOT];
  const isOther = [...slot, OP.load, WORD, ...unsigned(start), ...get(KEY), OP.differ];
  const keep = [
    ...[...get(SLOT), ...compute, OP.store, WORD, ...unsigned(start + HASH_OFFSET)],
    ...[...get(SLOT), ...get(KEY), OP.store, WORD, ...unsigned(start)],
  ];
  const known = [...isOther, ...when(keep), ...get(SLOT), OP.load, WORD, ...unsigned(start + HASH_OFFSET), OP.return];
  return body(locals(2), [...table, ...when([...key, ...get(KEY), ...when(known)]), ...compute]);
}

const isSmall: Code = [
  ...[...get(VALUE), OP.load64, DOUBLE_WORD, LAYOUT.number.integer],
  ...[OP.constant64, ...signed(MAX_NUMBER), OP.isLess64],
];
/** A text's key is its address, which is none of these. */
const numberKey: Code = [
  ...[...get(VALUE), OP.load, WORD, LAYOUT.number.integer],
  ...[OP.constant, ALL_BITS, OP.exclusiveOr, OP.localSet, KEY],
];

function constant(value: number): Code {
  return [OP.constant, ...signed(value)];
}
