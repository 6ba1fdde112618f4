import { ConfigError } from "@policy-pack/pack";
import type { Command } from "commander";
import { checkArtifact } from "../artifact.ts";
import { readBundle } from "../read.ts";
import type { Report } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import { addTrustFlags, readTrust } from "../trust.ts";
import type { TrustFlags } from "../trust.ts";
import { createVerb, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface VerifyFlags extends CommonFlags, TrustFlags {
  readonly bundle?: string;
}

/** `policy-pack verify`: proves who signed a file, offline. */
export function addVerify({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "verify",
      summary: "prove who signed a file, offline",
      description:
        "Checks a Sigstore bundle for any file, or for its digest alone: signature, certificate chain, " +
        "transparency log, time, and that the signer is the one named. Opens no connection.",
      examples: [
        "policy-pack verify dist/policy-pack/v0/policy-pack-v0.tar --dev-authority \\\n" +
          "      --bundle contracts/policy-pack/v0/signing/cosign.bundle.json",
        "policy-pack verify app.tar --bundle app.tar.sigstore.json \\\n" +
          "      --certificate-identity https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main \\\n" +
          "      --certificate-oidc-issuer https://token.actions.githubusercontent.com",
      ],
    },
    version,
  )
    .argument("[file]", "the file, or sha256:<64 hex> in its place")
    .addOption(valueFlag("--bundle <file>", "the Sigstore bundle"));
  return addTrustFlags(command).action((file: string | undefined, flags: VerifyFlags) =>
    answer(flags, verifyFile(terminal, file, flags)),
  );
}

async function verifyFile(terminal: Terminal, file: string | undefined, flags: VerifyFlags): Promise<Report> {
  if (file === undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "Name the file to verify, or its sha256:<hex>; put it before --dev-authority, which may take a folder.",
    );
  }
  if (flags.bundle === undefined)
    throw new ConfigError("CONFIG_INVALID", "Name the Sigstore bundle with --bundle FILE.");
  const trust = await readTrust(terminal, flags);
  const bundle = await readBundle(terminal, flags.bundle);
  const { verifyArtifact } = await import("@policy-pack/verify");
  const { trustedRoot, verificationPolicy: policy } = trust;
  const verified = await checkArtifact(terminal, file, (artifact) =>
    verifyArtifact({ artifact, bundle, trustedRoot, policy }),
  );
  const { describeVerified } = await import("../proof.ts");
  return describeVerified(file, verified, trust.source);
}
