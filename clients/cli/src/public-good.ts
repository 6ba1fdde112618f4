import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ConfigError } from "@policy-pack/pack";

/** How answers name it. */
export const PUBLIC_GOOD = "the public-good Sigstore instance";

/** Where it publishes its trusted root. */
export const PUBLIC_GOOD_REPOSITORY = "https://tuf-repo-cdn.sigstore.dev";

const TARGET = "trusted_root.json";

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

function readSeed(): unknown {
  const seedsPath = createRequire(import.meta.url).resolve("@sigstore/tuf/seeds.json");
  const seeds: unknown = JSON.parse(readFileSync(seedsPath, "utf8"));
  return fieldOf(seeds, PUBLIC_GOOD_REPOSITORY);
}

function decode(value: unknown, what: string): string {
  if (typeof value === "string") return Buffer.from(value, "base64").toString("utf8");
  throw new ConfigError(
    "TOOL_MISSING",
    `The installed @sigstore/tuf does not carry the public-good ${what}; run npm ci again, or name another file.`,
  );
}

/**
 * The trusted root of the public-good Sigstore instance, as the installed `@sigstore/tuf` carries it: read from disk,
 * never refreshed over the network. It is as old as that package; `policy-pack trusted-root refresh` fetches today's.
 * @throws ConfigError TOOL_MISSING when the package is not what it was
 */
export function readPublicGoodRoot(): string {
  return decode(fieldOf(fieldOf(readSeed(), "targets"), TARGET), "trusted root");
}

/**
 * The TUF root metadata of the public-good instance that the installed `@sigstore/tuf` carries: whose signatures count
 * when its trusted root is refreshed.
 * @throws ConfigError TOOL_MISSING when the package is not what it was
 */
export function readPublicGoodTufRoot(): string {
  return decode(fieldOf(readSeed(), "root.json"), "TUF root");
}
