import { Ajv } from "ajv";
import type { SchemaObject } from "ajv";
import type { Validate } from "./crd-schema.ts";

/** What the manifests use of Kubernetes' own kinds; a field that is not named here is an error. */
const text = { type: "string", minLength: 1 };
const texts = { type: "object", additionalProperties: { type: "string" } };
const closed = (properties: Record<string, unknown>, required = Object.keys(properties)): SchemaObject => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const list = (items: unknown): SchemaObject => ({ type: "array", items, minItems: 1 });
const metadata = closed({ name: text, namespace: { const: "production" }, labels: texts }, ["name", "namespace"]);
const kind = (apiVersion: string, name: string, properties: Record<string, unknown>): SchemaObject =>
  closed({ apiVersion: { const: apiVersion }, kind: { const: name }, metadata, ...properties });

const selector = {
  ...closed(
    {
      matchLabels: texts,
      matchExpressions: list(closed({ key: text, operator: { enum: ["In", "NotIn"] }, values: list(text) })),
    },
    [],
  ),
  minProperties: 1,
};
const peer = { ...closed({ podSelector: selector, namespaceSelector: selector }, []), minProperties: 1 };
const port = closed({ protocol: { enum: ["TCP", "UDP"] }, port: { type: "integer", minimum: 1, maximum: 65535 } });

const SCHEMAS: Readonly<Record<string, SchemaObject>> = {
  ConfigMap: kind("v1", "ConfigMap", { data: texts }),
  Secret: kind("v1", "Secret", { type: { const: "Opaque" }, stringData: texts }),
  ServiceAccount: kind("v1", "ServiceAccount", { automountServiceAccountToken: { const: false } }),
  NetworkPolicy: kind("networking.k8s.io/v1", "NetworkPolicy", {
    spec: closed(
      {
        podSelector: selector,
        policyTypes: list({ enum: ["Ingress", "Egress"] }),
        ingress: list(closed({ from: list(peer), ports: list(port) })),
        egress: list(closed({ to: list(peer), ports: list(port) })),
      },
      ["podSelector", "policyTypes"],
    ),
  }),
  ExternalSecret: kind("external-secrets.io/v1", "ExternalSecret", {
    spec: closed({
      refreshInterval: text,
      secretStoreRef: closed({ kind: { enum: ["SecretStore", "ClusterSecretStore"] }, name: text }),
      target: closed({
        name: text,
        creationPolicy: { enum: ["Owner", "Merge", "Orphan", "None"] },
        deletionPolicy: { enum: ["Retain", "Delete", "Merge"] },
      }),
      data: list(closed({ secretKey: text, remoteRef: closed({ key: text, property: text }, ["key"]) })),
    }),
  }),
  Kustomization: closed({
    apiVersion: { const: "kustomize.config.k8s.io/v1beta1" },
    kind: { const: "Kustomization" },
    resources: list(text),
  }),
};

/** undefined for a kind that is none of these. */
export function coreValidator(name: string): Validate | undefined {
  const schema = SCHEMAS[name];
  if (schema === undefined) return undefined;
  const validate = new Ajv({ allErrors: true }).compile(schema);
  return (document) =>
    validate(document) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ""}`);
}
