import { dirname, resolve } from "node:path";
import { ConfigError, isPackId, LIMITS, messageOf } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { parseTrustedRoot, parseVerificationPolicy } from "@policy-pack/verify";
import type { VerificationPolicy } from "@policy-pack/verify";
import { parseTokenConfig } from "./auth/parse-token-config.ts";
import { readConfigFile, readConfigJson } from "./config-file.ts";
import { isEnvironment } from "./evidence/parse-evidence.ts";
import { parsePrometheusConfig } from "./evidence/parse-prometheus-config.ts";
import { FieldReader, optionalField } from "./fields.ts";
import type { PromotionConfig } from "./promotion-config.ts";

const SERVICE = /^[a-z0-9][a-z0-9-]{0,62}$/;
const MAX_CONFIG_BYTES = 256 * 1024;
const MAX_SERVICES = 1_000;
const MAX_LISTS = 16;
const MAX_PATH = 4_096;

const KEYS = {
  required: ["environment", "packId", "verificationPolicy", "services", "store", "tokens"],
  optional: [
    "$schema",
    "trustedRoot",
    "minimumRevision",
    "denylist",
    "pause",
    "readinessPolicy",
    "introspection",
    "prometheus",
  ],
};

/**
 * Reads the configuration as `docs/contracts/promotion-config.schema.json` describes it, and the files that it names,
 * whose paths are relative to it. Unknown fields are refused, and so is whatever could not be used later. The lists of
 * denied packs and the store are not opened yet.
 * @throws ConfigError CONFIG_INVALID naming the file and the field
 */
export async function readPromotionConfig(file: string): Promise<PromotionConfig> {
  const what = "The promotion configuration";
  const path = resolve(file);
  const json = await readConfigJson(path, { what, maxBytes: MAX_CONFIG_BYTES });
  const read = new FieldReader((message) => new ConfigError("CONFIG_INVALID", `${what} ${path}: ${message}`));
  const fields = read.object(json, KEYS, "it");
  const config = await toConfig(fields, { read, folder: dirname(path) });
  checkTogether(config, read);
  return config;
}

async function toConfig(fields: JsonObject, context: Context): Promise<PromotionConfig> {
  const { read } = context;
  const services = readServices(fields["services"], read);
  return {
    environment: readEnvironment(fields["environment"], read),
    packId: readPackId(fields["packId"], read),
    verificationPolicy: await readPolicy(fields["verificationPolicy"], "verificationPolicy", context),
    ...(await readOptionalParts(fields, context)),
    denylist: readPaths(fields, "denylist", context),
    pause: readPaths(fields, "pause", context),
    services,
    store: readPath(fields["store"], "store", context),
    tokens: await parseTokenConfig(fields["tokens"], { ...context, services }),
    introspection: optionalField(fields, "introspection", (value) => read.flag(value, "introspection")) ?? false,
    ...(Object.hasOwn(fields, "prometheus") ? { prometheus: parsePrometheusConfig(fields["prometheus"], read) } : {}),
  };
}

/** What would otherwise come up only when the pack is verified, and then hold up every promotion. */
function checkTogether(
  { trustedRoot, verificationPolicy, packId, denylist, pause }: PromotionConfig,
  read: FieldReader,
): void {
  if ((trustedRoot === undefined) === (verificationPolicy.trustedRoots === undefined)) {
    throw read.problem("trustedRoot", "given, unless the verification policy holds trusted roots of its own");
  }
  if (verificationPolicy.packId !== undefined && verificationPolicy.packId !== packId) {
    throw read.problem("packId", "the pack that the verification policy is for");
  }
  if ((verificationPolicy.denylist === undefined) !== (denylist.length === 0)) {
    throw read.problem("denylist", "given exactly when the verification policy says who signs one");
  }
  if ((verificationPolicy.pause === undefined) !== (pause.length === 0)) {
    throw read.problem("pause", "given exactly when the verification policy says who signs one");
  }
}

