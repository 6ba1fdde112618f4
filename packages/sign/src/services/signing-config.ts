import { ConfigError, parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { countOf, DocumentError, objectOf, textOf } from "../fields.ts";
import { SIGN_LIMITS } from "../limits.ts";
import { baseOf, serviceUrl } from "../service-url.ts";

/** One service of an instance, and when it may be used. */
export interface Service {
  /** Base URL; a timestamp authority's has its path. */
  readonly url: string;
  readonly majorApiVersion: number;
  /** Both ends belong to it. */
  readonly validFor: { readonly start: Date; readonly end?: Date };
  /** Who runs it: of two services by one operator only one is used. */
  readonly operator: string;
}

/** How many of the services that can be used are used. */
export type Selector = { readonly kind: "ANY" | "ALL" } | { readonly kind: "EXACT"; readonly count: number };

/** Services of one sort; without a selector there are none, and none is asked. */
export interface ServiceGroup {
  readonly services: readonly Service[];
  readonly selector: Selector | undefined;
}

/** Where a signer goes: which certificate authority, logs and timestamp authorities. */
export interface SigningConfig {
  readonly certificateAuthorities: readonly Service[];
  readonly identityProviders: readonly Service[];
  readonly logs: ServiceGroup;
  readonly timestampAuthorities: ServiceGroup;
}

export const SIGNING_CONFIG_MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";

const CONFIG_FIELDS = [
  ...["mediaType", "caUrls", "oidcUrls"],
  ...["rekorTlogUrls", "rekorTlogConfig", "tsaUrls", "tsaConfig"],
];
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads a signing config, version 0.2, as `cosign signing-config create` writes it: unknown fields and versions are
 * refused, and so is a list of logs or timestamp authorities without a selector, which says not whether to use them.
 * Source: Sigstore protobuf specs, `SigningConfig`.
 * @throws ConfigError CONFIG_INVALID
 */
export function parseSigningConfig(source: string | Uint8Array): SigningConfig {
  const what = "The signing config";
  const json = parseJson(source, { maxBytes: SIGN_LIMITS.maxSigningConfigBytes, code: "CONFIG_INVALID", what });
  try {
    return toSigningConfig(json);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new ConfigError(
      "CONFIG_INVALID",
      `The signing config cannot be used: ${error.message}; write one with \`cosign signing-config create\`.`,
    );
  }
}

function toSigningConfig(json: JsonValue): SigningConfig {
  const config = objectOf(json, "it", CONFIG_FIELDS);
  const mediaType = textOf(config["mediaType"], "its mediaType");
  if (mediaType !== SIGNING_CONFIG_MEDIA_TYPE) {
    throw new DocumentError(`it is ${JSON.stringify(mediaType)}, and only ${SIGNING_CONFIG_MEDIA_TYPE} is read`);
  }
  return {
    certificateAuthorities: servicesOf(config["caUrls"], "caUrls"),
    identityProviders: servicesOf(config["oidcUrls"], "oidcUrls"),
    logs: groupOf(config["rekorTlogUrls"], config["rekorTlogConfig"], "rekorTlog"),
    timestampAuthorities: groupOf(config["tsaUrls"], config["tsaConfig"], "tsa"),
  };
}

function groupOf(urls: JsonValue | undefined, config: JsonValue | undefined, what: string): ServiceGroup {
  const services = servicesOf(urls, `${what}Urls`);
  const selector = config === undefined ? undefined : selectorOf(config, `${what}Config`);
  if (services.length > 0 && selector === undefined) {
    throw new DocumentError(`its ${what}Config does not say which of the ${what}Urls are used`);
  }
  if (services.length === 0 && selector !== undefined) {
    throw new DocumentError(`its ${what}Config selects from no ${what}Urls`);
  }
  return { services, selector };
}

function selectorOf(value: JsonValue, what: string): Selector | undefined {
  const { selector, count } = objectOf(value, what, ["selector", "count"]);
  if (selector === undefined && count === undefined) return undefined;
  if (selector === "EXACT") {
    const wanted = countOf(count, `its ${what}'s count`);
    if (wanted > 0) return { kind: "EXACT", count: wanted };
    throw new DocumentError(`its ${what}'s count is 0`);
  }
  if (selector !== "ANY" && selector !== "ALL") throw new DocumentError(`its ${what} has no selector that is known`);
  if (count !== undefined && count !== 0) throw new DocumentError(`its ${what} has a count, which only EXACT has`);
  return { kind: selector };
}

function servicesOf(value: JsonValue | undefined, what: string): readonly Service[] {
  const list: JsonValue = value ?? [];
  if (!Array.isArray(list)) throw new DocumentError(`its ${what} is not a list`);
  if (list.length > SIGN_LIMITS.maxServices) throw new DocumentError(`its ${what} has over ${SIGN_LIMITS.maxServices}`);
  return (list as readonly JsonValue[]).map((item) => serviceOf(item, `a service of ${what}`));
}

function serviceOf(value: JsonValue, what: string): Service {
  const fields = objectOf(value, what, ["url", "majorApiVersion", "validFor", "operator"]);
  const { start, end } = objectOf(fields["validFor"], `the validFor of ${what}`, ["start", "end"]);
  return {
    url: urlOf(fields["url"], what),
    majorApiVersion: countOf(fields["majorApiVersion"], `the majorApiVersion of ${what}`),
    validFor: {
      start: dateOf(start, `the start of ${what}`),
      ...(end === undefined ? {} : { end: dateOf(end, `the end of ${what}`) }),
    },
    operator: textOf(fields["operator"], `the operator of ${what}`),
  };
}

function urlOf(value: JsonValue | undefined, what: string): string {
  const text = textOf(value, `the url of ${what}`);
  try {
    return baseOf(serviceUrl(text, "It"));
  } catch {
    throw new DocumentError(
      `the url of ${what} is not an https URL (or http to 127.0.0.1) without credentials, query and fragment`,
    );
  }
}

function dateOf(value: JsonValue | undefined, what: string): Date {
  const text = textOf(value, what);
  const date = new Date(text);
  if (TIME.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new DocumentError(`${what} is not an RFC 3339 time`);
}
