import { ConfigError } from "@policy-pack/pack";

/** The `engines` of this package: undici throws while it loads on anything older. */
export const NODE_RANGE = "^22.22.2 || ^24.15.0 || >=26";

/** Whether a Node version such as 24.15.0 is within the range; of semver's forms it reads `^` and `>=` alone. */
export function nodeFits(version: string): boolean {
  const found = numbers(version);
  return NODE_RANGE.split("||").some((part) => {
    const wanted = part.trim();
    const minimum = numbers(wanted.replace(/^(?:\^|>=)/, ""));
    return isAtLeast(found, minimum) && (!wanted.startsWith("^") || found[0] === minimum[0]);
  });
}

/** @throws ConfigError TOOL_MISSING on a Node that does not fit */
export function checkNode(version: string): void {
  if (nodeFits(version)) return;
  throw new ConfigError(
    "TOOL_MISSING",
    `cos-policy-fetcher needs Node ${NODE_RANGE}, and this is ${version}; run it on a fitting one.`,
  );
}

function numbers(version: string): number[] {
  return version.split(".").map((part) => Number.parseInt(part, 10));
}

/** Parts that `minimum` leaves out count as 0; a version that is no number fits nothing. */
function isAtLeast(version: readonly number[], minimum: readonly number[]): boolean {
  for (const at of [0, 1, 2]) {
    const difference = (version[at] ?? NaN) - (minimum[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
