import { LAYOUT } from "../machine/value-layout.ts";
import { I32, signed, unsigned } from "./module-sections.ts";

const OP = Object.freeze({
  if: 0x04,
  end: 0x0b,
  return: 0x0f,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  load64: 0x29,
  load8: 0x2d,
  load16: 0x2f,
  constant: 0x41,
  equal: 0x46,
  differ: 0x47,
  differ64: 0x52,
  and: 0x71,
  or: 0x72,
  wrap: 0xa7,
  extend: 0xac,
} as const);
const NO_RESULT = 0x40;
/** LEB128 of `NO_ORDER`. */
const MINUS_ONE = 0x7f;

export interface HostCall {
  /** The index of the imported `opa_builtinN`. */
  readonly host: number;
  readonly id: number;
  readonly operands: number;
}

/** The body of a function that asks the host: `return opa_builtinN(id, 0, …operands)`. */
export function callHost(call: HostCall): Uint8Array {
  return Buffer.concat([NO_LOCALS, ...hostCall(call), END]);
}

/**
 * The body of a function of numbers that asks the host where it takes to fractions or beyond 64 bits. The function that it
 * replaces, which is now at the index `native`, keeps what it does well: operands of other types, and integers as long as
 * its answer is one.
 */
export function callHostForFractions(call: HostCall, native: number): Uint8Array {
  const operands = Array.from({ length: call.operands }, (_, index) => index);
  const answer = call.operands;
  return Buffer.concat([
    ONE_LOCAL,
    ...all(operands.map(isNumber)),
    Uint8Array.of(OP.if, NO_RESULT),
    ...all(operands.map(isInteger)),
    Uint8Array.of(OP.if, NO_RESULT),
    ...callNative(call, native),
    code(OP.localTee, unsigned(answer)),
    Uint8Array.of(OP.if, NO_RESULT),
    ...isInteger(answer),
    Uint8Array.of(OP.if, NO_RESULT),
    code(OP.localGet, unsigned(answer)),
    Uint8Array.of(OP.return, OP.end, OP.end, OP.end),
    ...hostCall(call),
    Uint8Array.of(OP.return, OP.end),
    ...callNative(call, native),
    END,
  ]);
}

/** The body of a function that asks the host where its last operand is a set, and else the one at the index `native`. */
export function callHostForSets(call: HostCall, native: number): Uint8Array {
  return Buffer.concat([
    NO_LOCALS,
    ...equals(call.operands - 1, OP.load8, LAYOUT.type.set),
    Uint8Array.of(OP.if, NO_RESULT),
    ...hostCall(call),
    Uint8Array.of(OP.return, OP.end),
    ...callNative(call, native),
    END,
  ]);
}

/** The body of a function that asks the one at the index `native`, and the host where that has no answer. */
export function callHostForUndefined(call: HostCall, native: number): Uint8Array {
  const answer = call.operands;
  return Buffer.concat([
    ONE_LOCAL,
    ...callNative(call, native),
    code(OP.localTee, unsigned(answer)),
    Uint8Array.of(OP.if, NO_RESULT),
    code(OP.localGet, unsigned(answer)),
    Uint8Array.of(OP.return, OP.end),
    ...hostCall(call),
    END,
  ]);
}

/**
 * The body of a function of one value that hands a number beyond 32 bits to the host first, and goes on with what it gets
 * back. The function that it replaces is now at the index `native`.
 */
export function widenFirst(call: HostCall, native: number): Uint8Array {
  return Buffer.concat([
    NO_LOCALS,
    ...isInteger(0),
    Uint8Array.of(OP.if, NO_RESULT),
    ...integerOf(0),
    ...integerOf(0),
    Uint8Array.of(OP.wrap, OP.extend, OP.differ64, OP.if, NO_RESULT),
    ...hostCall(call),
    code(OP.localSet, unsigned(0)),
    Uint8Array.of(OP.end, OP.end),
    code(OP.localGet, unsigned(0)),
    code(OP.call, unsigned(native)),
    END,
  ]);
}

/** The body of a function that visits the members of a set or object in the host's order, and others as the module does. */
export function askForOrder(call: HostCall, native: number): Uint8Array {
  const next = call.operands;
  return Buffer.concat([
    ONE_LOCAL,
    ...equals(0, OP.load8, LAYOUT.type.object),
    ...equals(0, OP.load8, LAYOUT.type.set),
    Uint8Array.of(OP.or, OP.if, NO_RESULT),
    ...hostCall(call),
    code(OP.localTee, unsigned(next)),
    Uint8Array.of(OP.constant, MINUS_ONE, OP.differ, OP.if, NO_RESULT),
    code(OP.localGet, unsigned(next)),
    Uint8Array.of(OP.return, OP.end, OP.end),
    code(OP.localGet, unsigned(0)),
    code(OP.localGet, unsigned(1)),
    callTo(native),
    END,
  ]);
}

export function callTo(index: number): Uint8Array {
  return code(OP.call, unsigned(index));
}

function callNative({ operands }: HostCall, native: number): readonly Uint8Array[] {
  return [...Array.from({ length: operands }, (_, index) => code(OP.localGet, unsigned(index))), callTo(native)];
}

function integerOf(local: number): readonly Uint8Array[] {
  return [code(OP.localGet, unsigned(local)), Uint8Array.of(OP.load64, 0, LAYOUT.number.integer)];
}

const NO_LOCALS = Uint8Array.of(0);
const ONE_LOCAL = Uint8Array.of(1, 1, I32);
const END = Uint8Array.of(OP.end);

function hostCall({ host, id, operands }: HostCall): readonly Uint8Array[] {
  return [
    code(OP.constant, signed(id)),
    code(OP.constant, signed(0)),
    ...Array.from({ length: operands }, (_, index) => code(OP.localGet, unsigned(index))),
    code(OP.call, unsigned(host)),
  ];
}

/** A value's first byte tells its type. */
function isNumber(local: number): readonly Uint8Array[] {
  return equals(local, OP.load8, LAYOUT.type.number);
}

/** The second byte of a number tells how it is held. */
function isInteger(local: number): readonly Uint8Array[] {
  return equals(local, OP.load16, LAYOUT.type.number + LAYOUT.number.integerKind * 256);
}

function equals(local: number, load: number, expected: number): readonly Uint8Array[] {
  return [
    code(OP.localGet, unsigned(local)),
    Uint8Array.of(load, 0, 0),
    code(OP.constant, signed(expected)),
    Uint8Array.of(OP.equal),
  ];
}

function all([first = [], ...others]: readonly (readonly Uint8Array[])[]): readonly Uint8Array[] {
  return [...first, ...others.flatMap((check) => [...check, Uint8Array.of(OP.and)])];
}

function code(operation: number, immediate: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(operation), immediate]);
}
