import type { Answer } from "./answer.ts";

/** One question to the compiled module. */
export interface ModuleQuestion {
  readonly entrypoint: string;
  /** One JSON document; undefined asks without an input document. */
  readonly input: string | undefined;
}

/** How a module's surroundings are fixed. */
export interface ModuleSurroundings {
  /** Nanoseconds since 1970; undefined lets time pass. */
  readonly nowNs: bigint | undefined;
  /** Whether lots fall as if every random byte were 0. */
  readonly isFixed: boolean;
  /** What `opa.runtime` answers, as JSON. */
  readonly runtime: string;
}

/** A module and its data, as they are handed to the thread that asks it. */
export interface AskedModule {
  readonly wasm: Uint8Array;
  /** The base documents, as JSON. */
  readonly data: string;
  readonly entrypoints: readonly string[];
  readonly surroundings: ModuleSurroundings;
}

/** What that thread sends: that it is ready, that it cannot start, or its next answer. */
export type FromThread =
  | { readonly ready: true }
  | { readonly refused: { readonly code: string; readonly message: string } }
  | { readonly answer: Answer };
