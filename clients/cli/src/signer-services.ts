import { ConfigError, LIMITS } from "@policy-pack/pack";
import type { ServiceGroup, SigningConfig } from "@policy-pack/sign";
import type { TrustedRoot } from "@policy-pack/verify";
import { naming } from "./naming.ts";
import { PUBLIC_GOOD, readPublicGoodRoot } from "./public-good.ts";
import { readInputFile } from "./read.ts";
import type { SignerFlags } from "./signer-flags.ts";
import type { Terminal } from "./terminal.ts";
import { readTrustedRoot } from "./trust.ts";

/** Where a signature goes, and by whose root it is verified afterwards. */
export interface Instance {
  readonly config: SigningConfig;
  readonly trustedRoot: TrustedRoot;
  /** Where the trusted root comes from, as the answer says it. */
  readonly source: string;
}

/** An instance by its parts; a part that is left out is not used. */
interface InstanceUrls {
  readonly fulcioUrl?: string | undefined;
  readonly rekorUrl?: string | undefined;
  readonly tsaUrl?: string | undefined;
}

const NOBODY: TrustedRoot = { certificateAuthorities: [], timestampAuthorities: [], logs: [], ctLogs: [] };

/** The instance for keyless signing: the flags' own, or the public-good one. */
export async function readKeylessInstance(terminal: Terminal, flags: SignerFlags): Promise<Instance> {
  const { trustedRoot } = flags;
  const { fulcioUrl, rekorUrl, tsaUrl } = await readUrls(flags);
  if (flags.signingConfig !== undefined)
    return withRoot(terminal, flags, await readConfig(terminal, flags.signingConfig));
  const named = [fulcioUrl, rekorUrl, tsaUrl, trustedRoot].filter((value) => value !== undefined);
  if (named.length === 4) return withRoot(terminal, flags, toConfig({ fulcioUrl, rekorUrl, tsaUrl }));
  if (named.length === 0) {
    const { DEFAULTS } = await import("@policy-pack/sign");
    return withRoot(terminal, flags, toConfig(DEFAULTS));
  }
  throw new ConfigError(
    "CONFIG_INVALID",
    "A Sigstore instance of your own is named by --fulcio-url, --rekor-url, --timestamp-server-url and --trusted-root" +
      " together, or by --signing-config with --trusted-root.",
  );
}

/** The instance that witnesses a key's signature: none unless a flag names its log or timestamp authority. */
export async function readKeyInstance(terminal: Terminal, flags: SignerFlags): Promise<Instance> {
  const { trustedRoot } = flags;
  const { rekorUrl, tsaUrl } = await readUrls(flags);
  if (flags.signingConfig !== undefined)
    return withRoot(terminal, flags, await readConfig(terminal, flags.signingConfig));
  if (rekorUrl === undefined && tsaUrl === undefined) {
    return { config: toConfig({}), trustedRoot: NOBODY, source: "none: the key alone" };
  }
  if (trustedRoot !== undefined) return withRoot(terminal, flags, toConfig({ rekorUrl, tsaUrl }));
  throw new ConfigError(
    "CONFIG_INVALID",
    "A log or timestamp authority of your own is named together with --trusted-root, by which its answer is checked.",
  );
}

async function withRoot(terminal: Terminal, flags: SignerFlags, config: SigningConfig): Promise<Instance> {
  const { parseTrustedRoot } = await import("@policy-pack/verify");
  const path = flags.trustedRoot;
  if (path === undefined) return { config, trustedRoot: parseTrustedRoot(readPublicGoodRoot()), source: PUBLIC_GOOD };
  const bytes = await readTrustedRoot(terminal, path);
  return { config, trustedRoot: await naming(path, () => parseTrustedRoot(bytes)), source: path };
}

async function readConfig(terminal: Terminal, path: string): Promise<SigningConfig> {
  const { parseSigningConfig } = await import("@policy-pack/sign");
  const options = { what: "The signing config", maxBytes: LIMITS.maxTrustedRootBytes };
  const bytes = await readInputFile(terminal, path, options);
  return naming(path, () => parseSigningConfig(bytes));
}

/** @throws ConfigError CONFIG_INVALID for a URL that a signing config could not have either */
async function readUrls({ fulcioUrl, rekorUrl, timestampServerUrl }: SignerFlags): Promise<InstanceUrls> {
  const { baseOf, serviceUrl } = await import("@policy-pack/sign");
  const read = (url: string | undefined, flag: string): string | undefined =>
    url === undefined ? undefined : baseOf(serviceUrl(url, flag));
  return {
    fulcioUrl: read(fulcioUrl, "--fulcio-url"),
    rekorUrl: read(rekorUrl, "--rekor-url"),
    tsaUrl: read(timestampServerUrl, "--timestamp-server-url"),
  };
}

/** A signing config on the fly: each part is used once, and always. */
function toConfig({ fulcioUrl, rekorUrl, tsaUrl }: InstanceUrls): SigningConfig {
  return {
    certificateAuthorities: groupOf(fulcioUrl).services,
    identityProviders: [],
    logs: groupOf(rekorUrl),
    timestampAuthorities: groupOf(tsaUrl),
  };
}

function groupOf(url: string | undefined): ServiceGroup {
  if (url === undefined) return { services: [], selector: undefined };
  const validFor = { start: new Date(0) };
  return { services: [{ url, majorApiVersion: 1, validFor, operator: url }], selector: { kind: "ANY" } };
}
