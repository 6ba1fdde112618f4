import { isRegoArray, RegoObject } from "../../values/values.ts";
import type { RegoEntry, RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";

/**
 * The runtime without what OPA keeps from policies: credentials of `config.services`, keys of `config.keys`. A `config`
 * that is no object stays as it is.
 *
 * @throws BuiltinError for services or keys of a shape that OPA's configuration does not have
 */
export function withoutSecrets(runtime: RegoObject): RegoObject {
  return mapEntry(runtime, "config", (config) => {
    if (!(config instanceof RegoObject)) return config;
    const services = mapEntry(config, "services", (value) => {
      if (value === null) return value;
      return isRegoArray(value) ? value.map(withoutCredentials) : mapAll(value, withoutCredentials);
    });
    return mapEntry(services, "keys", (value) => (value === null ? value : mapAll(value, withoutKeys)));
  });
}

function withoutCredentials(service: RegoValue): RegoValue {
  return without(service, ["credentials"]);
}

function withoutKeys(key: RegoValue): RegoValue {
  return without(key, ["key", "private_key"]);
}

function without(value: RegoValue, secrets: readonly string[]): RegoValue {
  const { entries } = objectOf(value);
  return new RegoObject(entries.filter(([name]) => typeof name !== "string" || !secrets.includes(name)));
}

function mapAll(value: RegoValue, change: (item: RegoValue) => RegoValue): RegoValue {
  return new RegoObject(objectOf(value).entries.map(([name, item]) => [name, change(item)]));
}

function mapEntry(object: RegoObject, wanted: string, change: (item: RegoValue) => RegoValue): RegoObject {
  return new RegoObject(object.entries.map(([name, item]): RegoEntry => [name, name === wanted ? change(item) : item]));
}

function objectOf(value: RegoValue): RegoObject {
  if (value instanceof RegoObject) return value;
  throw new BuiltinError("illegal service or key in the runtime's config");
}
