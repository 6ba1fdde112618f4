import fc from "fast-check";
import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import type { PolicyInstance } from "@policy-pack/evaluate";
import { extras, INPUTS } from "./inputs.ts";
import { MANY, SOME } from "./law.ts";
import type { Law } from "./law.ts";
import { ask, codesOf, shippedConfig, withConfig } from "./policy.ts";
import type { Mutant } from "./policy.ts";

interface About {
  readonly name: string;
  readonly entrypoint: string;
  readonly values: readonly JsonValue[];
  /** The answer that lets something happen without a word: its reasons are empty. */
  readonly permissive: JsonValue;
}

const PACKAGES: readonly About[] = [
  { name: "abac", entrypoint: "cos/abac/allow", values: [true, false], permissive: true },
  { name: "approval", entrypoint: "cos/approval/require_human", values: [true, false], permissive: false },
  { name: "budget", entrypoint: "cos/budget/decision", values: ["allow", "warn", "halt"], permissive: "allow" },
  { name: "promotion", entrypoint: "cos/promotion/ok", values: [true, false], permissive: true },
];

/** The package and an input of it, good or not. */
const anything = fc
  .constantFrom(...PACKAGES)
  .chain((about) => (INPUTS[about.name] ?? fc.jsonValue()).map((input) => ({ about, input })));

/** What the packages know at the top of their inputs. */
const TOP = ["subject", "resource", "agentOutput", "workspace", "usage", "caps", "breakGlass", "snapshot", "cost"];

/** What each package cannot do without in its data. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  approval: ["confidence_threshold"],
  budget: ["warn_at_percent"],
  promotion: [
    "max_read_p95_ms",
    "max_write_p95_ms",
    "max_error_rate",
    "max_graphql_usd_per_million",
    "max_ingest_usd_per_thousand",
  ],
};

const noNumber = fc.jsonValue({ maxDepth: 1 }).filter((value) => typeof value !== "number") as fc.Arbitrary<JsonValue>;

/** A way to break a configuration: a needed number is taken away, another thing stands there, or all is another thing. */
function breaking(name: string): fc.Arbitrary<(config: JsonObject) => JsonValue> {
  const field = fc.constantFrom(...(NEEDED[name] ?? []));
  return fc.oneof(
    field.map((key) => (config: JsonObject) => Object.fromEntries(Object.entries(config).filter(([at]) => at !== key))),
    fc.tuple(field, noNumber).map(([key, value]) => (config: JsonObject) => ({ ...config, [key]: value })),
    noNumber.map((value) => () => value),
  );
}

const configured = anything
  .filter(({ about }) => NEEDED[about.name] !== undefined)
  .chain((drawn) => breaking(drawn.about.name).map((broken) => ({ ...drawn, broken })));

const file = (name: string) => `opa/cos/${name}/${name}.rego`;

/** A sorted list of {code, message}, both texts. */
function areReasons(value: JsonValue): boolean {
  if (!Array.isArray(value)) return false;
  const reasons = value as readonly JsonValue[];
  return reasons.every((reason) => {
    if (!isJsonObject(reason)) return false;
    const { code, message, ...rest } = reason;
    return typeof code === "string" && typeof message === "string" && Object.keys(rest).length === 0;
  });
}

/** A decision that was not made throws, which fails the law as well. */
function isWhole(instance: PolicyInstance, { name, entrypoint, values, permissive }: About, input: unknown): boolean {
  const value = ask(instance, entrypoint, input);
  const reasons = ask(instance, `cos/${name}/reasons`, input);
  return values.includes(value) && areReasons(reasons) && (value === permissive) === isEmpty(reasons);
}

function isEmpty(value: JsonValue): boolean {
  return Array.isArray(value) && value.length === 0;
}

function without(name: string, text: string, what: string): Mutant {
  return { what, path: file(name), from: text, to: "" };
}

export const COMMON_LAWS: readonly Law[] = [
  {
    name: "every input has a decision, and reasons that are empty exactly when it is the permissive one",
    runs: 10 * MANY,
    property: ({ instance }) => fc.property(anything, ({ about, input }) => isWhole(instance, about, input)),
    mutants: [
      without("abac", "default allow := false\n", "is silent where it does not allow"),
      without("budget", 'default decision := "halt"\n', "is silent where it halts"),
      {
        what: "gives no reason for a retention date that is past",
        path: file("abac"),
        from: "\tretention_until\n\tnot retained\n",
        to: "\tretention_until\n\tnot retained\n\tfalse\n",
      },
      {
        what: "knows two limits of one measure",
        path: file("promotion"),
        from: "default ok := false",
        to: 'default ok := false\n\nlimits.read_p95 := 5000 if input.snapshot.service == "ingest"',
      },
    ],
  },
  {
    name: "every configuration has a decision, and a broken one opens nothing",
    runs: 4 * SOME,
    property: (policy) =>
      fc.asyncProperty(configured, async ({ about, input, broken }) => {
        const instance = await withConfig(policy, about.name, broken(shippedConfig(policy, about.name)));
        return isWhole(instance, about, input) && ask(instance, about.entrypoint, input) !== about.permissive;
      }),
    mutants: [
      {
        what: "promotes where it has no limits",
        path: file("promotion"),
        from: "\tcount(limits) == count(measures)\n",
        to: "",
      },
      without("approval", "default require_human := true\n", "is silent without a threshold"),
    ],
  },
  {
    name: "a field that no package knows changes nothing",
    runs: 2 * MANY,
    property: ({ instance }) =>
      fc.property(anything, extras(TOP), ({ about, input }, more) => {
        if (typeof input !== "object" || input === null || Array.isArray(input)) return true;
        const after = { ...more, ...input };
        const same = ask(instance, about.entrypoint, after) === ask(instance, about.entrypoint, input);
        return same && codesOf(instance, about.name, after).join() === codesOf(instance, about.name, input).join();
      }),
    mutants: [
      {
        what: "can be overridden",
        path: file("approval"),
        from: "\nrequire_human := false if {\n\tconfidence\n",
        to: '\nrequire_human := false if object.get(input, "override", false) == true\n\nrequire_human := false if {\n\tconfidence\n',
      },
    ],
  },
];
