import type { Random } from "../fuzz/random.ts";
import { OPERAND_FLAVOURS } from "./flavours.ts";
import type { Flavour } from "./flavours.ts";
import type { OpaBuiltin, OpaType } from "./opa-types.ts";
import { drawJson, toRego } from "./values.ts";
import type { Json } from "./values.ts";

/** A Rego expression as a tree, so that it can be made smaller. */
export interface Expression {
  readonly children: readonly Expression[];
  readonly render: (children: readonly string[]) => string;
  /** The key of the input that it reads, and what it expects there. */
  readonly reads?: { readonly key: string; readonly draw: (random: Random) => Json };
}

export interface Rule {
  readonly name: string;
  readonly expression: Expression;
  readonly shape: Shape;
}

/** How a rule's head and body stand around its expression; none can have two answers, which OPA would end the query for. */
export type Shape = (name: string, expression: string) => string;

const SHAPES: readonly Shape[] = [
  (name, text) => `${name} := ${text}`,
  (name, text) => `${name} := ${text}`,
  (name, text) => `${name} := {"is": ${text}}`,
  (name, text) => `${name} := [x | some x in [${text}, 1]]`,
  (name, text) => `${name} := {x | x := ${text}[_]}`,
  (name, text) => `${name} contains x if x := ${text}[_]`,
  (name, text) => `${name} if ${text}`,
  (name, text) => `${name} if not ${text}`,
  (name, text) => `${name} := type_name(${text})`,
  (name, text) => `${name} := sprintf("%v", [${text}])`,
  (name, text) => `${name} := count(${text})`,
  (name, text) => `${name} contains k if ${text}[k]`,
  (name, text) => `${name} if every x in ${text} { x != 1 }`,
  (name, text) => `default ${name} := "none"\n${name} := ${text}`,
  (name, text) => `${name} := {x: 1 | some x in ${text}}`,
  (name, text) => `${name} := sort(${text})`,
  (name, text) => `${name} := [x | x := ${text}[_]]`,
  (name, text) => `${name} := [k | some k, _ in ${text}]`,
  (name, text) => `${name} := [x | some x in {y | some y in [${text}, 1, "b", "a"]}]`,
  (name, text) => `${name} := [p | walk(${text}, p)]`,
  (name, text) => `${name} := json.marshal(${text})`,
  (name, text) => `${name} := $"<{${text}}>"`,
  (name, text) => `${name} := concat(",", {x | some x in ${text}})`,
];
const DEPTH = 2;

/** One rule a line, but for defaults; names are `r0`, `r1`… */
export function drawRules(random: Random, builtins: readonly OpaBuiltin[], count: number): readonly Rule[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `r${index}`;
    const keys = { rule: name, next: 0 };
    return { name, expression: drawCall(random, builtins, keys, DEPTH), shape: random.pick(SHAPES) };
  });
}

export function policyText(rules: readonly Rule[]): string {
  return `package t\n\n${rules.map(ruleText).join("\n")}\n`;
}

export function ruleText({ name, expression, shape }: Rule): string {
  return shape(name, expressionText(expression));
}

export function expressionText({ children, render }: Expression): string {
  return render(children.map(expressionText));
}

interface Keys {
  readonly rule: string;
  next: number;
}

function drawCall(random: Random, builtins: readonly OpaBuiltin[], keys: Keys, depth: number): Expression {
  const builtin = random.pick(builtins);
  const flavours = OPERAND_FLAVOURS.find(([pattern]) => pattern.test(builtin.name))?.[1] ?? [];
  const children = builtin.operands.map((type, index) =>
    drawOperand(random, builtins, { type, flavour: flavours[index] }, keys, depth),
  );
  const render = (texts: readonly string[]): string =>
    builtin.infix === undefined || builtin.infix === "in"
      ? `${builtin.name}(${texts.join(", ")})`
      : `(${texts[0] ?? ""} ${builtin.infix} ${texts[1] ?? ""})`;
  return { children, render };
}

interface Operand {
  readonly type: OpaType;
  readonly flavour: Flavour | undefined;
}

function drawOperand(
  random: Random,
  builtins: readonly OpaBuiltin[],
  { type, flavour }: Operand,
  keys: Keys,
  depth: number,
): Expression {
  if (depth > 0 && flavour !== "count" && random.oneIn(6)) {
    const fitting = builtins.filter(({ result }) => result.type === type.type || result.type === "any");
    if (fitting.length > 0) return drawCall(random, fitting, keys, depth - 1);
  }
  if (random.oneIn(4)) return literal(toRego(drawJson(random, type, flavour), type));
  const key = `${keys.rule}_${keys.next++}`;
  const reads = { key, draw: (from: Random) => drawJson(from, type, flavour) };
  // An input has no sets: where a builtin takes one, it is made of the input's list.
  const text = type.type === "set" && !random.oneIn(10) ? `{x | some x in input.${key}}` : `input.${key}`;
  return { children: [], render: () => text, reads };
}

export function literal(text: string): Expression {
  return { children: [], render: () => text };
}

/** An input that has what the rules read. */
export function drawInput(random: Random, rules: readonly Rule[]): Readonly<Record<string, Json>> {
  const entries = rules.flatMap(({ expression }) =>
    readsOf(expression).map(({ key, draw }) => [key, draw(random)] as const),
  );
  return Object.fromEntries(random.oneIn(20) ? entries.filter(() => !random.oneIn(4)) : entries);
}

export function readsOf({ reads, children }: Expression): readonly NonNullable<Expression["reads"]>[] {
  return [...(reads === undefined ? [] : [reads]), ...children.flatMap(readsOf)];
}
