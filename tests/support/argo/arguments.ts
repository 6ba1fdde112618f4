import type { Argument, Metric, Objects, Rollout } from "./types.ts";

/**
 * The arguments of an analysis step, as the controller fills them: a fixed value, or a field of the Rollout by its path
 * (dots and brackets part its names). A path that ends nowhere is an error, and no analysis is run then.
 */
export function rolloutArguments(rollout: Rollout, args: readonly Argument[]): readonly Argument[] {
  return args.map(({ name, value, valueFrom }) => {
    const path = valueFrom?.fieldRef?.fieldPath;
    if (path !== undefined) return { name, value: fieldOf(rollout, path) };
    if (value === undefined) throw new Error(`the player knows no other source of ${name}`);
    return { name, value };
  });
}

function fieldOf(rollout: Rollout, path: string): string {
  const names = path.split(/[.[\]]+/).filter((name) => name !== "");
  const found = names.reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), rollout);
  if (typeof found === "string" || typeof found === "number" || typeof found === "boolean") return String(found);
  throw new Error(`invalid path ${path} in rollout`);
}

/** The template's arguments with the step's values and the Secrets' contents. One that is left without a value is an error. */
export function fillArguments(
  declared: readonly Argument[],
  given: readonly Argument[],
  { secrets }: Objects,
): ReadonlyMap<string, string> {
  const filled = declared.map(({ name, value, valueFrom }): [string, string] => {
    const reference = valueFrom?.secretKeyRef;
    const own = reference === undefined ? value : secrets[reference.name]?.[reference.key];
    const text = given.find((argument) => argument.name === name)?.value ?? own;
    if (text === undefined) throw new Error(`argument "${name}" was not supplied`);
    return [name, text];
  });
  return new Map(filled);
}

/**
 * Argo writes the metric as JSON, replaces each `{{args.name}}` by the value with quotes and control characters escaped,
 * and reads the JSON again: a value cannot leave the string that it stands in.
 */
export function resolveMetric(metric: Metric, args: ReadonlyMap<string, string>): Metric {
  const text = JSON.stringify(metric).replaceAll(/\{\{(.*?)\}\}/g, (_match, tag: string) => {
    const value = args.get(tag.trim().replace(/^args\./, ""));
    if (value === undefined || !tag.trim().startsWith("args.")) throw new Error(`failed to resolve {{${tag}}}`);
    return JSON.stringify(value).slice(1, -1);
  });
  return JSON.parse(text) as Metric;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
