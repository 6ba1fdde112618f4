/** A builtin that OPA compiles into its modules, and that this host answers in their place. */
export interface Substitute {
  /** As Rego calls it. */
  readonly builtin: string;
  /** The module's own function, by its name in the name section. */
  readonly native: string;
  readonly operands: 1 | 2 | 3;
  /**
   * When it is the host that answers: for numbers that are not both integers, or whose answer is none (`fractions`);
   * where the last operand is a set (`sets`); where the module has no answer (`undefined`); for an integer beyond 32 bits, after which the module's function goes
   * on with the host's answer (`wide`); else always.
   */
  readonly when?: "fractions" | "sets" | "undefined" | "wide";
}

/**
 * No builtin of OPA's: the module prints an integer with the format of 32 bits when it computes with it, so that one of
 * 64 bits, as this host writes them, would lose its upper half. Its text does not.
 */
export const WIDENING = "internal.number_as_text";

/**
 * Where OPA's own modules answer otherwise than OPA's evaluator: seen by comparing both over generated policies
 * (`npm run fuzz`). A policy that was tested with `opa test` must decide in production as it did there.
 *
 * @see https://github.com/open-policy-agent/opa/blob/v1.20.2/internal/compiler/wasm/wasm.go (builtinsFunctions)
 */
export const SUBSTITUTES: readonly Substitute[] = Object.freeze([
  { builtin: WIDENING, native: "opa_number_to_bf", operands: 1, when: "wide" },
  { builtin: "abs", native: "opa_arith_abs", operands: 1, when: "fractions" },
  { builtin: "base64.decode", native: "opa_base64_decode", operands: 1 },
  { builtin: "base64.is_valid", native: "opa_base64_is_valid", operands: 1 },
  { builtin: "base64url.decode", native: "opa_base64_url_decode", operands: 1 },
  { builtin: "ceil", native: "opa_arith_ceil", operands: 1, when: "fractions" },
  { builtin: "concat", native: "opa_strings_concat", operands: 2, when: "sets" },
  { builtin: "div", native: "opa_arith_divide", operands: 2 },
  { builtin: "floor", native: "opa_arith_floor", operands: 1, when: "fractions" },
  { builtin: "format_int", native: "opa_strings_format_int", operands: 2 },
  { builtin: "indexof", native: "opa_strings_indexof", operands: 2 },
  { builtin: "internal.template_string", native: "opa_template_string", operands: 1 },
  { builtin: "json.filter", native: "builtin_json_filter", operands: 2 },
  { builtin: "json.is_valid", native: "opa_json_is_valid", operands: 1 },
  { builtin: "json.marshal", native: "opa_json_marshal", operands: 1 },
  { builtin: "json.remove", native: "builtin_json_remove", operands: 2 },
  { builtin: "json.unmarshal", native: "opa_json_unmarshal", operands: 1 },
  { builtin: "minus", native: "opa_arith_minus", operands: 2, when: "fractions" },
  { builtin: "mul", native: "opa_arith_multiply", operands: 2, when: "fractions" },
  { builtin: "net.cidr_contains", native: "opa_cidr_contains", operands: 2 },
  { builtin: "net.cidr_intersects", native: "opa_cidr_intersects", operands: 2 },
  { builtin: "object.union_n", native: "builtin_object_union_n", operands: 1 },
  { builtin: "plus", native: "opa_arith_plus", operands: 2, when: "fractions" },
  { builtin: "product", native: "opa_agg_product", operands: 1 },
  {
    builtin: "regex.find_all_string_submatch_n",
    native: "opa_regex_find_all_string_submatch",
    operands: 3,
  },
  { builtin: "regex.is_valid", native: "opa_regex_is_valid", operands: 1 },
  { builtin: "regex.match", native: "opa_regex_match", operands: 2, when: "undefined" },
  { builtin: "rem", native: "opa_arith_rem", operands: 2, when: "fractions" },
  { builtin: "replace", native: "opa_strings_replace", operands: 3 },
  { builtin: "round", native: "opa_arith_round", operands: 1, when: "fractions" },
  { builtin: "strings.replace_n", native: "opa_strings_replace_n", operands: 2 },
  { builtin: "sum", native: "opa_agg_sum", operands: 1 },
  { builtin: "to_number", native: "opa_to_number", operands: 1 },
]);

/**
 * The number by which a module calls the host for a substitute: above those of its own table, which OPA counts from 0
 * over the builtins that a policy calls.
 */
export const FIRST_SUBSTITUTE_ID = 512;
/** The number by which a module asks for the next member of a set or object, in OPA's order. */
export const VISITING_ID = FIRST_SUBSTITUTE_ID - 1;
/** What the host answers when it does not know how the module lays out its values: the module goes its own way. */
export const NO_ORDER = -1;
