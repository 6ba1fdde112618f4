import { LAYOUT } from "../machine/value-layout.ts";
import { I32, signed, unsigned } from "./module-sections.ts";

export const OP = Object.freeze({
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  return: 0x0f,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  load: 0x28,
  load64: 0x29,
  load8: 0x2d,
  load16: 0x2f,
  store: 0x36,
  store64: 0x37,
  constant: 0x41,
  constant64: 0x42,
  isZero: 0x45,
  equal: 0x46,
  differ: 0x47,
  isLess: 0x49,
  equal64: 0x51,
  differ64: 0x52,
  isLess64: 0x54,
  add: 0x6a,
  add64: 0x7c,
  subtract: 0x6b,
  multiply: 0x6c,
  and: 0x71,
  or: 0x72,
  exclusiveOr: 0x73,
  shiftLeft: 0x74,
  shiftRight: 0x76,
  wrap: 0xa7,
  extend: 0xac,
} as const);
export const NO_RESULT = 0x40;
export const NO_LOCALS = [0];
/** So many of 32 bits. */
export const locals = (count: number): Code => [1, count, I32];
/** LEB128 of `NO_ORDER`. */
const MINUS_ONE = 0x7f;

/** A piece of code. */
export type Code = readonly number[];

export interface HostCall {
  /** The index of the imported `opa_builtinN`. */
  readonly host: number;
  readonly id: number;
  readonly operands: number;
}

/** The body of a function that asks the host: `return opa_builtinN(id, 0, …operands)`. */
export function callHost(call: HostCall): Uint8Array {
  return body(NO_LOCALS, hostCall(call));
}

/**
 * The body of a function of numbers that asks the host where it takes to fractions or beyond 64 bits. The function that it
 * replaces, which is now at the index `native`, keeps what it does well: operands of other types, and integers as long as
 * its answer is one.
 */
export function callHostForFractions(call: HostCall, native: number): Uint8Array {
  const operands = Array.from({ length: call.operands }, (_, index) => index);
  const answer = call.operands;
  const isAnswered = [...isInteger(answer), ...when([...get(answer), OP.return])];
  const askNative = [...nativeCall(call, native), OP.localTee, ...unsigned(answer), ...when(isAnswered)];
  const askBoth = [...all(operands.map(isInteger)), ...when(askNative), ...hostCall(call), OP.return];
  return body(locals(1), [...all(operands.map(isNumber)), ...when(askBoth), ...nativeCall(call, native)]);
}

/** The body of a function that asks the host where its last operand is a set, and else the one at the index `native`. */
export function callHostForSets(call: HostCall, native: number): Uint8Array {
  const isSet = equals(call.operands - 1, OP.load8, LAYOUT.type.set);
  return body(NO_LOCALS, [...isSet, ...when([...hostCall(call), OP.return]), ...nativeCall(call, native)]);
}

/** The body of a function that asks the one at the index `native`, and the host where that has no answer. */
export function callHostForUndefined(call: HostCall, native: number): Uint8Array {
  const answer = call.operands;
  const askNative = [...nativeCall(call, native), OP.localTee, ...unsigned(answer)];
  return body(locals(1), [...askNative, ...when([...get(answer), OP.return]), ...hostCall(call)]);
}

/**
 * The body of a function of one value that hands a number beyond 32 bits to the host first, and goes on with what it gets
 * back. The function that it replaces is now at the index `native`.
 */
export function widenFirst(call: HostCall, native: number): Uint8Array {
  const integer = [...get(0), OP.load64, 0, LAYOUT.number.integer];
  const isWide = [...integer, ...integer, OP.wrap, OP.extend, OP.differ64];
  const widen = [...isWide, ...when([...hostCall(call), OP.localSet, 0])];
  return body(NO_LOCALS, [...isInteger(0), ...when(widen), ...nativeCall(call, native)]);
}

/** The body of a function that visits the members of a set or object in the host's order, and others as the module does. */
export function askForOrder(call: HostCall, native: number): Uint8Array {
  const next = call.operands;
  const isTable = [...equals(0, OP.load8, LAYOUT.type.object), ...equals(0, OP.load8, LAYOUT.type.set), OP.or];
  const isKnown = [OP.localTee, ...unsigned(next), OP.constant, MINUS_ONE, OP.differ];
  const askHost = [...hostCall(call), ...isKnown, ...when([...get(next), OP.return])];
  return body(locals(1), [...isTable, ...when(askHost), ...nativeCall(call, native)]);
}

export function body(declared: Code, code: Code): Uint8Array {
  return Uint8Array.from([...declared, ...code, OP.end]);
}

/** What is done when the value on the stack is not zero. */
export function when(code: Code): Code {
  return [OP.if, NO_RESULT, ...code, OP.end];
}

export function get(local: number): Code {
  return [OP.localGet, ...unsigned(local)];
}

function getAll(count: number): Code {
  return Array.from({ length: count }, (_, local) => get(local)).flat();
}

function nativeCall({ operands }: HostCall, native: number): Code {
  return [...getAll(operands), OP.call, ...unsigned(native)];
}

function hostCall({ host, id, operands }: HostCall): Code {
  return [OP.constant, ...signed(id), OP.constant, 0, ...getAll(operands), OP.call, ...unsigned(host)];
}

/** A value's first byte tells its type. */
function isNumber(local: number): Code {
  return equals(local, OP.load8, LAYOUT.type.number);
}

/** The second byte of a number tells how it is held. */
export function isInteger(local: number): Code {
  return equals(local, OP.load16, LAYOUT.type.number + LAYOUT.number.integerKind * 256);
}

export function equals(local: number, load: number, expected: number): Code {
  return [...get(local), load, 0, 0, OP.constant, ...signed(expected), OP.equal];
}

function all([first = [], ...others]: readonly Code[]): Code {
  return [...first, ...others.flatMap((check) => [...check, OP.and])];
}
