import fc from "fast-check";
import { extras, purpose, tenant } from "./inputs.ts";
import { MANY } from "./law.ts";
import type { Law } from "./law.ts";
import { ask, askOrRefuse, codesOf } from "./policy.ts";
import type { Mutant } from "./policy.ts";

const FILE = "opa/cos/abac/abac.rego";

type Pair = readonly [unknown, unknown];

/** Pairs that a careless comparison takes for one: case, spaces, forms of Unicode, look-alike letters, types. */
const LOOKALIKES: readonly Pair[] = [
  ["acme", "ACME"],
  ["acme", "acme "],
  ["acme", "\u200bacme"],
  ["acme", "\u0430cme"],
  ["acme", "\uff41\uff43\uff4d\uff45"],
  ["acme", "acme\u0000"],
  ["caf\u00e9", "cafe\u0301"],
  ["stra\u00dfe", "strasse"],
  ["acme", "acme-eu"],
  ["1", 1],
  ["null", null],
  ["*", "acme"],
  ["acme", ["acme"]],
  ["acme", { tenant: "acme" }],
];
/** The same on both sides, and no tenant on either. */
const NOBODY: readonly Pair[] = ["", " ", "\t", null, true, 0, 7, [], ["acme"], {}, { id: "acme" }].map(
  (value): Pair => [value, value],
);

const MISSING = Symbol("missing");

const anyTenant = fc.oneof(
  tenant,
  fc.string({ unit: "grapheme" }),
  fc.jsonValue({ maxDepth: 1 }),
  fc.constant(MISSING),
);
const strangers = fc.oneof(
  fc.constantFrom<Pair>(...LOOKALIKES, ...LOOKALIKES.map(([one, other]): Pair => [other, one])),
  fc.constantFrom<Pair>(...NOBODY),
  fc.tuple(anyTenant, anyTenant).filter(([one, other]) => !isSameTenant(one, other)),
);

function isSameTenant(one: unknown, other: unknown): boolean {
  return typeof one === "string" && one.trim() !== "" && one === other;
}

function half(tenantOf: unknown, rest: object): Record<string, unknown> {
  return tenantOf === MISSING ? { ...rest } : { ...rest, tenant: tenantOf };
}

/** A case in which nothing but the tenants speaks against access. */
const crossTenant = fc
  .record({
    pair: strangers,
    purpose,
    top: extras(["subject", "resource"]),
    subject: extras(["tenant", "purpose"]),
    resource: extras(["tenant", "retention_until"]),
  })
  .map(({ pair, top, subject, resource, ...about }) => ({
    ...top,
    subject: half(pair[0], { ...subject, purpose: about.purpose }),
    resource: half(pair[1], { ...resource, retention_until: "2099-01-01T00:00:00Z" }),
  }));

/** A mutant that holds the two tenants against each other in another way. */
function comparing(how: string, condition: string): Mutant {
  const rest = "\n\tpurpose in allowed_purposes";
  return {
    what: `compares ${how}`,
    path: FILE,
    from: `\tsubject_tenant == resource_tenant${rest}`,
    to: `\t${condition}${rest}`,
  };
}

const date = fc.date({ min: new Date("1970-01-02"), max: new Date("9999-12-30"), noInvalidDate: true });
const twoDates = fc
  .tuple(fc.oneof(date, fc.constantFrom(new Date("2026-01-01T00:00:00.001Z"), new Date("2262-04-11"))), date)
  .map((dates) => dates.toSorted((one, other) => one.getTime() - other.getTime()).map((at) => at.toISOString()))
  .map(([sooner = "", later = ""]) => [sooner, later] as const);

export const ABAC_LAWS: readonly Law[] = [
  {
    name: "cross-tenant is never allowed, whatever the rest says",
    runs: 5 * MANY,
    property: ({ instance }) =>
      fc.property(crossTenant, (input) => {
        const answer = askOrRefuse(instance, "cos/abac/allow", input);
        return answer === "refused" || (answer === false && codesOf(instance, "abac", input).length > 0);
      }),
    mutants: [
      comparing("without case", "lower(subject_tenant) == lower(resource_tenant)"),
      comparing("without spaces", "trim_space(subject_tenant) == trim_space(resource_tenant)"),
      comparing("what is no tenant", "input.subject.tenant == input.resource.tenant"),
      comparing("with whoever asks", 'subject_tenant == object.get(input.resource, "tenant", subject_tenant)'),
      {
        what: "knows an administrator",
        path: FILE,
        from: "default allow := false",
        to: 'default allow := false\n\nallow if object.get(input, ["subject", "role"], "") == "admin"',
      },
    ],
  },
  {
    name: "a later retention date never takes access away",
    runs: MANY,
    property: ({ instance }) =>
      fc.property(twoDates, purpose, tenant, ([sooner, later], why, who) => {
        const until = (date: string) => ({
          subject: { tenant: who, purpose: why },
          resource: { tenant: who, retention_until: date },
        });
        return (
          ask(instance, "cos/abac/allow", until(sooner)) === false ||
          ask(instance, "cos/abac/allow", until(later)) === true
        );
      }),
    mutants: [
      {
        what: "does not know dates beyond its clock",
        path: FILE,
        from: "} else if is_distant(retention_until)",
        to: "}",
      },
      {
        what: "keeps nothing for ever",
        path: FILE,
        from: "\tretained\n}\n\n# METADATA",
        to: '\tretained\n\tnot startswith(retention_until, "9")\n}\n\n# METADATA',
      },
    ],
  },
];
