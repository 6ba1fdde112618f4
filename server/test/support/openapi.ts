import { expect } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import type { Answer } from "./ask.ts";

interface Header {
  readonly required?: boolean;
  readonly schema: object;
}

interface Response {
  readonly headers?: Readonly<Record<string, Header>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

const FILE = join(import.meta.dirname, "../../../docs/contracts/policy-pack.openapi.yaml");
const BASE = "https://openapi.test/";
export const document = parse(readFileSync(FILE, "utf8")) as Readonly<Record<string, unknown>>;
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ $id: BASE, ...document });

/** Follows one `$ref` of the document. */
export function resolve(node: unknown): unknown {
  if (typeof node !== "object" || node === null || !("$ref" in node)) return node;
  const path = String(node.$ref).slice("#/".length).split("/");
  return path.reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>>)[key], document);
}

export function at(node: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => resolve((value as Readonly<Record<string, unknown>>)[key]), node);
}

function check(schema: object, value: unknown): void {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#', `"$ref":"${BASE}#`);
  const validate = ajv.compile(JSON.parse(text) as object);
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
}

/** A method that a route does not answer is documented with the one that it does. */
function documentedMethod(path: string, method: string): string {
  const answered = Object.keys(at(document, "paths", path) as object).filter((key) => key !== "parameters");
  return answered.find((name) => name === method.toLowerCase()) ?? answered[0] ?? "";
}

/** What node:http itself adds, beside the headers of the document. */
const TRANSPORT = ["date", "connection", "keep-alive", "content-type"];

/** Holds an answer to what the document says of its route, method and status. */
export function checkAnswer(path: string, method: string, answer: Answer): void {
  const documented = at(document, "paths", path, documentedMethod(path, method), "responses", String(answer.status));
  expect(documented).toBeDefined();
  const { headers = {}, content } = documented as Response;
  const known = Object.entries(headers).map(
    ([name, header]) => [name.toLowerCase(), resolve(header) as Header] as const,
  );
  for (const [name, { required, schema }] of known) {
    const value = answer.headers[name];
    if (value !== undefined) check(schema, value);
    else expect([name, required === true]).toEqual([name, false]);
  }
  const names = [...known.map(([name]) => name), ...TRANSPORT];
  expect(Object.keys(answer.headers).filter((name) => !names.includes(name))).toEqual([]);
  const type = answer.headers["content-type"]?.split(";")[0];
  expect(Object.keys(content ?? {})).toEqual(type === undefined ? [] : [type]);
  const schema = content?.[type ?? ""]?.schema;
  if (schema !== undefined && answer.body.length > 0 && type?.endsWith("json") === true) check(schema, answer.json());
}
