import { resolve } from "node:path";
import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { readConfigJson } from "../config-file.ts";
import { optionalField } from "../fields.ts";
import type { FieldReader } from "../fields.ts";
import { parseKeySet } from "./key-set.ts";
import { SCOPES } from "./token-config.ts";
import type { Grant, Scope, TokenConfig, TokenIssuer } from "./token-config.ts";

export interface TokenContext {
  readonly read: FieldReader;
  /** From which the paths of key sets start. */
  readonly folder: string;
  readonly services: readonly string[];
}

/** A day: a pipeline's or a rollout's time with room, and what a stolen token is worth at most. */
const DEFAULT_LIFETIME_SECONDS = 86_400;
const MAX_LIFETIME_SECONDS = 90 * 86_400;
const MAX_ISSUERS = 32;
const MAX_GRANTS = 200;
const MAX_CLAIMS = 16;
const MAX_TEXT = 500;
const MAX_PATH = 4_096;
const MAX_KEY_SET_BYTES = 256 * 1024;

/** Reads `tokens` of the configuration and the key sets that it names. @throws what the reader makes; CONFIG_INVALID */
export async function parseTokenConfig(value: JsonValue | undefined, context: TokenContext): Promise<TokenConfig> {
  const { read } = context;
  const fields = read.object(value, { required: ["audience", "issuers"], optional: ["maxLifetimeSeconds"] }, "tokens");
  const range = { min: 60, max: MAX_LIFETIME_SECONDS, isWhole: true };
  const lifetime = optionalField(fields, "maxLifetimeSeconds", (seconds) =>
    read.number(seconds, range, "tokens.maxLifetimeSeconds"),
  );
  const issuers: TokenIssuer[] = [];
  for (const [i, item] of read.list(fields["issuers"], MAX_ISSUERS, "tokens.issuers").entries()) {
    issuers.push(await readIssuer(item, `tokens.issuers[${i}]`, context));
  }
  if (issuers.length === 0) throw read.problem("tokens.issuers", "a list that is not empty");
  if (new Set(issuers.map(({ issuer }) => issuer)).size < issuers.length) {
    throw read.problem("tokens.issuers", "without an issuer that stands there twice");
  }
  return {
    audience: read.text(fields["audience"], MAX_TEXT, "tokens.audience"),
    maxLifetimeSeconds: lifetime ?? DEFAULT_LIFETIME_SECONDS,
    issuers,
  };
}

async function readIssuer(value: JsonValue, at: string, context: TokenContext): Promise<TokenIssuer> {
  const { read, folder } = context;
  const fields = read.object(value, { required: ["issuer", "jwks", "grants"] }, at);
  const path = resolve(folder, read.text(fields["jwks"], MAX_PATH, `${at}.jwks`));
  const json = await readConfigJson(path, { what: "The key set", maxBytes: MAX_KEY_SET_BYTES });
  const grants = read
    .list(fields["grants"], MAX_GRANTS, `${at}.grants`)
    .map((item, i) => readGrant(item, `${at}.grants[${i}]`, context));
  if (grants.length === 0) throw read.problem(`${at}.grants`, "a list that is not empty");
  return {
    issuer: read.text(fields["issuer"], MAX_TEXT, `${at}.issuer`),
    jwks: parseKeySet(json, path),
    grants,
  };
}

function readGrant(value: JsonValue, at: string, { read, services }: TokenContext): Grant {
  const fields = read.object(value, { required: ["claims", "scopes"], optional: ["services"] }, at);
  const scopes = read.list(fields["scopes"], SCOPES.length, `${at}.scopes`).map((item) => readScope(item, at, read));
  if (scopes.length === 0) throw read.problem(`${at}.scopes`, "a list that is not empty");
  const granted = optionalField(fields, "services", (list) => {
    return read.list(list, services.length, `${at}.services`).map((item) => readService(item, at, services, read));
  });
  return {
    claims: readClaims(fields["claims"], `${at}.claims`, read),
    scopes,
    ...(granted === undefined ? {} : { services: granted }),
  };
}

/** Without a claim every token of the issuer would be granted it. */
function readClaims(value: JsonValue | undefined, at: string, read: FieldReader): Readonly<Record<string, string>> {
  const claims: JsonObject = isJsonObject(value) ? value : {};
  const entries = Object.entries(claims);
  if (entries.length === 0 || entries.length > MAX_CLAIMS) {
    throw read.problem(at, `an object of 1 to ${MAX_CLAIMS} claims, such as {"sub": "…"}`);
  }
  return Object.fromEntries(entries.map(([name, wanted]) => [name, read.text(wanted, MAX_TEXT, `${at}.${name}`)]));
}

function readScope(value: JsonValue, at: string, read: FieldReader): Scope {
  const scope = SCOPES.find((known) => known === value);
  if (scope === undefined) throw read.problem(`${at}.scopes`, `some of ${SCOPES.join(", ")}`);
  return scope;
}

function readService(value: JsonValue, at: string, services: readonly string[], read: FieldReader): string {
  if (typeof value === "string" && services.includes(value)) return value;
  throw read.problem(`${at}.services`, "services of the configuration's own list");
}
