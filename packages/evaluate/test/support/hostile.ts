import { REQUIRED_FUNCTIONS } from "../../src/module/abi.ts";

/** What one function of a hand-made module does; the others return 0. */
type Bodies = Readonly<Record<string, readonly number[]>>;

export interface HandMade {
  /** Texts that end in NUL, by their address in memory. */
  readonly texts?: Readonly<Record<number, string>>;
  readonly bodies?: Bodies;
  /** The body of a start function; none unless given. */
  readonly start?: readonly number[];
  /** Names that are exported as what they are not. */
  readonly misnamed?: Readonly<Record<string, "memory" | "global" | "function">>;
}

const I32 = 0x7f;
const KIND = { function: 0, memory: 2, global: 3 } as const;

/** The imports in their order, so that bodies can call them: 0 is opa_abort, 1 opa_println, 2 opa_builtin0. */
export const CALL = { opa_abort: 0, opa_println: 1, opa_builtin0: 2 } as const;

/** The number of the start function. */
export const START = Object.keys(CALL).length + REQUIRED_FUNCTIONS.length;

export const constant = (value: number): number[] => [0x41, ...signed(value)];
export const call = (index: number): number[] => [0x10, index];
export const DROP = 0x1a;
/** loop, br 0, end */
export const FOREVER = [0x03, 0x40, 0x0c, 0x00, 0x0b];
/** The first parameter. */
export const PARAMETER = [0x20, 0x00];
/** loop: grow by a page; again unless refused */
export const GROW = [0x03, 0x40, ...constant(1), 0x40, 0x00, ...constant(-1), 0x47, 0x0d, 0x00, 0x0b];

/** A module that exports what OPA's do, and does in it what its author likes. */
export function handMade({ texts = {}, bodies = {}, start, misnamed = {} }: HandMade = {}): Uint8Array {
  const names = REQUIRED_FUNCTIONS;
  const first = Object.keys(CALL).length;
  const ownTypes = [...names.map(() => 0), ...(start === undefined ? [] : [2])];
  const code = [...names.map((name) => bodies[name] ?? constant(0)), ...(start === undefined ? [] : [start])];
  const sections = [
    section(
      1,
      list([
        [0x60, ...list([[I32]]), ...list([[I32]])],
        [0x60, ...list([[I32]]), 0],
        [0x60, 0, 0],
        [0x60, ...list([[I32], [I32]]), 1, I32],
      ]),
    ),
    section(
      2,
      list([
        imported("opa_abort", [0, 1]),
        imported("opa_println", [0, 1]),
        imported("opa_builtin0", [0, 3]),
        imported("memory", [2, 0, 2]),
      ]),
    ),
    section(3, list(ownTypes.map((type) => [type]))),
    section(
      6,
      list([
        [I32, 0, ...constant(1), 0x0b],
        [I32, 0, ...constant(3), 0x0b],
      ]),
    ),
    section(
      7,
      list([
        ...names.map((name, index) =>
          exported(name, misnamed[name] ?? "function", misnamed[name] === undefined ? first + index : 0),
        ),
        exported("opa_wasm_abi_version", misnamed["opa_wasm_abi_version"] ?? "global", 0),
        exported("opa_wasm_abi_minor_version", "global", 1),
      ]),
    ),
    ...(start === undefined ? [] : [section(8, unsigned(START))]),
    section(10, list(code.map((body) => sized([0, ...body, 0x0b])))),
    section(
      11,
      list(
        Object.entries(texts).map(([at, text]) => [
          0,
          ...constant(Number(at)),
          0x0b,
          ...sized([...Buffer.from(`${text}\0`)]),
        ]),
      ),
    ),
  ];
  return Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, ...sections.flat()]);
}

function section(id: number, body: readonly number[]): number[] {
  return [id, ...sized(body)];
}

function list(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function imported(name: string, descriptor: readonly number[]): number[] {
  return [...text("env"), ...text(name), ...descriptor];
}

function exported(name: string, kind: keyof typeof KIND, index: number): number[] {
  return [...text(name), KIND[kind], index];
}

function text(value: string): number[] {
  return sized([...Buffer.from(value)]);
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  return (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40) ? [low] : [low | 0x80, ...signed(rest)];
}
