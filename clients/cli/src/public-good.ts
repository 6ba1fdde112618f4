import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ConfigError } from "@policy-pack/pack";

/** How answers name it. */
export const PUBLIC_GOOD = "the public-good Sigstore instance";

const REPOSITORY = "https://tuf-repo-cdn.sigstore.dev";
const TARGET = "trusted_root.json";

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

/**
 * The trusted root of the public-good Sigstore instance, as the installed `@sigstore/tuf` carries it: read from disk,
 * never refreshed over the network. It is as old as that package; `npm update` brings keys that were added since.
 * @throws ConfigError TOOL_MISSING when the package is not what it was
 */
export function readPublicGoodRoot(): string {
  const seedsPath = createRequire(import.meta.url).resolve("@sigstore/tuf/seeds.json");
  const seeds: unknown = JSON.parse(readFileSync(seedsPath, "utf8"));
  const target = fieldOf(fieldOf(fieldOf(seeds, REPOSITORY), "targets"), TARGET);
  if (typeof target === "string") return Buffer.from(target, "base64").toString("utf8");
  throw new ConfigError(
    "TOOL_MISSING",
    "The installed @sigstore/tuf does not carry the public-good trusted root; run npm ci again, or give --trusted-root.",
  );
}
