import { createPublicKey } from "node:crypto";
import { stat } from "node:fs/promises";
import { ConfigError } from "@policy-pack/pack";
import type { ContentKind, Environment, IdentityProvider, KeySigner, SigningParties } from "@policy-pack/sign";
import type { Artifact, VerifiedBundle } from "@policy-pack/verify";
import { CLI_LIMITS } from "./limits.ts";
import { naming } from "./naming.ts";
import { readInputFile } from "./read.ts";
import { checkSignerFlags } from "./signer-flags.ts";
import type { SignerFlags } from "./signer-flags.ts";
import { openKey } from "./signer-key.ts";
import { readKeyInstance, readKeylessInstance } from "./signer-services.ts";
import type { Instance } from "./signer-services.ts";
import { signingMode } from "./signing-mode.ts";
import type { Terminal } from "./terminal.ts";
import { devAuthorityDir } from "./trust.ts";

export { addSignerFlags } from "./signer-flags.ts";
export type { SignerFlags } from "./signer-flags.ts";

/** Who signs, and how what they signed is proven at once. */
export interface OpenedSigner {
  /** For `signBlob` and `signStatement`. */
  readonly parties: SigningParties;
  /** Whose trusted root the bundle is verified against, as the answer says it. */
  readonly source: string;
  /** What the signature does not prove. */
  readonly note?: string;
  /** True for a key whose signature of a message is verified with its bytes, not with its digest. */
  readonly needsBytes: boolean;
  /** Who could not verify a bundle with such content, each in a sentence. */
  warnings(content: ContentKind): Promise<readonly string[]>;
  /**
   * Proves a bundle that the parties made: the signature, and each log entry and timestamp that was asked for.
   * @throws as `verifyBundle`
   */
  verify(bundle: string, artifact: Artifact): Promise<VerifiedBundle>;
}

const DEV_NOTE = "This is the development authority's signature: it proves nothing to others.";

/**
 * Opens the signer that the flags name, or else the one that the environment offers.
 * @throws ConfigError CONFIG_INVALID when flags contradict each other; KEY_INVALID, SIGNER_UNAVAILABLE and the like
 */
export async function readSigner(terminal: Terminal, flags: SignerFlags): Promise<OpenedSigner> {
  checkSignerFlags(flags);
  if (flags.devAuthority !== undefined) return openDevSigner(await devFolder(terminal, flags.devAuthority));
  if (flags.key !== undefined) return openKeySigner(terminal, flags.key, await readKeyInstance(terminal, flags));
  const { identityToken, signingConfig, fulcioUrl, rekorUrl, timestampServerUrl, trustedRoot } = flags;
  const named = [identityToken, signingConfig, fulcioUrl, rekorUrl, timestampServerUrl, trustedRoot];
  const isKeyless = named.some((flag) => flag !== undefined) || signingMode(terminal) !== "development authority";
  if (!isKeyless) return openDevSigner(devAuthorityDir(terminal, undefined));
  return openKeylessSigner(await readKeylessInstance(terminal, flags), await readProvider(terminal, identityToken));
}

/** The file to sign would be taken for the folder when it stands behind the flag. */
async function devFolder(terminal: Terminal, flag: string | true): Promise<string> {
  const dir = devAuthorityDir(terminal, flag);
  const stats = await stat(dir).catch(() => undefined);
  if (flag === true || stats === undefined || stats.isDirectory()) return dir;
  throw new ConfigError(
    "CONFIG_INVALID",
    `--dev-authority takes a folder, and ${flag} is a file; an argument that is no folder of an authority goes before it.`,
  );
}

async function openDevSigner(dir: string): Promise<OpenedSigner> {
  const { openDevAuthority } = await import("@policy-pack/dev-authority");
  const authority = await openDevAuthority(dir);
  return {
    parties: authority.signing(),
    source: `the development authority in ${dir}`,
    note: DEV_NOTE,
    needsBytes: false,
    warnings: () => Promise.resolve([]),
    verify: async (bundle, artifact) => {
      const { parseBundle, parseTrustedRoot, verifyBundle } = await import("@policy-pack/verify");
      return verifyBundle(parseBundle(bundle), artifact, parseTrustedRoot(authority.trustedRoot()));
    },
  };
}

async function openKeySigner(terminal: Terminal, key: string, instance: Instance): Promise<OpenedSigner> {
  const { keyFacts, selectWitnesses, signingConfigWitnesses } = await import("@policy-pack/sign");
  const now = new Date();
  const signer: KeySigner = await openKey(terminal, key);
  const { kind } = keyFacts(createPublicKey(signer.publicKey));
  const services = selectWitnesses(instance.config, now);
  return {
    parties: { signer, witnesses: signingConfigWitnesses(instance.config, { now }) },
    source: instance.source,
    needsBytes: kind === "Ed25519",
    warnings: async (content) => {
      const { cosignLimits } = await import("@policy-pack/sign");
      const limit = cosignLimits(kind, content, services.logs.length > 0);
      return limit === undefined ? [] : [limit];
    },
    verify: async (bundle, artifact) => {
      const { parseBundle, parsePublicKey, verifyBundle } = await import("@policy-pack/verify");
      const publicKey = parsePublicKey(signer.publicKey);
      return verifyBundle(parseBundle(bundle), artifact, instance.trustedRoot, { publicKey, ...demands(services) });
    },
  };
}

async function openKeylessSigner(instance: Instance, provider: IdentityProvider): Promise<OpenedSigner> {
  const { keylessParties, selectWitnesses } = await import("@policy-pack/sign");
  const now = new Date();
  const services = selectWitnesses(instance.config, now);
  return {
    parties: keylessParties(instance.config, provider, { now }),
    source: instance.source,
    needsBytes: false,
    warnings: () => Promise.resolve(services.logs.length > 0 ? [] : [NO_LOG]),
    verify: async (bundle, artifact) => {
      const { parseBundle, verifyBundle } = await import("@policy-pack/verify");
      return verifyBundle(parseBundle(bundle), artifact, instance.trustedRoot, demands(services));
    },
  };
}

const NO_LOG =
  "The certificate's signature stands in no transparency log: cosign verifies it only with --insecure-ignore-tlog and" +
  " --use-signed-timestamps, policy-pack only by a policy with minimumLogEntries 0.";

/** What was asked for must have come: a bundle that lacks it is not the one that was wanted. */
function demands(services: { readonly logs: readonly unknown[]; readonly timestampAuthorities: readonly unknown[] }): {
  minimumLogEntries: number;
  minimumTimestamps: number;
} {
  return { minimumLogEntries: services.logs.length, minimumTimestamps: services.timestampAuthorities.length };
}

/** A token in a file is meant for this run alone: it counts before those of the environment. */
async function readProvider(terminal: Terminal, path: string | undefined): Promise<IdentityProvider> {
  const { identityTokenProvider } = await import("@policy-pack/sign");
  if (path === undefined) return identityTokenProvider(terminal.env);
  const options = { what: "The identity token", maxBytes: CLI_LIMITS.maxKeyBytes };
  const token = Buffer.from(await readInputFile(terminal, path, options))
    .toString("latin1")
    .trim();
  if (token === "") throw new ConfigError("SIGNER_UNAVAILABLE", `The identity token ${path} is empty.`);
  const environment: Environment = { SIGSTORE_ID_TOKEN: token };
  const provider = identityTokenProvider(environment);
  return { getToken: () => naming(path, () => provider.getToken()) };
}
