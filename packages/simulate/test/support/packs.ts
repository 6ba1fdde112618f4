import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { JsonValue } from "@policy-pack/pack";
import type { GeneratorPack } from "../../src/generator/pack-model.ts";

/** A pack's parts that the generator reads, without OPA: nothing decides. */
export function packOf(parts: {
  readonly entrypoints: readonly string[];
  readonly schemas?: Readonly<Record<string, JsonValue>>;
  readonly rego?: string;
  readonly data?: JsonValue;
}): GeneratorPack {
  const schemas = Object.entries(parts.schemas ?? {}).map(([name, schema]): [string, Uint8Array] => [
    `opa/schemas/${name}/input.json`,
    Buffer.from(JSON.stringify(schema)),
  ]);
  const rego: [string, Uint8Array] = ["opa/policy.rego", Buffer.from(parts.rego ?? "")];
  return { entrypoints: parts.entrypoints, files: new Map([...schemas, rego]), data: parts.data ?? {} };
}

/** One package `app/rules` with an input schema. */
export function packWithSchema(schema: JsonValue): GeneratorPack {
  return packOf({ entrypoints: ["app/rules/allow"], schemas: { "app/rules": schema } });
}

/** The source of policy-pack-v0 as `compilePack` takes it, without its tests. */
export function contractFiles(): Readonly<Record<string, string>> {
  const root = "contracts/policy-pack/v0";
  const files = ["opa", "data"].flatMap((top) =>
    readdirSync(path.join(root, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith("_test.rego"))
      .map((entry) => path.join(entry.parentPath, entry.name)),
  );
  return Object.fromEntries(files.map((file) => [path.relative(root, file), readFileSync(file, "utf8")]));
}

/** Rego of a package with a numeric limit from data and a reasons entrypoint. */
export const LIMIT_POLICY = `package app.rules

# METADATA
# scope: document
# entrypoint: true
default allow := false

allow if count(problems) == 0

# METADATA
# scope: document
# entrypoint: true
reasons := sort(problems)

problems contains {"code": "amount_invalid", "message": "no amount"} if not is_number(input.amount)

problems contains {"code": "over_limit", "message": sprintf("%v is over the limit", [input.amount])} if {
	is_number(input.amount)
	input.amount > data.config.limit
}
`;

export const LIMIT_SCHEMA = {
  type: "object",
  required: ["amount"],
  properties: { amount: { type: "number", minimum: 0, maximum: 1000 }, note: { type: "string" } },
};

/** A pack with that policy. */
export function limitFiles(limit: number, policy = LIMIT_POLICY): Readonly<Record<string, string>> {
  return {
    "opa/app/rules.rego": policy,
    "opa/schemas/app/rules/input.json": JSON.stringify(LIMIT_SCHEMA),
    "data/config/data.json": JSON.stringify({ limit }),
  };
}
