import { unsigned } from "./module-sections.ts";

/** Calls of one function that shall go to another, in code that calls a third one too. */
export interface Redirection {
  readonly from: number;
  readonly to: number;
  readonly beside: number;
  /** The third one counts only where its operand is this constant, of less than 64. */
  readonly besideWith?: number;
}

const CALL = 0x10;
const CONSTANT = 0x41;
const LAST_BYTE_BIT = 0x80;

/**
 * The code with its calls going elsewhere; undefined when there is none, or none of the function beside.
 *
 * @throws RangeError for an instruction beyond the first version of WebAssembly, which OPA's compiler does not write
 * @see https://webassembly.github.io/spec/core/binary/instructions.html
 */
export function redirectCalls(code: Uint8Array, { from, to, beside, besideWith }: Redirection): Uint8Array | undefined {
  const callees: [start: number, end: number][] = [];
  let isBeside = false;
  let constant: number | undefined;
  let at = skipLocals(code);
  while (at < code.length) {
    const operation = code[at] ?? 0;
    const immediates = at + 1;
    at = skipImmediates(code, operation, immediates);
    if (operation === CALL) {
      const callee = indexAt(code, immediates);
      if (callee === from) callees.push([immediates, at]);
      else if (callee === beside && (besideWith === undefined || constant === besideWith)) isBeside = true;
    }
    constant = operation === CONSTANT ? code[immediates] : undefined;
  }
  if (at > code.length) throw new RangeError("the code ends within an instruction");
  return isBeside && callees.length > 0 ? replaceRanges(code, callees, Uint8Array.from(unsigned(to))) : undefined;
}

function replaceRanges(
  code: Uint8Array,
  ranges: readonly (readonly [start: number, end: number])[],
  by: Uint8Array,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let kept = 0;
  for (const [start, end] of ranges) {
    parts.push(code.subarray(kept, start), by);
    kept = end;
  }
  return Buffer.concat([...parts, code.subarray(kept)]);
}

/** Groups of locals, each a count and a type of one byte. */
function skipLocals(code: Uint8Array): number {
  let at = skipIndex(code, 0);
  for (let left = indexAt(code, 0); left > 0 && at <= code.length; left--) at = skipIndex(code, at) + 1;
  return at;
}

/** What stands behind an instruction. */
const SHAPE = Object.freeze({ unknown: 0, nothing: 1, index: 2, twoIndices: 3, table: 4, fourBytes: 5, eightBytes: 6 });

/** By ranges of the instructions' codes. */
const RANGES: readonly (readonly [first: number, last: number, shape: number])[] = [
  [0x00, 0x01, SHAPE.nothing],
  // block, loop, if: the type of what they leave.
  [0x02, 0x04, SHAPE.index],
  [0x05, 0x05, SHAPE.nothing],
  [0x0b, 0x0b, SHAPE.nothing],
  [0x0c, 0x0d, SHAPE.index],
  [0x0e, 0x0e, SHAPE.table],
  [0x0f, 0x0f, SHAPE.nothing],
  [CALL, CALL, SHAPE.index],
  [0x11, 0x11, SHAPE.twoIndices],
  [0x1a, 0x1b, SHAPE.nothing],
  [0x20, 0x24, SHAPE.index],
  // Loads and stores.
  [0x28, 0x3e, SHAPE.twoIndices],
  [0x3f, 0x42, SHAPE.index],
  [0x43, 0x43, SHAPE.fourBytes],
  [0x44, 0x44, SHAPE.eightBytes],
  [0x45, 0xc4, SHAPE.nothing],
];

const SHAPES = Uint8Array.from({ length: 256 }, (_, operation) => {
  return RANGES.find(([first, last]) => operation >= first && operation <= last)?.[2] ?? SHAPE.unknown;
});

/** Where the next instruction starts; beyond the code's end when this one is not whole. */
function skipImmediates(code: Uint8Array, operation: number, at: number): number {
  switch (SHAPES[operation]) {
    case SHAPE.nothing:
      return at;
    case SHAPE.index:
      return skipIndex(code, at);
    case SHAPE.twoIndices:
      return skipIndex(code, skipIndex(code, at));
    case SHAPE.table:
      return skipTable(code, at);
    case SHAPE.fourBytes:
      return at + 4;
    case SHAPE.eightBytes:
      return at + 8;
    case undefined:
    default:
      throw new RangeError(`an instruction 0x${operation.toString(16)} that is not known here`);
  }
}

function skipTable(code: Uint8Array, start: number): number {
  let at = skipIndex(code, start);
  for (let left = indexAt(code, start) + 1; left > 0 && at <= code.length; left--) at = skipIndex(code, at);
  return at;
}

function skipIndex(code: Uint8Array, start: number): number {
  let at = start;
  while ((code[at] ?? 0) >= LAST_BYTE_BIT) at++;
  return at + 1;
}

/** LEB128 of at most 32 bits. */
function indexAt(code: Uint8Array, start: number): number {
  let index = 0;
  for (let at = start, place = 1; at < start + 5; at++, place *= 0x80) {
    const byte = code[at] ?? 0;
    index += (byte & 0x7f) * place;
    if (byte < LAST_BYTE_BIT) break;
  }
  return index;
}
