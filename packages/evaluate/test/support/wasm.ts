/** The parts of a small module: imports as module, name and descriptor bytes; raw further sections behind them. */
export interface ModuleParts {
  readonly imports?: readonly (readonly [module: string, name: string, descriptor: readonly number[]])[];
  readonly sections?: readonly (readonly [id: number, body: readonly number[]])[];
}

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** One function type without parameters and results. */
const TYPE_SECTION = [1, [1, 0x60, 0, 0]] as const;

/** Assembles a module whose parts are all below 128 bytes. */
export function wasmOf({ imports = [], sections = [] }: ModuleParts): Uint8Array {
  const entries = imports.flatMap(([module, name, descriptor]) => [...text(module), ...text(name), ...descriptor]);
  const importSection = [2, [imports.length, ...entries]] as const;
  const all = [TYPE_SECTION, ...(imports.length > 0 ? [importSection] : []), ...sections];
  return Uint8Array.from([...HEADER, ...all.flatMap(([id, body]) => [id, body.length, ...body])]);
}

function text(value: string): number[] {
  return [value.length, ...Buffer.from(value)];
}

/** Replaces one run of bytes, which must occur exactly once. */
export function patch(wasm: Uint8Array, from: readonly number[], to: readonly number[]): Uint8Array {
  const bytes = Buffer.from(wasm);
  const at = bytes.indexOf(Buffer.from(from));
  if (at < 0 || bytes.includes(Buffer.from(from), at + 1)) throw new Error("the bytes to patch are not there once");
  bytes.set(to, at);
  return bytes;
}
