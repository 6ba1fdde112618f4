import { ConfigError } from "@policy-pack/pack";
import type { VerifiedBundle } from "@policy-pack/verify";
import { PUBLIC_GOOD, readPublicGoodRoot } from "./public-good.ts";
import { signingMode } from "./signing-mode.ts";
import type { Terminal } from "./terminal.ts";
import { devAuthorityDir, readTrustedRoot } from "./trust.ts";

export interface SignedFile {
  /** JSON text. */
  readonly bundle: string;
  readonly verified: VerifiedBundle;
  /** Whose trusted root it was verified against. */
  readonly source: string;
  /** What the signature does not prove. */
  readonly note?: string;
}

const DEV_NOTE = "This is the development authority's signature: it proves nothing to others.";

/** Whom to sign with: the environment decides unless a flag does. */
export interface SigningFlags {
  readonly devAuthority?: string | true;
  readonly fulcioUrl?: string;
  readonly rekorUrl?: string;
  readonly timestampServerUrl?: string;
  readonly trustedRoot?: string;
}

/** Signs as the environment says, or with the development authority that the flag names, and verifies the bundle. */
export async function signAndVerify(terminal: Terminal, bytes: Uint8Array, flags: SigningFlags): Promise<SignedFile> {
  const instance = await readInstance(terminal, flags);
  const isKeyless = instance !== undefined || signingMode(terminal) !== "development authority";
  return isKeyless && flags.devAuthority === undefined
    ? signKeyless(terminal, bytes, instance)
    : signWithDevAuthority(devAuthorityDir(terminal, flags.devAuthority), bytes);
}

async function signWithDevAuthority(dir: string, bytes: Uint8Array): Promise<SignedFile> {
  const { openDevAuthority } = await import("@policy-pack/dev-authority");
  const { signBlob } = await import("@policy-pack/sign");
  const { toVerificationPolicy, verifyArtifact } = await import("@policy-pack/verify");
  const authority = await openDevAuthority(dir);
  const bundle = await signBlob(bytes, authority.signing());
  const { identity, issuer } = authority;
  const verified = verifyArtifact({
    artifact: { bytes },
    bundle,
    trustedRoot: authority.trustedRoot(),
    policy: toVerificationPolicy({ certificateIdentity: identity, certificateOidcIssuer: issuer }),
  });
  return { bundle, verified, source: `the development authority in ${dir}`, note: DEV_NOTE };
}

interface Instance {
  readonly fulcioUrl: string;
  readonly rekorUrl: string;
  readonly tsaUrl: string;
  readonly trustedRoot: string | Uint8Array;
  readonly source: string;
}

/** The Sigstore instance that the flags name: whole or not at all, since no two instances share a trusted root. */
async function readInstance(terminal: Terminal, flags: SigningFlags): Promise<Instance | undefined> {
  const { devAuthority, fulcioUrl, rekorUrl, timestampServerUrl: tsaUrl, trustedRoot: path } = flags;
  const named = [fulcioUrl, rekorUrl, tsaUrl, path].filter((value) => value !== undefined);
  if (named.length === 0) return undefined;
  if (devAuthority !== undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "--dev-authority and the URLs of a Sigstore instance contradict each other.",
    );
  }
  if (fulcioUrl === undefined || rekorUrl === undefined || tsaUrl === undefined || path === undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "A Sigstore instance of your own is named by --fulcio-url, --rekor-url, --timestamp-server-url and --trusted-root" +
        " together.",
    );
  }
  return { fulcioUrl, rekorUrl, tsaUrl, trustedRoot: await readTrustedRoot(terminal, path), source: path };
}

async function signKeyless(terminal: Terminal, bytes: Uint8Array, instance: Instance | undefined): Promise<SignedFile> {
  const { identityTokenProvider, keylessSigning, signBlob } = await import("@policy-pack/sign");
  const { parseBundle, parseTrustedRoot, verifyBundle } = await import("@policy-pack/verify");
  const { trustedRoot = readPublicGoodRoot(), source = PUBLIC_GOOD, ...urls } = instance ?? {};
  const root = parseTrustedRoot(trustedRoot);
  const bundle = await signBlob(
    bytes,
    keylessSigning({ identityProvider: identityTokenProvider(terminal.env), ...urls }),
  );
  return { bundle, verified: verifyBundle(parseBundle(bundle), { bytes }, root), source };
}
