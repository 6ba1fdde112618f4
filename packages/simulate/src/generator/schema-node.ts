import type { JsonValue } from "@policy-pack/pack";
import type { Pattern } from "./pattern.ts";

/** A member that an object may have. */
export interface SchemaMember {
  readonly name: string;
  readonly node: SchemaNode;
  readonly required: boolean;
}

/**
 * A schema made ready to draw from. Nodes refer to each other in circles where a schema does, so they are filled in
 * after they are made.
 */
export interface SchemaNode {
  /** Where the schema stands, such as `#/properties/usage`. */
  readonly at: string;
  /** Its examples and default that it accepts. */
  suggestions: readonly JsonValue[];
  shape: SchemaShape;
  /** Nesting and number of the values in its smallest instance; Infinity where it has none. */
  height: number;
  size: number;
}

export type SchemaShape =
  | { readonly kind: "any" }
  | { readonly kind: "boolean" }
  | { readonly kind: "null" }
  | { readonly kind: "values"; readonly values: readonly JsonValue[] }
  | { readonly kind: "choice"; readonly branches: readonly SchemaNode[] }
  | ObjectShape
  | ArrayShape
  | NumberShape
  | TextShape;

export interface ObjectShape {
  readonly kind: "object";
  readonly members: readonly SchemaMember[];
  /** What members of other names are; undefined where there may be none. */
  readonly additional: SchemaNode | undefined;
}

export interface ArrayShape {
  readonly kind: "array";
  readonly items: SchemaNode;
  readonly minItems: number;
  readonly maxItems: number;
  readonly isUnique: boolean;
}

export interface NumberShape {
  readonly kind: "number";
  readonly isWhole: boolean;
  readonly minimum: number;
  readonly maximum: number;
  readonly exclusiveMinimum: number;
  readonly exclusiveMaximum: number;
  readonly multiplesOf: readonly number[];
}

export interface TextShape {
  readonly kind: "text";
  readonly minLength: number;
  readonly maxLength: number;
  readonly patterns: readonly Pattern[];
  readonly isDateTime: boolean;
}
