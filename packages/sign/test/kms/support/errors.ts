import { inspect } from "node:util";
import { ConfigError } from "@policy-pack/pack";

/** What a rejected promise threw, when it is an error of ours. */
export async function configErrorOf(promise: Promise<unknown>): Promise<ConfigError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof ConfigError) return thrown;
  throw new Error(`no ConfigError, but ${inspect(thrown)}`);
}

/** Everything that a log could show of an error, its causes included. */
export function shown(error: unknown): string {
  return `${inspect(error, { depth: 20, showHidden: true })} ${String(error)} ${JSON.stringify(error)}`;
}
