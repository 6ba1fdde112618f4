import { readFileSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseReleaseFields } from "@policy-pack/pack";
import { createTempDir } from "@policy-pack/testkit";
import { createCli } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";

const CONTRACTS = join(import.meta.dirname, "../../contracts/policy-pack");

/** Of the repository's own pack, as its decisions tell it. */
export const REVISION = String(parseReleaseFields(readFileSync(join(CONTRACTS, "v0/manifest.json"))).revision);

export const TAR = "dist/policy-pack/v0/policy-pack-v0.tar";
export const BUNDLE = "contracts/policy-pack/v0/signing/cosign.bundle.json";
export const DEV_IDENTITY = ["--certificate-identity", "dev@policy-pack.localhost"];
export const DEV_ISSUER = ["--certificate-oidc-issuer", "https://dev-authority.policy-pack.localhost"];
export const DEV_ROOT = ["--trusted-root", ".policy-pack/dev-authority/trusted_root.json"];

export interface Checkout {
  readonly cli: Cli;
  /** Of the built pack. */
  readonly digest: string;
  /** The absolute path of a name in the checkout. */
  readonly at: (path: string) => string;
  /** Writes a copy of a file with one bit changed in its middle, and returns its name. */
  readonly damage: (path: string, copy: string) => Promise<string>;
  remove(): Promise<void>;
}

/** A checkout in a temporary folder: the repository's own pack, built and signed by the command. */
export async function createCheckout(): Promise<Checkout> {
  const folder = await createTempDir();
  const cli = await createCli(folder.path);
  const at = (path: string): string => join(folder.path, path);
  const filter = (source: string): boolean => !source.endsWith("cosign.bundle.json");
  await cp(CONTRACTS, at("contracts/policy-pack"), { recursive: true, filter });
  const built = await cli.json(["build"]);
  const signed = await cli.run(["sign"]);
  if (built.status !== 0 || signed.status !== 0) throw new Error(built.stdout + signed.stderr);
  return {
    cli,
    digest: (built.answer as { digest: string }).digest,
    at,
    damage: async (path, copy) => {
      const bytes = await readFile(at(path));
      const middle = Math.floor(bytes.length / 2);
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
      await writeFile(at(copy), bytes);
      return copy;
    },
    remove: folder.remove,
  };
}

/** The code of a --json failure. */
export function codeOf(answer: unknown): unknown {
  return (answer as { error?: { code?: unknown } }).error?.code;
}
