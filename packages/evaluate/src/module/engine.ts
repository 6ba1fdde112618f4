/**
 * The parts of JavaScript's WebAssembly API that this host uses. TypeScript declares them only together with the
 * browser's document model, which no code here may reach for.
 *
 * @see https://webassembly.github.io/spec/js-api/
 */
export interface WasmApi {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  readonly Module: {
    imports(module: WasmModule): readonly (WasmExport & { readonly module: string })[];
    exports(module: WasmModule): readonly WasmExport[];
    customSections(module: WasmModule, name: string): readonly ArrayBuffer[];
  };
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: WasmExports };
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number }) => WasmMemory;
}

/** Opaque: only the engine looks inside. */
export type WasmModule = object;
export type WasmExports = Readonly<Record<string, unknown>>;

export interface WasmExport {
  readonly name: string;
  readonly kind: "function" | "global" | "memory" | "table" | "tag";
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export const wasmEngine: WasmApi = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;
