import { LAYOUT } from "../machine/value-layout.ts";
import { body, equals, get, locals, NO_RESULT, OP, when } from "./function-code.ts";
import type { Code } from "./function-code.ts";
import type { ModuleFunctions } from "./module-functions.ts";
import { signed, unsigned } from "./module-sections.ts";

/** The module's `trim`, by its name in the name section. */
const TRIM = "opa_strings_trim";
const [TEXT, CUTSET, AT, END, FIRST, LAST, BYTE] = [0, 1, 2, 3, 4, 5, 6];
/** Of loads, as powers of two. */
const [WORD_ALIGNED, BYTE_ALIGNED] = [2, 0];
const NOT_ASCII = 0x80;

/**
 * Lets `trim` return a text from which there is nothing to trim, in place of two copies of it: `trim(x, " ") != ""` is how
 * policies ask for a name. Only where the text's ends and all of the cutset are ASCII; the module does the rest.
 */
export function returnUntrimmed(functions: ModuleFunctions): void {
  const found = functions.find(TRIM, { operands: 2, results: 1 });
  if (found !== undefined) functions.replace(found.index, untrimmed(functions.add(found.index, found.code)));
}

/** The body of `trim(text, cutset)`; the module's own is at the index `native`. */
function untrimmed(native: number): Uint8Array {
  const leave = (depth: number): Code => [OP.branchIf, depth];
  const ends = [
    ...[...startOf(TEXT), OP.load8, BYTE_ALIGNED, 0, OP.localSet, FIRST],
    ...[...startOf(TEXT), ...lengthOf(TEXT), OP.add, ...constant(1), OP.subtract, OP.load8, BYTE_ALIGNED, 0],
    ...[OP.localTee, LAST, ...get(FIRST), OP.or, ...isNotAscii, ...leave(0)],
  ];
  const cutset = [
    ...[...startOf(CUTSET), OP.localTee, AT, ...lengthOf(CUTSET), OP.add, OP.localSet, END],
    ...[OP.loop, NO_RESULT],
    ...[...get(AT), ...get(END), OP.equal, ...when([...get(TEXT), OP.return])],
    ...[...get(AT), OP.load8, BYTE_ALIGNED, 0, OP.localTee, BYTE, ...isNotAscii, ...leave(1)],
    ...[...get(BYTE), ...get(FIRST), OP.equal, ...leave(1)],
    ...[...get(BYTE), ...get(LAST), OP.equal, ...leave(1)],
    ...[...get(AT), ...constant(1), OP.add, OP.localSet, AT, OP.branch, 0],
    OP.end,
  ];
  const texts = [...isText(TEXT), ...isText(CUTSET), OP.and, OP.isZero, ...leave(0)];
  const isEmpty = [...lengthOf(TEXT), OP.isZero, ...leave(0)];
  const fast = [OP.block, NO_RESULT, ...texts, ...isEmpty, ...ends, ...cutset, OP.end];
  return body(locals(5), [...fast, ...get(TEXT), ...get(CUTSET), OP.call, ...unsigned(native)]);
}

function isText(local: number): Code {
  const { string, internedString } = LAYOUT.type;
  return [...equals(local, OP.load8, string), ...equals(local, OP.load8, internedString), OP.or];
}

function startOf(local: number): Code {
  return [...get(local), OP.load, WORD_ALIGNED, LAYOUT.string.start];
}

function lengthOf(local: number): Code {
  return [...get(local), OP.load, WORD_ALIGNED, LAYOUT.string.length];
}

/** Of the byte on the stack. */
const isNotAscii: Code = [OP.constant, ...signed(NOT_ASCII), OP.and];

function constant(value: number): Code {
  return [OP.constant, ...signed(value)];
}
