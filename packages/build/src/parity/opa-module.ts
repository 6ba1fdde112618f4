/** An entrypoint, and which list of inputs it is asked about. */
export interface AskedEntrypoint {
  readonly path: string;
  readonly group: number;
}

/** What entrypoints answer at a fixed time and with lots that fall alike, as rules of a package of its own. */
export interface OpaModule {
  /** Of the package, in no pack. */
  readonly name: string;
  readonly rego: string;
  /** `data.<name>.<rule>` of each entrypoint, for one input. */
  readonly oneRules: readonly string[];
  /** The same for its group of inputs: a list of lists that hold the value, or nothing where there is none. */
  readonly allRules: readonly string[];
}

/** Stands for the random bytes that are all 0, as the module is given. */
const ZERO_UUID = "00000000-0000-4000-8000-000000000000";

/**
 * Builtins whose answers are no function of the input, and what stands for them. Those that reach hosts are left alone: OPA
 * is allowed none.
 */
const REPLACED = (nowNs: bigint): Readonly<Record<string, { readonly by: string; readonly rule: string }>> => ({
  "opa.runtime": { by: "{}", rule: "" },
  "rand.intn": { by: "lot", rule: "lot(key, n) := 0 if {\n\tis_string(key)\n\tn == floor(n)\n}" },
  "time.now_ns": { by: String(nowNs), rule: "" },
  "uuid.rfc4122": { by: "id", rule: `id(_) := ${JSON.stringify(ZERO_UUID)}` },
});

export interface OpaQuestions {
  readonly entrypoints: readonly AskedEntrypoint[];
  /** The names at the top of the pack's `data`: the package has another. */
  readonly roots: readonly string[];
  /** The builtins that the pack's module leaves to its host. */
  readonly required: readonly string[];
  /** What `time.now_ns` answers. */
  readonly nowNs: bigint;
}

/** The rules by which OPA is asked. */
export function toOpaModule({ entrypoints, roots, required, nowNs }: OpaQuestions): OpaModule {
  const name = freeName(roots);
  const replaced = Object.entries(REPLACED(nowNs)).filter(([builtin]) => required.includes(builtin));
  const withs = replaced.map(([builtin, { by }]) => ` with ${builtin} as ${by}`).join("");
  const rules = entrypoints.flatMap(({ path, group }, index) => [
    `one${index} := value if {\n\tvalue := ${toReference(path)}${withs}\n}`,
    `all${index} := [[value | value := one${index} with input as given] | some given in input[${group}]]`,
  ]);
  const functions = replaced.flatMap(([, { rule }]) => (rule === "" ? [] : [rule]));
  return {
    name,
    rego: [`package ${name}`, ...functions, ...rules, ""].join("\n\n"),
    oneRules: entrypoints.map((_, index) => `${name}/one${index}`),
    allRules: entrypoints.map((_, index) => `data.${name}.all${index}`),
  };
}

function freeName(roots: readonly string[]): string {
  let name = "policy_pack_parity";
  while (roots.includes(name)) name = `${name}_`;
  return name;
}

/** `data["cos"]["abac"]["allow"]` of `cos/abac/allow`. A text of Rego is spelled as one of JSON. */
function toReference(entrypoint: string): string {
  return `data${entrypoint
    .split("/")
    .map((name) => `[${JSON.stringify(name)}]`)
    .join("")}`;
}
