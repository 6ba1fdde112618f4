/** What an OPA module exports, as far as these tests ask it (OPA documentation, "WebAssembly"). */
interface OpaExports {
  entrypoints(): number;
  opa_json_dump(value: number): number;
}

/** The part of the WebAssembly API that is used; Node's types leave it to the DOM's. */
interface WebAssemblyApi {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  instantiate(module: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: unknown } }>;
}

const api = Reflect.get(globalThis, "WebAssembly") as WebAssemblyApi;

/** The entrypoints that a module itself names. */
export async function readEntrypoints(wasm: Uint8Array): Promise<string[]> {
  const memory = new api.Memory({ initial: 2 });
  const none = (): number => 0;
  const names = ["opa_abort", "opa_println", ...[0, 1, 2, 3, 4].map((arity) => `opa_builtin${arity}`)];
  const env = { memory, ...Object.fromEntries(names.map((name) => [name, none])) };
  const { instance } = await api.instantiate(new Uint8Array(wasm), { env });
  const opa = instance.exports as OpaExports;
  const start = opa.opa_json_dump(opa.entrypoints());
  const bytes = Buffer.from(memory.buffer);
  return Object.keys(JSON.parse(bytes.toString("utf8", start, bytes.indexOf(0, start))) as object);
}
