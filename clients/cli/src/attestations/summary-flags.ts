import { ConfigError, isPredicateType } from "@policy-pack/pack";
import { Command, Option } from "commander";
import { addSignerFlags } from "../signer-flags.ts";
import type { SignerFlags } from "../signer-flags.ts";
import { groupFlags, valueFlag } from "../verb.ts";
import { verifierIdFlag } from "../verifier-id.ts";

/** What a verification states about itself, and who signs it: the flags of `sign` after `--attest-`. */
export interface SummaryFlags extends AttestSignerFlags {
  readonly attest?: string;
  readonly attestFailure?: true;
  readonly resourceUri?: string;
  readonly verifierId?: string;
}

/** Who signs a statement that a verb makes besides its answer. */
export interface AttestSignerFlags {
  readonly attestKey?: string;
  readonly attestIdentityToken?: string;
  readonly attestDevAuthority?: string | true;
  readonly attestSigningConfig?: string;
  readonly attestFulcioUrl?: string;
  readonly attestRekorUrl?: string;
  readonly attestTimestampServerUrl?: string;
  readonly attestTrustedRoot?: string;
}

/** Adds the flags that `openSummary` reads. Those of the signer have a prefix: a verifier has a key and a root of its own. */
export function addSummaryFlags(command: Command): Command {
  return groupFlags(command, "Sign a summary:", () => {
    addFlags(command);
  });
}

function addFlags(command: Command): void {
  command
    .addOption(
      valueFlag(
        "--attest <file>",
        "sign a verification summary (VSA) and write its bundle here; the flags below say with what",
      ),
    )
    .option("--attest-failure", "sign one of a failed verification too, which still fails")
    .addOption(
      valueFlag("--resource-uri <uri>", "what the summary calls the file (default: a package URL)", (value) =>
        isPredicateType(value) ? undefined : "Write an absolute URI, such as pkg:generic/app@1.",
      ),
    )
    .addOption(verifierIdFlag());
  addAttestSignerFlags(command);
}

/** Adds the flags of `sign` that say who signs, each after `--attest-`; `toSignerFlags` reads them. */
export function addAttestSignerFlags(command: Command): void {
  for (const { flags, description } of addSignerFlags(new Command()).options) {
    const prefixed = flags.replace(/^--/, "--attest-");
    const said = description.trim();
    command.addOption(prefixed.includes("<") ? valueFlag(prefixed, said) : new Option(prefixed, said));
  }
}

/** The signer's flags by the names that `sign` gives them. */
export function toSignerFlags(flags: AttestSignerFlags): SignerFlags {
  const { attestKey, attestIdentityToken, attestDevAuthority, attestSigningConfig } = flags;
  const { attestFulcioUrl, attestRekorUrl, attestTimestampServerUrl, attestTrustedRoot } = flags;
  return {
    ...(attestKey === undefined ? {} : { key: attestKey }),
    ...(attestIdentityToken === undefined ? {} : { identityToken: attestIdentityToken }),
    ...(attestDevAuthority === undefined ? {} : { devAuthority: attestDevAuthority }),
    ...(attestSigningConfig === undefined ? {} : { signingConfig: attestSigningConfig }),
    ...(attestFulcioUrl === undefined ? {} : { fulcioUrl: attestFulcioUrl }),
    ...(attestRekorUrl === undefined ? {} : { rekorUrl: attestRekorUrl }),
    ...(attestTimestampServerUrl === undefined ? {} : { timestampServerUrl: attestTimestampServerUrl }),
    ...(attestTrustedRoot === undefined ? {} : { trustedRoot: attestTrustedRoot }),
  };
}

/** Whether a summary is asked for. @throws ConfigError CONFIG_INVALID for flags about one that is not */
export function wantsSummary(flags: SummaryFlags): boolean {
  if (flags.attest !== undefined) return true;
  const { attestFailure, resourceUri, verifierId } = flags;
  const isAbout = [attestFailure, resourceUri, verifierId].some((flag) => flag !== undefined);
  if (!isAbout && Object.keys(toSignerFlags(flags)).length === 0) return false;
  throw new ConfigError(
    "CONFIG_INVALID",
    "Flags say how to sign a verification summary; say where with --attest FILE.",
  );
}
