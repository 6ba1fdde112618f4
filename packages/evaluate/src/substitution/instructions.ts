import { ByteReader } from "../module/byte-reader.ts";

/** A `call` in a function's body: where its instruction starts and ends. */
export interface Call {
  readonly start: number;
  readonly end: number;
  readonly callee: number;
}

const CALL = 0x10;
const LAST_BYTE_BIT = 0x80;

/**
 * The direct calls in a function's body, in their order.
 *
 * @throws RangeError for an instruction beyond the first version of WebAssembly, which OPA's compiler does not write
 * @see https://webassembly.github.io/spec/core/binary/instructions.html
 */
export function readCalls(body: Uint8Array): readonly Call[] {
  const reader = new ByteReader(body);
  for (let groups = reader.unsigned(); groups > 0; groups--) {
    reader.unsigned();
    reader.byte();
  }
  const calls: Call[] = [];
  while (!reader.done) {
    const start = reader.position;
    const operation = reader.byte();
    if (operation === CALL) {
      const callee = reader.unsigned();
      calls.push({ start, end: reader.position, callee });
    } else skipImmediates(operation, reader);
  }
  return calls;
}

function skipImmediates(operation: number, reader: ByteReader): void {
  const skip = IMMEDIATES.find(({ first, last }) => operation >= first && operation <= last)?.skip;
  if (skip === undefined) throw new RangeError(`an instruction 0x${operation.toString(16)} that is not known here`);
  skip(reader);
}

interface Immediates {
  readonly first: number;
  readonly last: number;
  readonly skip: (reader: ByteReader) => void;
}

const nothing = (): void => undefined;
const index = (reader: ByteReader): void => {
  while (reader.byte() >= LAST_BYTE_BIT);
};
const twoIndices = (reader: ByteReader): void => {
  index(reader);
  index(reader);
};
const table = (reader: ByteReader): void => {
  for (let left = reader.unsigned() + 1; left > 0; left--) index(reader);
};
const bytes =
  (count: number) =>
  (reader: ByteReader): void => {
    reader.take(count);
  };

/** What stands behind each instruction, by ranges of their codes. */
const IMMEDIATES: readonly Immediates[] = [
  { first: 0x00, last: 0x01, skip: nothing },
  // block, loop, if: the type of what they leave.
  { first: 0x02, last: 0x04, skip: index },
  { first: 0x05, last: 0x05, skip: nothing },
  { first: 0x0b, last: 0x0b, skip: nothing },
  { first: 0x0c, last: 0x0d, skip: index },
  { first: 0x0e, last: 0x0e, skip: table },
  { first: 0x0f, last: 0x0f, skip: nothing },
  { first: 0x11, last: 0x11, skip: twoIndices },
  { first: 0x1a, last: 0x1b, skip: nothing },
  { first: 0x20, last: 0x24, skip: index },
  // Loads and stores.
  { first: 0x28, last: 0x3e, skip: twoIndices },
  { first: 0x3f, last: 0x42, skip: index },
  { first: 0x43, last: 0x43, skip: bytes(4) },
  { first: 0x44, last: 0x44, skip: bytes(8) },
  { first: 0x45, last: 0xc4, skip: nothing },
];

/** The body with some of its calls going elsewhere. */
export function redirectCalls(body: Uint8Array, calls: readonly Call[], instruction: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let kept = 0;
  for (const { start, end } of calls) {
    parts.push(body.subarray(kept, start), instruction);
    kept = end;
  }
  return Buffer.concat([...parts, body.subarray(kept)]);
}
