/**
 * What a module that OPA compiled exports: addresses and sizes are unsigned 32-bit offsets into its memory.
 *
 * @see https://www.openpolicyagent.org/docs/wasm#abi
 */
export interface OpaExports {
  opa_malloc(size: number): number;
  opa_json_parse(text: number, length: number): number;
  opa_json_dump(value: number): number;
  opa_value_parse(text: number, length: number): number;
  opa_value_dump(value: number): number;
  opa_value_add_path(data: number, path: number, value: number): number;
  opa_value_remove_path(data: number, path: number): number;
  opa_heap_ptr_get(): number;
  opa_heap_ptr_set(address: number): void;
  opa_eval(
    reserved: 0,
    entrypoint: number,
    data: number,
    input: number,
    inputLength: number,
    heap: number,
    format: 0 | 1,
  ): number;
  opa_eval_ctx_new(): number;
  opa_eval_ctx_set_input(context: number, input: number): void;
  opa_eval_ctx_set_data(context: number, data: number): void;
  opa_eval_ctx_set_entrypoint(context: number, entrypoint: number): void;
  opa_eval_ctx_get_result(context: number): number;
  /** 0 unless it failed. */
  eval(context: number): number;
  builtins(): number;
  entrypoints(): number;
}

export const ABI_VERSION = 1;
/** 1.2 brought `opa_eval`, the one-call path that this host is built on (OPA 0.27, March 2021). */
export const MINIMUM_ABI_MINOR = 2;

/** The `format` argument of `opa_eval`: Rego text keeps sets and keys of any type apart from JSON's kinds. */
export const VALUE_FORMAT = 1;

export const REQUIRED_FUNCTIONS = [
  "opa_malloc",
  "opa_json_parse",
  "opa_json_dump",
  "opa_value_parse",
  "opa_value_dump",
  "opa_value_add_path",
  "opa_value_remove_path",
  "opa_heap_ptr_get",
  "opa_heap_ptr_set",
  "opa_eval",
  "opa_eval_ctx_new",
  "opa_eval_ctx_set_input",
  "opa_eval_ctx_set_data",
  "opa_eval_ctx_set_entrypoint",
  "opa_eval_ctx_get_result",
  "eval",
  "builtins",
  "entrypoints",
] as const satisfies readonly (keyof OpaExports)[];

export const ABI_VERSION_GLOBAL = "opa_wasm_abi_version";
export const ABI_MINOR_GLOBAL = "opa_wasm_abi_minor_version";

export const HOST_MODULE = "env";
/** The host functions that a module may import. */
export interface HostFunctions {
  opa_abort(message: number): void;
  opa_println(message: number): void;
  opa_builtin0(id: number, context: number): number;
  opa_builtin1(id: number, context: number, first: number): number;
  opa_builtin2(id: number, context: number, first: number, second: number): number;
  opa_builtin3(id: number, context: number, first: number, second: number, third: number): number;
  opa_builtin4(id: number, context: number, first: number, second: number, third: number, fourth: number): number;
}

export const HOST_FUNCTIONS = [
  "opa_abort",
  "opa_println",
  "opa_builtin0",
  "opa_builtin1",
  "opa_builtin2",
  "opa_builtin3",
  "opa_builtin4",
] as const satisfies readonly (keyof HostFunctions)[];
