/** A type as `opa capabilities` declares it. */
export interface OpaType {
  readonly type: "any" | "string" | "number" | "boolean" | "null" | "array" | "set" | "object";
  /** The choices of an `any`, or the one kind of a set's members. */
  readonly of?: readonly OpaType[];
  /** The members that an array must have. */
  readonly items: readonly OpaType[];
  /** What further members of an array are. */
  readonly element?: OpaType;
  /** The members that an object must have. */
  readonly fields: readonly { readonly key: string; readonly value: OpaType }[];
}

export interface OpaBuiltin {
  readonly name: string;
  readonly infix?: string;
  readonly operands: readonly OpaType[];
  readonly result: OpaType;
}

interface RawType {
  readonly type: OpaType["type"];
  readonly of?: RawType | readonly RawType[];
  readonly static?: readonly (RawType & { readonly key?: string; readonly value?: RawType })[];
  readonly dynamic?: RawType & { readonly key?: RawType; readonly value?: RawType; readonly dynamic?: RawType };
}

interface RawBuiltin {
  readonly name: string;
  readonly infix?: string;
  readonly nondeterministic?: boolean;
  readonly deprecated?: boolean;
  readonly decl: { readonly args?: readonly RawType[]; readonly result?: RawType; readonly variadic?: unknown };
}

/** What has no place in a comparison: other answers each time, the network, or names that only the compiler writes. */
const LEFT_OUT = /^(internal\.|print$|trace$|rego\.|opa\.|eq$|assign$|walk$|providers\.aws|io\.jwt\.encode)/;

/** Every builtin that gives the same answer to the same operands, by the declarations of OPA itself. */
export function readBuiltins(capabilities: string): readonly OpaBuiltin[] {
  const { builtins } = JSON.parse(capabilities) as { readonly builtins: readonly RawBuiltin[] };
  return builtins
    .filter(
      ({ name, nondeterministic, deprecated }) =>
        nondeterministic !== true && deprecated !== true && !LEFT_OUT.test(name),
    )
    .filter(
      ({ decl: { args = [], result, variadic } }) => args.length > 0 && result !== undefined && variadic === undefined,
    )
    .map(({ name, infix, decl: { args = [], result } }) => ({
      name,
      ...(infix === undefined ? {} : { infix }),
      operands: args.map(toType),
      result: toType(result),
    }));
}

function toType(raw: RawType | undefined): OpaType {
  if (raw === undefined) return { type: "any", items: [], fields: [] };
  const of = raw.of === undefined ? undefined : [raw.of].flat().map(toType);
  const statics = raw.static ?? [];
  const element = raw.type === "array" && raw.dynamic !== undefined ? toType(raw.dynamic) : undefined;
  return {
    type: raw.type,
    ...(of === undefined ? {} : { of }),
    items: raw.type === "array" ? statics.map(toType) : [],
    ...(element === undefined ? {} : { element }),
    fields: raw.type === "object" ? statics.map(({ key = "", value }) => ({ key, value: toType(value) })) : [],
  };
}
