import { literal, policyText, readsOf } from "./policy.ts";
import type { Expression, Rule } from "./policy.ts";
import { compare, OpaStopped, PolicyRefused } from "./compare.ts";
import type { Difference } from "./compare.ts";
import type { Json } from "./values.ts";

export interface Smallest {
  readonly policy: string;
  readonly difference: Difference;
}

/** Each try runs OPA twice. */
const MAX_TRIES = 120;
const SIMPLEST = ["0", '""', "[]", "{}", "true"];

/** The smallest rule and input found that still show a difference. */
export async function minimise(opa: string, rule: Rule, difference: Difference): Promise<Smallest> {
  let best: Shown = { rule, difference };
  let tries = 0;
  const next = async (): Promise<Shown | undefined> => {
    for (const candidate of smaller(best)) {
      if (++tries > MAX_TRIES) return undefined;
      const found = await shows(opa, candidate);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (let found = await next(); found !== undefined; found = await next()) best = found;
  return { policy: policyText([best.rule]), difference: best.difference };
}

interface Shown {
  readonly rule: Rule;
  readonly difference: Difference;
}

interface Candidate {
  readonly rule: Rule;
  readonly input: Difference["input"];
}

async function shows(opa: string, { rule, input }: Candidate): Promise<Shown | undefined> {
  try {
    const { differences } = await compare(opa, { text: policyText([rule]), names: [rule.name] }, [input]);
    const [difference] = differences;
    return difference === undefined ? undefined : { rule, difference };
  } catch (thrown) {
    if (thrown instanceof PolicyRefused || thrown instanceof OpaStopped) return undefined;
    throw thrown;
  }
}

function* smaller({ rule, difference: { input } }: Shown): Generator<Candidate> {
  const plain = (name: string, text: string): string => `${name} := ${text}`;
  if (rule.shape("r", "x") !== plain("r", "x")) yield { rule: { ...rule, shape: plain }, input };
  const read = new Set(readsOf(rule.expression).map(({ key }) => key));
  const kept = Object.entries(input).filter(([key]) => read.has(key));
  if (kept.length < Object.keys(input).length) yield { rule, input: Object.fromEntries(kept) };
  for (const expression of smallerExpressions(rule.expression)) yield { rule: { ...rule, expression }, input };
  for (const [key, value] of kept) {
    for (const less of smallerValues(value)) yield { rule, input: { ...input, [key]: less } };
  }
}

function* smallerExpressions(expression: Expression): Generator<Expression> {
  const { children } = expression;
  yield* children.filter((child) => child.children.length > 0);
  for (const [index, child] of children.entries()) {
    const replace = (by: Expression): Expression => ({ ...expression, children: children.with(index, by) });
    if (child.children.length > 0) yield* SIMPLEST.map((text) => replace(literal(text)));
    for (const less of smallerExpressions(child)) yield replace(less);
  }
}

function* smallerValues(value: Json): Generator<Json> {
  if (typeof value === "string") {
    const units = Array.from(value);
    const half = units.length >> 1;
    const parts = [units.slice(0, half), units.slice(half), units.slice(1), units.slice(0, -1)];
    if (units.length > 1) yield* parts.map((part) => part.join(""));
  } else if (typeof value === "number") {
    if (value !== 0 && value !== 1) yield* [0, 1];
  } else if (Array.isArray(value)) {
    const items = value as readonly Json[];
    for (const index of items.keys()) yield items.toSpliced(index, 1);
    for (const [index, item] of items.entries()) for (const less of smallerValues(item)) yield items.with(index, less);
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    for (const [key] of entries) yield Object.fromEntries(entries.filter(([other]) => other !== key));
    for (const [key, item] of entries)
      for (const less of smallerValues(item))
        yield Object.fromEntries(entries.map((entry) => (entry[0] === key ? [key, less] : entry)));
  }
}
