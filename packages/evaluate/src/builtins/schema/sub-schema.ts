import type { Pattern } from "../regex/pattern.ts";
import type { FormatCheck } from "./formats.ts";
import type { Decimal } from "./number.ts";

export interface NamedFormat {
  readonly name: string;
  readonly check: FormatCheck;
}

export interface NamedPattern {
  readonly text: string;
  readonly pattern: Pattern;
}

/** One schema, its keywords read. */
export interface SubSchema {
  draft: number;
  /** Set for the schemas `true` and `false`. */
  pass?: boolean;
  /** The schema of `$ref`; no other keyword counts then. */
  referenced?: SubSchema;
  types: readonly string[];

  allOf: readonly SubSchema[];
  anyOf: readonly SubSchema[];
  oneOf: readonly SubSchema[];
  not?: SubSchema;
  if?: SubSchema;
  then?: SubSchema;
  else?: SubSchema;
  dependencies: ReadonlyMap<string, readonly string[] | SubSchema>;
  const?: string;
  enum?: ReadonlySet<string>;
  format?: NamedFormat;

  properties: ReadonlyMap<string, SubSchema>;
  patternProperties: readonly (NamedPattern & { readonly schema: SubSchema })[];
  additionalProperties?: boolean | SubSchema;
  propertyNames?: SubSchema;
  required: ReadonlySet<string>;
  minProperties?: bigint;
  maxProperties?: bigint;

  items?: SubSchema | readonly SubSchema[];
  additionalItems?: boolean | SubSchema;
  contains?: SubSchema;
  uniqueItems: boolean;
  minItems?: bigint;
  maxItems?: bigint;

  pattern?: NamedPattern;
  minLength?: bigint;
  maxLength?: bigint;

  multipleOf?: Decimal;
  minimum?: Decimal | undefined;
  maximum?: Decimal | undefined;
  exclusiveMinimum?: Decimal;
  exclusiveMaximum?: Decimal;
}

const NO_SCHEMAS: readonly SubSchema[] = [];

export function newSubSchema(draft: number): SubSchema {
  return {
    draft,
    types: [],
    allOf: NO_SCHEMAS,
    anyOf: NO_SCHEMAS,
    oneOf: NO_SCHEMAS,
    dependencies: new Map(),
    properties: new Map(),
    patternProperties: [],
    required: new Set(),
    uniqueItems: false,
  };
}
