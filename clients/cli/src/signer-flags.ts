import { ConfigError } from "@policy-pack/pack";
import type { Command } from "commander";
import { valueFlag } from "./verb.ts";

/** Whom to sign with, and where; the environment decides unless a flag does. */
export interface SignerFlags {
  readonly key?: string;
  readonly identityToken?: string;
  readonly devAuthority?: string | true;
  readonly signingConfig?: string;
  readonly fulcioUrl?: string;
  readonly rekorUrl?: string;
  readonly timestampServerUrl?: string;
  readonly trustedRoot?: string;
}

/** Adds the flags that `readSigner` reads: the same on every verb that signs. */
export function addSignerFlags(command: Command): Command {
  return command
    .addOption(
      valueFlag(
        "--key <file>",
        "sign with this private key: a PEM file (its password from COSIGN_PASSWORD or asked for), or a key service's URI" +
          " (awskms://, gcpkms://, azurekms://, hashivault://, pkcs11:)",
      ),
    )
    .addOption(valueFlag("--identity-token <file>", "sign keyless with the OIDC token in this file"))
    .option("--dev-authority [dir]", "sign with the development authority in this folder, whatever the environment")
    .addOption(
      valueFlag(
        "--signing-config <file>",
        "the instance to sign with: its certificate authority, logs and timestamp authorities (signingconfig.v0.2+json)",
      ),
    )
    .addOption(
      valueFlag("--fulcio-url <url>", "an instance by its parts, in place of a config: certificate authority,"),
    )
    .addOption(valueFlag("--rekor-url <url>", "  transparency log (Rekor v1),"))
    .addOption(valueFlag("--timestamp-server-url <url>", "  timestamp authority, with the path"))
    .addOption(
      valueFlag("--trusted-root <file>", "the instance's trusted_root.json (default: the public-good Sigstore's)"),
    );
}

type FlagName = keyof SignerFlags;

const SPELLING: Readonly<Record<FlagName, string>> = {
  key: "--key",
  identityToken: "--identity-token",
  devAuthority: "--dev-authority",
  signingConfig: "--signing-config",
  fulcioUrl: "--fulcio-url",
  rekorUrl: "--rekor-url",
  timestampServerUrl: "--timestamp-server-url",
  trustedRoot: "--trusted-root",
};

/** What each flag stands for alone: the flags that would say it once more, or say something else. */
const CONTRADICTIONS: readonly (readonly [FlagName, readonly FlagName[]])[] = [
  [
    "devAuthority",
    ["key", "identityToken", "signingConfig", "fulcioUrl", "rekorUrl", "timestampServerUrl", "trustedRoot"],
  ],
  ["key", ["identityToken", "fulcioUrl"]],
  ["signingConfig", ["fulcioUrl", "rekorUrl", "timestampServerUrl"]],
];

/** @throws ConfigError CONFIG_INVALID when two flags contradict each other */
export function checkSignerFlags(flags: SignerFlags): void {
  for (const [name, others] of CONTRADICTIONS) {
    const other = flags[name] === undefined ? undefined : others.find((it) => flags[it] !== undefined);
    if (other === undefined) continue;
    throw new ConfigError(
      "CONFIG_INVALID",
      `${SPELLING[name]} and ${SPELLING[other]} contradict each other; leave one of them out.`,
    );
  }
}
