import type { JsonValue } from "@policy-pack/pack";

/** A number that decides something, with the names it stands under: a data path's segments or a Rego variable. */
export interface BoundaryNumber {
  readonly value: number;
  readonly names: readonly string[];
  /** Present, and true, where only one of the two packs of a diff has it. */
  readonly changed?: true;
}

/** A text that decides something. */
export interface BoundaryText {
  readonly value: string;
  readonly names: readonly string[];
  readonly changed?: true;
}

/** What the inputs of one package are drawn from. */
export interface PackageModel {
  /** Such as `cos/budget`. */
  readonly package: string;
  /** The input schema, and beside it the other pack's where that differs; empty when there is none. */
  readonly schemas: readonly JsonValue[];
  readonly numbers: readonly BoundaryNumber[];
  readonly texts: readonly BoundaryText[];
}

/** All that the generator reads of a pack: the same model, seed and iterations give the same inputs everywhere. */
export interface InputModel {
  /** Sorted by package. */
  readonly packages: readonly PackageModel[];
}
