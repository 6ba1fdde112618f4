import { expect } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";

const FILE = join(import.meta.dirname, "../../../docs/contracts/readiness.schema.json");
const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true });

export const READINESS_SCHEMA = JSON.parse(readFileSync(FILE, "utf8")) as { readonly examples: readonly object[] };

const validate = ajv.compile(READINESS_SCHEMA);

/** Holds an answer to the published schema. */
export function checkReadiness(answer: unknown): void {
  validate(answer);
  expect(validate.errors ?? []).toEqual([]);
}
