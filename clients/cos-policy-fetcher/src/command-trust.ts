import { open } from "node:fs/promises";
import { ConfigError, LIMITS, PolicyPackError, systemCodeOf } from "@policy-pack/pack";
import { parseVerificationPolicy, toVerificationPolicy } from "@policy-pack/verify";
import type { VerificationPolicy } from "@policy-pack/verify";
import type { VerifiedFetchOptions } from "./load.ts";

/** The command's flags about whom and what to believe, as `parseArgs` takes them. */
export const TRUST_OPTIONS = {
  "trusted-root": { type: "string" },
  "certificate-identity": { type: "string" },
  "certificate-identity-regexp": { type: "string" },
  "certificate-oidc-issuer": { type: "string" },
  "certificate-oidc-issuer-regexp": { type: "string" },
  key: { type: "string" },
  policy: { type: "string" },
  bundle: { type: "string", multiple: true },
  denylist: { type: "string", multiple: true },
  pause: { type: "string", multiple: true },
} as const;

export interface TrustFlags {
  readonly "trusted-root"?: string;
  readonly "certificate-identity"?: string;
  readonly "certificate-identity-regexp"?: string;
  readonly "certificate-oidc-issuer"?: string;
  readonly "certificate-oidc-issuer-regexp"?: string;
  readonly key?: string;
  readonly policy?: string;
  readonly bundle?: readonly string[];
  readonly denylist?: readonly string[];
  readonly pause?: readonly string[];
}

type Trust = Pick<VerifiedFetchOptions, "trustedRoot" | "verificationPolicy" | "bundles" | "denylist" | "pause">;

/**
 * What the flags name, read from disk. Everything else is checked by whoever judges with it.
 * @throws ConfigError CONFIG_INVALID
 */
export async function readTrust(flags: TrustFlags): Promise<Trust> {
  const verificationPolicy = await readPolicy(flags);
  const root = flags["trusted-root"];
  if (root === undefined && verificationPolicy.trustedRoots === undefined) {
    throw usage("--trusted-root is required: whose signatures count is yours to say");
  }
  const { denylist, pause } = flags;
  return {
    ...(root === undefined ? {} : { trustedRoot: await readText("--trusted-root", root) }),
    verificationPolicy,
    bundles: await readTexts("--bundle", flags.bundle ?? []),
    ...(denylist === undefined ? {} : { denylist: await readTexts("--denylist", denylist) }),
    ...(pause === undefined ? {} : { pause: await readTexts("--pause", pause) }),
  };
}

export function usage(what: string, cause?: unknown): ConfigError {
  return new ConfigError("CONFIG_INVALID", `${what.replace(/\.$/, "")}; see --help.`, { cause });
}

async function readPolicy(flags: TrustFlags): Promise<VerificationPolicy> {
  const signer = {
    certificateIdentity: flags["certificate-identity"],
    certificateIdentityRegexp: flags["certificate-identity-regexp"],
    certificateOidcIssuer: flags["certificate-oidc-issuer"],
    certificateOidcIssuerRegexp: flags["certificate-oidc-issuer-regexp"],
    key: flags.key,
  };
  if (flags.policy === undefined) {
    const key = flags.key === undefined ? undefined : await readText("--key", flags.key);
    return toVerificationPolicy({ ...signer, key });
  }
  if (Object.values(signer).some((flag) => flag !== undefined)) {
    throw usage("--policy says who may have signed; leave the signer's flags out, or it");
  }
  return parseVerificationPolicy(await readText("--policy", flags.policy));
}

async function readTexts(flag: string, paths: readonly string[]): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const path of paths) texts.push(await readText(flag, path));
  return texts;
}

/** A small file named by a flag; one that is no regular file, or huge, is not read. */
async function readText(flag: string, path: string): Promise<string> {
  try {
    const file = await open(path, "r");
    try {
      const found = await file.stat();
      if (!found.isFile() || found.size > LIMITS.maxTrustedRootBytes) {
        throw new ConfigError("CONFIG_INVALID", `${flag} ${path} is not a file of at most 1 MiB.`);
      }
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if (thrown instanceof PolicyPackError) throw thrown;
    const code = systemCodeOf(thrown) ?? "unknown cause";
    throw new ConfigError("CONFIG_INVALID", `${flag} ${path} cannot be read (${code}).`, { cause: thrown });
  }
}
