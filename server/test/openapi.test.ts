import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { packPaths } from "@policy-pack/pack";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { startServer } from "../src/start-server.ts";
import type { RunningServer } from "../src/start-server.ts";
import { ask } from "./support/ask.ts";
import type { Answer, Question } from "./support/ask.ts";
import { createPackRoot } from "./support/pack-root.ts";
import type { PackRoot } from "./support/pack-root.ts";

interface Header {
  readonly required?: boolean;
  readonly schema: object;
}

interface Response {
  readonly headers?: Readonly<Record<string, Header>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

const FILE = join(import.meta.dirname, "../../docs/contracts/policy-pack.openapi.yaml");
const BASE = "https://openapi.test/";
const document = parse(readFileSync(FILE, "utf8")) as Readonly<Record<string, unknown>>;
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ $id: BASE, ...document });

/** Follows one `$ref` of the document. */
function resolve(node: unknown): unknown {
  if (typeof node !== "object" || node === null || !("$ref" in node)) return node;
  const path = String(node.$ref).slice("#/".length).split("/");
  return path.reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>>)[key], document);
}

function at(node: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => resolve((value as Readonly<Record<string, unknown>>)[key]), node);
}

function check(schema: object, value: unknown): void {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#', `"$ref":"${BASE}#`);
  const validate = ajv.compile(JSON.parse(text) as object);
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
}

/** What node:http itself adds, beside the headers of the document. */
const TRANSPORT = ["date", "connection", "keep-alive", "content-type"];

function checkAnswer(path: string, method: string, answer: Answer): void {
  const documented = at(
    document,
    "paths",
    path,
    method === "HEAD" ? "head" : "get",
    "responses",
    String(answer.status),
  );
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

const PACK = "/v1/policy/packs/{packId}";
const ATTESTATION = `${PACK}/attestation`;
const BYTES = Buffer.from("served");

let root: PackRoot;
let server: RunningServer;

beforeAll(async () => {
  root = await createPackRoot();
  await root.addTar("whole-v1", BYTES);
  await root.addBundle("whole-v1", BYTES);
  await root.addTar("unsigned-v1", BYTES);
  await root.addSource("unbuilt-v1");
  server = await startServer({ root: root.path, port: 0, logger: false, inlineBundle: true });
});

afterAll(async () => {
  await server.close();
  await root.remove();
});

const CASES: readonly (readonly [string, string, number, Question?])[] = [
  [PACK, "whole-v1", 200],
  [PACK, "unsigned-v1", 200],
  [PACK, "whole-v1", 304, { headers: { "if-none-match": "*" } }],
  [PACK, "%zz", 400],
  [PACK, "absent-v1", 404],
  [PACK, "whole-v1", 405, { method: "POST" }],
  [PACK, "unbuilt-v1", 503],
  [ATTESTATION, "whole-v1", 200],
  [ATTESTATION, "absent-v1", 404],
  [ATTESTATION, "whole-v1", 405, { method: "DELETE" }],
  [ATTESTATION, "unsigned-v1", 503],
  ["/healthz", "", 200],
  ["/healthz", "", 405, { method: "PUT" }],
  ["/readyz", "", 200],
];

describe("the server's answers", () => {
  it.each(CASES)("are as the document says: %s of %s with %d", async (path, packId, status, question = {}) => {
    const url = `${server.url}${path.replace("{packId}", packId)}`;
    for (const method of question.method === undefined ? ["GET", "HEAD"] : [question.method]) {
      const answer = await ask(url, { ...question, method });
      expect(answer.status).toBe(status);
      checkAnswer(path, method, answer);
    }
  });

  it("are as the document says when nothing is ready", async () => {
    const tars = ["whole-v1", "unsigned-v1"].map((packId) => packPaths(root.path, packId).tar);
    for (const tar of tars) await rm(tar);
    const answer = await ask(`${server.url}/readyz`);
    expect(answer.status).toBe(503);
    checkAnswer("/readyz", "GET", answer);
  });
});

describe("the document", () => {
  it("names GET and HEAD of every route and nothing else", () => {
    const paths = at(document, "paths") as Readonly<Record<string, object>>;
    expect(Object.keys(paths)).toEqual([PACK, ATTESTATION, "/healthz", "/readyz"]);
    for (const item of Object.values(paths)) {
      expect(Object.keys(item).filter((key) => key !== "parameters")).toEqual(["get", "head"]);
    }
  });

  it("has no reference that leads nowhere", () => {
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    for (const reference of new Set(references)) {
      expect(resolve(JSON.parse(`{${reference}}`))).toBeDefined();
    }
  });
});
