import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import type { ErrorObject } from "ajv";
import { parse } from "yaml";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly type?: string;
  readonly [keyword: string]: unknown;
}

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

export type Validate = (document: unknown) => readonly string[];

/**
 * A validator by a CRD's file: the API server's types, and its strict field validation besides, by which a field that the
 * schema does not know is an error. Of the object's own metadata the CRD says nothing and nothing is checked.
 */
export function crdValidator(folder: string, file: string): Validate {
  const { spec } = parse(readFileSync(join(folder, file), "utf8")) as CustomResourceDefinition;
  const [version] = spec.versions;
  if (version === undefined) throw new Error(`${file} has no version`);
  const { openAPIV3Schema } = version.schema;
  const { metadata = {}, ...properties } = openAPIV3Schema.properties ?? {};
  const identity = {
    apiVersion: { const: `${spec.group}/${version.name}` },
    kind: { const: spec.names.kind },
    metadata: { ...metadata, required: ["name", "namespace"] },
  };
  const closed = closeObjects({ ...openAPIV3Schema, properties }) as Schema;
  const schema = { ...closed, properties: { ...closed.properties, ...identity } };
  // Kubernetes marks its own keywords by x-; int32 and int64 only say how wide a number may be.
  const ajv = new Ajv({ strict: false, allErrors: true, formats: { int32: true, int64: true, "date-time": true } });
  const validate = ajv.compile(schema);
  return (document) => (validate(document) ? [] : (validate.errors ?? []).map(messageOf));
}

function messageOf({ instancePath, message = "", params }: ErrorObject): string {
  return `${instancePath} ${message} ${JSON.stringify(params)}`;
}

/** The same schema in which every object knows only the fields that it names. */
function closeObjects(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closeObjects);
  if (typeof node !== "object" || node === null) return node;
  const closed = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === "description" ? value : closeObjects(value)]),
  );
  const isOpen = "additionalProperties" in closed || closed["x-kubernetes-preserve-unknown-fields"] === true;
  return closed["type"] === "object" && !isOpen ? { ...closed, additionalProperties: false } : closed;
}