/** Where a promotion configuration comes from: it was read before, or stands in a file. */
export interface PromotionSource {
  readonly promotion?: PromotionConfig | undefined;
  readonly promotionFile?: string | undefined;
  /** In production a schema is never described, whatever the file says. */
  readonly isProduction?: boolean;
}

/** @throws ConfigError CONFIG_INVALID */
export async function readPromotion(source: PromotionSource): Promise<PromotionConfig | undefined> {
  const { promotion, promotionFile, isProduction = true } = source;
  const config = promotionFile === undefined ? promotion : await readPromotionConfig(promotionFile);
  return config === undefined ? undefined : { ...config, introspection: config.introspection && !isProduction };
}

interface Context {
  readonly read: FieldReader;
  /** The configuration's own, from which relative paths start. */
  readonly folder: string;
}

async function readOptionalParts(
  fields: JsonObject,
  context: Context,
): Promise<Pick<PromotionConfig, "trustedRoot" | "minimumRevision" | "readinessPolicy">> {
  const { read } = context;
  const range = { min: 1, max: Number.MAX_SAFE_INTEGER, isWhole: true };
  const revision = optionalField(fields, "minimumRevision", (value) => read.number(value, range, "minimumRevision"));
  return {
    ...(Object.hasOwn(fields, "trustedRoot") ? { trustedRoot: await readRoot(fields["trustedRoot"], context) } : {}),
    ...(revision === undefined ? {} : { minimumRevision: revision }),
    ...(Object.hasOwn(fields, "readinessPolicy")
      ? { readinessPolicy: await readPolicy(fields["readinessPolicy"], "readinessPolicy", context) }
      : {}),
  };
}

function readServices(value: JsonValue | undefined, read: FieldReader): readonly string[] {
  const services = read
    .list(value, MAX_SERVICES, "services")
    .map((item, i) => read.matching(item, SERVICE, "1 to 63 of a-z 0-9 -", `services[${i}]`));
  if (services.length === 0) throw read.problem("services", "a list that is not empty");
  if (new Set(services).size < services.length) throw read.problem("services", "without anything twice");
  return services;
}

function readEnvironment(value: JsonValue | undefined, read: FieldReader): string {
  if (typeof value === "string" && isEnvironment(value)) return value;
  throw read.problem("environment", "1 to 63 of a-z 0-9 -, such as production");
}

function readPackId(value: JsonValue | undefined, read: FieldReader): string {
  if (typeof value === "string" && isPackId(value)) return value;
  throw read.problem("packId", "a pack's id, such as policy-pack-v0");
}

function readPath(value: JsonValue | undefined, at: string, { read, folder }: Context): string {
  return resolve(folder, read.text(value, MAX_PATH, at));
}

function readPaths(fields: JsonObject, name: string, context: Context): readonly string[] {
  const { read } = context;
  const paths = optionalField(fields, name, (value) => read.list(value, MAX_LISTS, name)) ?? [];
  return paths.map((path, i) => readPath(path, `${name}[${i}]`, context));
}

async function readPolicy(value: JsonValue | undefined, at: string, context: Context): Promise<VerificationPolicy> {
  const path = readPath(value, at, context);
  const json = await readConfigJson(path, { what: `The ${at}`, maxBytes: LIMITS.maxPolicyBytes });
  return naming(path, at, () => parseVerificationPolicy(json));
}

async function readRoot(
  value: JsonValue | undefined,
  context: Context,
): Promise<NonNullable<PromotionConfig["trustedRoot"]>> {
  const path = readPath(value, "trustedRoot", context);
  const bytes = await readConfigFile(path, { what: "The trustedRoot", maxBytes: LIMITS.maxTrustedRootBytes });
  return naming(path, "trustedRoot", () => parseTrustedRoot(bytes));
}

/** Says of a failure which file it was. */
function naming<T>(path: string, at: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new ConfigError("CONFIG_INVALID", `The ${at} ${path} cannot be used: ${messageOf(cause)}`, { cause });
  }
}
