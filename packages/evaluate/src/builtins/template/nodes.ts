import type { GoValue } from "./values.ts";

/** A part of a template that gives a value. */
export type Operand =
  | { readonly kind: "constant"; readonly value: GoValue }
  | { readonly kind: "dot" }
  | { readonly kind: "nil" }
  | { readonly kind: "field"; readonly path: readonly string[] }
  | { readonly kind: "variable"; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "chain"; readonly operand: Operand; readonly path: readonly string[] }
  | Pipe;

/** An operand with what is given to it. */
export type Command = readonly [first: Operand, ...rest: Operand[]];

export interface Pipe {
  readonly kind: "pipe";
  /** Variables that the value goes to: declared, or with `=` assigned. */
  readonly variables: readonly string[];
  readonly isAssignment: boolean;
  readonly commands: readonly Command[];
}

export type List = readonly Node[];

export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipe: Pipe }
  | { readonly kind: "break" | "continue" }
  | { readonly kind: "template"; readonly name: string; readonly pipe: Pipe | undefined }
  | Branch;

export interface Branch {
  readonly kind: "if" | "range" | "with";
  readonly pipe: Pipe;
  readonly list: List;
  readonly elseList: List | undefined;
}
