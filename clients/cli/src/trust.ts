import { join, resolve } from "node:path";
import { ConfigError, LIMITS } from "@policy-pack/pack";
import type { TrustedRoot, VerificationPolicy } from "@policy-pack/verify";
import type { Command } from "commander";
import { PUBLIC_GOOD, readPublicGoodRoot } from "./public-good.ts";
import { readInputFile, readStoredFile } from "./read.ts";
import { withPlace } from "./rejection.ts";
import { addSignerNames, namesSigner, toSignerPolicy } from "./signer-names.ts";
import type { SignerNames } from "./signer-names.ts";
import type { Terminal } from "./terminal.ts";
import { groupFlags, listFlag, valueFlag } from "./verb.ts";

/** Where `sign` keeps the development authority, relative to the working folder. */
export const DEV_AUTHORITY_DIR = ".policy-pack/dev-authority";

/** Who must have signed, and by whose root: cosign's flags, a policy document, and the development authority's shorthand. */
export interface TrustFlags extends SignerNames {
  readonly trustedRoot?: string;
  readonly devAuthority?: string | true;
  readonly policy?: string;
  readonly denylist?: readonly string[];
  readonly pause?: readonly string[];
  readonly state?: string;
}

export interface Trust {
  /** `trusted_root.json` as it was read; undefined when the policy holds roots of its own. */
  readonly trustedRoot: string | Uint8Array | undefined;
  /** The same, when it was parsed to find out whether it can be: reading it twice would take as long again. */
  readonly parsedRoot?: TrustedRoot;
  readonly verificationPolicy: VerificationPolicy;
  /** Where the trusted root comes from, as the answer says it. */
  readonly source: string;
}

/** Adds the flags that `readTrust` and `readLists` read. */
export function addTrustFlags(command: Command): Command {
  return groupFlags(command, "Whom to trust:", () =>
    addSignerNames(command)
      .addOption(valueFlag("--trusted-root <file>", "a trusted_root.json; without it, the public-good Sigstore's"))
      .option("--dev-authority [dir]", `root, identity and issuer of the development authority (${DEV_AUTHORITY_DIR})`)
      .addOption(
        valueFlag("--policy <file>", "a verification policy in place of the signer's flags (see docs/verification.md)"),
      )
      .addOption(
        listFlag("--denylist <file>", "the signed denylist that the policy demands; again for more signatures"),
      )
      .addOption(
        listFlag("--pause <file>", "the signed pause status that the policy demands; again for more signatures"),
      )
      .addOption(
        valueFlag("--state <file>", "remember the versions of those lists, so that no older one passes later"),
      ),
  );
}

/** True when any of the flags was given. */
export function hasTrustFlags(flags: TrustFlags): boolean {
  const { trustedRoot, devAuthority, policy, denylist, pause, state } = flags;
  return (
    namesSigner(flags) || [trustedRoot, devAuthority, policy, denylist, pause, state].some((it) => it !== undefined)
  );
}

/** A trusted root as it was read, and where it comes from. */
export interface NamedRoot {
  readonly trustedRoot: string | Uint8Array;
  readonly parsedRoot?: TrustedRoot;
  readonly source: string;
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
 * @throws ConfigError CONFIG_INVALID when both are given, or it cannot be read; FormatError TRUSTED_ROOT_INVALID,
 *   LIMIT_EXCEEDED for a file that is none
 */
export async function readRoot(terminal: Terminal, flags: RootFlags): Promise<NamedRoot> {
  const { trustedRoot: path, devAuthority } = flags;
  if (devAuthority !== undefined) {
    if (path !== undefined) {
      throw new ConfigError("CONFIG_INVALID", "--dev-authority and --trusted-root name two roots; leave one out.");
    }
    const dir = devAuthorityDir(terminal, devAuthority);
    return { trustedRoot: await readDevRoot(dir, typeof devAuthority === "string"), source: devSource(dir) };
  }
  if (path === undefined) return { trustedRoot: readPublicGoodRoot(), source: PUBLIC_GOOD };
  return { ...(await readUsableRoot(terminal, path)), source: path };
}

/** Read here, so that what is wrong with it names the file; verification would not know that. */
async function readUsableRoot(terminal: Terminal, path: string): Promise<Omit<NamedRoot, "source">> {
  const { parseTrustedRoot } = await import("@policy-pack/verify");
  const trustedRoot = await readTrustedRoot(terminal, path);
  return { trustedRoot, parsedRoot: naming(path, () => parseTrustedRoot(trustedRoot)) };
}

function devSource(dir: string): string {
  return `the development authority in ${dir} (it proves nothing to others)`;
}

/**
 * Turns the flags into a trusted root and a verification policy. Nothing is taken from the pack, a server or the network.
 * @throws ConfigError CONFIG_INVALID when no signer is named, or the flags contradict each other
 */
export async function readTrust(terminal: Terminal, flags: TrustFlags): Promise<Trust> {
  if (flags.devAuthority !== undefined) return readDevTrust(terminal, flags);
  if (flags.policy !== undefined) return readPolicyTrust(terminal, flags.policy, flags);
  if (!namesSigner(flags)) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "Nobody is named who may have signed; give --certificate-identity with --certificate-oidc-issuer, or --key," +
        " or --policy, or --dev-authority.",
    );
  }
  const verificationPolicy = await toSignerPolicy(terminal, flags);
  return { ...(await readRoot(terminal, flags)), verificationPolicy };
}

async function readPolicyTrust(terminal: Terminal, path: string, flags: TrustFlags): Promise<Trust> {
  if (namesSigner(flags)) {
    throw new ConfigError("CONFIG_INVALID", "--policy says who may have signed; leave the signer's flags out, or it.");
  }
  const { readPolicyFile } = await import("./policy-file.ts");
  const { parseVerificationPolicy } = await import("@policy-pack/verify");
  const document = await readPolicyFile(terminal, path);
  const verificationPolicy = naming(path, () => parseVerificationPolicy(document));
  if (verificationPolicy.trustedRoots === undefined) {
    return { ...(await readRoot(terminal, flags)), verificationPolicy };
  }
  if (flags.trustedRoot === undefined)
    return { trustedRoot: undefined, verificationPolicy, source: `the policy ${path}` };
  throw new ConfigError("CONFIG_INVALID", "The policy holds its own trusted roots; leave --trusted-root out, or them.");
}

function naming<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw withPlace(path, error);
  }
}

/** The bytes of a `trusted_root.json`, not parsed yet. */
export function readTrustedRoot(terminal: Terminal, path: string): Promise<Uint8Array> {
  return readInputFile(terminal, path, { what: "The trusted root", maxBytes: LIMITS.maxTrustedRootBytes });
}

/** Absolute, from the flag's value; the flag alone means the default place. */
export function devAuthorityDir(terminal: Terminal, flag: string | true | undefined): string {
  return resolve(terminal.cwd, typeof flag === "string" ? flag : DEV_AUTHORITY_DIR);
}

async function readDevTrust(terminal: Terminal, flags: TrustFlags): Promise<Trust> {
  const { devAuthority, trustedRoot, policy } = flags;
  if (namesSigner(flags) || trustedRoot !== undefined || policy !== undefined) {
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
