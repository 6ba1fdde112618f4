import { ConfigError } from "@policy-pack/pack";
import type { Service, ServiceGroup } from "./signing-config.ts";

export interface SelectionOptions {
  /** How the message names the services: "transparency log". */
  readonly what: string;
  /** The API versions that are spoken here. */
  readonly versions: readonly number[];
  readonly now: Date;
}

/**
 * The services that the group's selector asks for: of those that are valid now, in the highest API version that is
 * spoken here, one of each operator, the one that began last first. None when the group has no selector.
 * Source: Sigstore protobuf specs, `Service`, `ServiceSelector`.
 * @throws ConfigError CONFIG_INVALID when too few can be used
 */
export function selectServices({ services, selector }: ServiceGroup, options: SelectionOptions): readonly Service[] {
  if (selector === undefined) return [];
  const usable = usableServices(services, options);
  const wanted = selector.kind === "EXACT" ? selector.count : 1;
  if (usable.length < wanted) throw tooFew(services, usable.length, wanted, options);
  return selector.kind === "ALL" ? usable : usable.slice(0, wanted);
}

function usableServices(services: readonly Service[], { versions, now }: SelectionOptions): readonly Service[] {
  const open = services.filter(({ majorApiVersion, validFor: { start, end } }) => {
    return versions.includes(majorApiVersion) && start <= now && (end === undefined || end >= now);
  });
  const version = Math.max(...open.map(({ majorApiVersion }) => majorApiVersion));
  return open
    .filter(({ majorApiVersion }) => majorApiVersion === version)
    .toSorted((a, b) => b.validFor.start.getTime() - a.validFor.start.getTime())
    .filter(({ operator }, index, all) => all.findIndex((other) => other.operator === operator) === index);
}

function tooFew(services: readonly Service[], usable: number, wanted: number, options: SelectionOptions): ConfigError {
  const { what, versions, now } = options;
  const reasons = services.map(({ url, majorApiVersion, validFor: { start, end } }) => {
    if (!versions.includes(majorApiVersion))
      return `${url} has API version ${majorApiVersion}, which is not spoken here`;
    if (start > now) return `${url} begins ${start.toISOString()}`;
    if (end !== undefined && end < now) return `${url} ended ${end.toISOString()}`;
    return `${url} can be used`;
  });
  return new ConfigError(
    "CONFIG_INVALID",
    `The signing config wants ${wanted} ${what} by distinct operators and has ${usable} that can be used now` +
      `${reasons.length === 0 ? "" : ` (${reasons.join("; ")})`}; get a newer one of the instance.`,
  );
}
