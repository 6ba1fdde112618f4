import { join, resolve } from "node:path";
import { ConfigError, LIMITS } from "@policy-pack/pack";
import type { VerificationPolicy } from "@policy-pack/verify";
import type { Command } from "commander";
import { CLI_LIMITS } from "./limits.ts";
import { PUBLIC_GOOD, readPublicGoodRoot } from "./public-good.ts";
import { readInputFile, readStoredFile } from "./read.ts";
import type { Terminal } from "./terminal.ts";
import { valueFlag } from "./verb.ts";

/** Where `sign` keeps the development authority, relative to the working folder. */
export const DEV_AUTHORITY_DIR = ".policy-pack/dev-authority";

/** Who must have signed, and by whose root: cosign's flags, and the development authority's shorthand for three of them. */
export interface TrustFlags {
  readonly certificateIdentity?: string;
  readonly certificateOidcIssuer?: string;
  readonly key?: string;
  readonly trustedRoot?: string;
  readonly devAuthority?: string | true;
}

export interface Trust {
  /** `trusted_root.json` as it was read. */
  readonly trustedRoot: string | Uint8Array;
  readonly verificationPolicy: VerificationPolicy;
  /** Where the trusted root comes from, as the answer says it. */
  readonly source: string;
}

/** Adds the flags that `readTrust` reads. */
export function addTrustFlags(command: Command): Command {
  return command
    .addOption(valueFlag("--certificate-identity <identity>", "the certificate's name (SAN), compared whole"))
    .addOption(valueFlag("--certificate-oidc-issuer <url>", "the OIDC issuer of that identity, compared whole"))
    .addOption(valueFlag("--key <file>", "a public key in PEM, in place of identity and issuer"))
    .addOption(valueFlag("--trusted-root <file>", "a trusted_root.json; without it, the public-good Sigstore's"))
    .option("--dev-authority [dir]", `root, identity and issuer of the development authority (${DEV_AUTHORITY_DIR})`);
}

/** Which trusted root, and nothing about signers. */
export type RootFlags = Pick<TrustFlags, "trustedRoot" | "devAuthority">;

/** Adds the flags that `readRoot` reads. */
export function addRootFlags(command: Command): Command {
  return command
    .addOption(valueFlag("--trusted-root <file>", "a trusted_root.json; without it, the public-good Sigstore's"))
    .option("--dev-authority [dir]", `the development authority's root (${DEV_AUTHORITY_DIR})`);
}

/**
 * The trusted root that verify would use with these flags.
 * @throws ConfigError CONFIG_INVALID when both are given, or it cannot be read
 */
export async function readRoot(terminal: Terminal, flags: RootFlags): Promise<Omit<Trust, "verificationPolicy">> {
  const { trustedRoot: path, devAuthority } = flags;
  if (devAuthority !== undefined) {
    if (path !== undefined) {
      throw new ConfigError("CONFIG_INVALID", "--dev-authority and --trusted-root name two roots; leave one out.");
    }
    const dir = devAuthorityDir(terminal, devAuthority);
    return { trustedRoot: await readDevRoot(dir, typeof devAuthority === "string"), source: devSource(dir) };
  }
  if (path === undefined) return { trustedRoot: readPublicGoodRoot(), source: PUBLIC_GOOD };
  return { trustedRoot: await readTrustedRoot(terminal, path), source: path };
}

function devSource(dir: string): string {
  return `the development authority in ${dir} (it proves nothing to others)`;
}

/** True when any of the flags was given. */
export function hasTrustFlags(flags: TrustFlags): boolean {
  const { certificateIdentity, certificateOidcIssuer, key, trustedRoot, devAuthority } = flags;
  return [certificateIdentity, certificateOidcIssuer, key, trustedRoot, devAuthority].some((it) => it !== undefined);
}

/**
 * Turns the flags into a trusted root and a verification policy. Nothing is taken from the pack, a server or the network.
 * @throws ConfigError CONFIG_INVALID when no signer is named, or the flags contradict each other
 */
export async function readTrust(terminal: Terminal, flags: TrustFlags): Promise<Trust> {
  if (flags.devAuthority !== undefined) return readDevTrust(terminal, flags);
  const { toVerificationPolicy } = await import("@policy-pack/verify");
  const { certificateIdentity, certificateOidcIssuer } = flags;
  if ([certificateIdentity, certificateOidcIssuer, flags.key].every((flag) => flag === undefined)) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "Nobody is named who may have signed; give --certificate-identity with --certificate-oidc-issuer, or --key," +
        " or --dev-authority.",
    );
  }
  const key = flags.key === undefined ? undefined : await readKey(terminal, flags.key);
  const verificationPolicy = toVerificationPolicy({
    ...(certificateIdentity === undefined ? {} : { certificateIdentity }),
    ...(certificateOidcIssuer === undefined ? {} : { certificateOidcIssuer }),
    ...(key === undefined ? {} : { key }),
  });
  return { ...(await readRoot(terminal, flags)), verificationPolicy };
}

/** The bytes of a `trusted_root.json`, not parsed yet. */
export function readTrustedRoot(terminal: Terminal, path: string): Promise<Uint8Array> {
  return readInputFile(terminal, path, { what: "The trusted root", maxBytes: LIMITS.maxTrustedRootBytes });
}

async function readKey(terminal: Terminal, path: string): Promise<string> {
  const bytes = await readInputFile(terminal, path, { what: "The public key", maxBytes: CLI_LIMITS.maxKeyBytes });
  return Buffer.from(bytes).toString("utf8");
}

/** Absolute, from the flag's value; the flag alone means the default place. */
export function devAuthorityDir(terminal: Terminal, flag: string | true | undefined): string {
  return resolve(terminal.cwd, typeof flag === "string" ? flag : DEV_AUTHORITY_DIR);
}

async function readDevTrust(terminal: Terminal, flags: TrustFlags): Promise<Trust> {
  const { devAuthority, ...others } = flags;
  if (hasTrustFlags(others)) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "--dev-authority stands for the trusted root, identity and issuer of the development authority; leave the other" +
        " trust flags out, or name them all and leave --dev-authority out.",
    );
  }
  const { DEV_IDENTITY, DEV_ISSUER } = await import("@policy-pack/dev-authority");
  const { toVerificationPolicy } = await import("@policy-pack/verify");
  return {
    ...(await readRoot(terminal, { devAuthority: devAuthority ?? true })),
    verificationPolicy: toVerificationPolicy({ certificateIdentity: DEV_IDENTITY, certificateOidcIssuer: DEV_ISSUER }),
  };
}

async function readDevRoot(dir: string, isNamed: boolean): Promise<Uint8Array> {
  const root = await readDevTrustedRoot(dir);
  if (root !== undefined) return root;
  const advice = isNamed ? " An argument that is no folder of an authority goes before --dev-authority." : "";
  throw new ConfigError(
    "CONFIG_INVALID",
    `There is no development authority in ${dir}; policy-pack sign creates one on first use.${advice}`,
  );
}

/** The trusted root of the development authority in a folder, not parsed yet; undefined when there is none. */
export function readDevTrustedRoot(dir: string): Promise<Uint8Array | undefined> {
  const { maxTrustedRootBytes: maxBytes } = LIMITS;
  return readStoredFile(join(dir, "trusted_root.json"), { what: "The trusted root", maxBytes });
}
