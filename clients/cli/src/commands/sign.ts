import { resolve } from "node:path";
import { checkDigest, ConfigError, LIMITS, manifestDigest, parseManifest } from "@policy-pack/pack";
import type { Command } from "commander";
import { CLI_LIMITS } from "../limits.ts";
import { defaultTar, displayPath, packOfTar } from "../locate.ts";
import { describeVerified } from "../proof.ts";
import { readInputFile, readStoredFile } from "../read.ts";
import type { Report } from "../report.ts";
import { signAndVerify } from "../signing.ts";
import type { SigningFlags } from "../signing.ts";
import { createProgress } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface SignFlags extends CommonFlags, SigningFlags {
  readonly bundle?: string;
}

/** `policy-pack sign`: a Sigstore bundle for a file, verified before it is written. */
export function addSign({ terminal, version, answer }: VerbContext): Command {
  return createVerb(
    {
      name: "sign",
      summary: "sign a file and write its Sigstore bundle",
      description:
        "Signs keyless when there is an OIDC token (SIGSTORE_ID_TOKEN, or GitHub's), which publishes the identity " +
        "in Sigstore's public log. Otherwise signs with the development authority, which proves nothing to " +
        "others; under GITHUB_ACTIONS=true it must be asked for by name. The bundle is verified first, then " +
        "written whole.",
      examples: ["policy-pack sign", "policy-pack sign app.tar --bundle app.tar.sigstore.json --dev-authority"],
    },
    version,
  )
    .argument("[file]", `the file to sign (default: ${defaultTar()})`)
    .addOption(
      valueFlag("--bundle <file>", "where the bundle goes (default: the pack's signing/, or <file>.sigstore.json)"),
    )
    .option("--dev-authority [dir]", "sign with the development authority in this folder, whatever the environment")
    .addOption(valueFlag("--fulcio-url <url>", "keyless with an instance of your own: its certificate authority,"))
    .addOption(valueFlag("--rekor-url <url>", "  its transparency log,"))
    .addOption(valueFlag("--timestamp-server-url <url>", "  its timestamp authority, with the path,"))
    .addOption(valueFlag("--trusted-root <file>", "  and its trusted_root.json"))
    .action((file: string | undefined, flags: SignFlags) => answer(flags, sign(terminal, file ?? defaultTar(), flags)));
}

async function sign(terminal: Terminal, file: string, flags: SignFlags): Promise<Report> {
  const pack = packOfTar(terminal, file);
  const path = resolve(terminal.cwd, flags.bundle ?? pack?.paths.bundle ?? `${file}.sigstore.json`);
  if (path === resolve(terminal.cwd, file)) {
    throw new ConfigError("CONFIG_INVALID", "The bundle would replace the file that it signs; give another --bundle.");
  }
  const origin = pack === undefined ? undefined : "policy-pack build";
  const bytes = await readInputFile(terminal, file, {
    what: "The file",
    maxBytes: CLI_LIMITS.maxArtifactBytes,
    origin,
  });
  if (pack !== undefined) await checkManifest(pack.paths.manifest, bytes);
  const progress = createProgress(terminal);
  progress.step(`signing ${file}`);
  try {
    const { bundle, verified, source, note } = await signAndVerify(terminal, bytes, flags);
    const { writePack } = await import("@policy-pack/build");
    await writePack([{ path, bytes: Buffer.from(bundle) }]);
    const proof = describeVerified(file, verified, source);
    const text = [`${displayPath(terminal, path)} is written.`, proof.text, note].filter((line) => line !== undefined);
    return { json: { bundle: path, ...proof.json, note: note ?? null }, text: text.join("\n") };
  } finally {
    progress.done();
  }
}

/**
 * A pack whose manifest records other bytes is an old build or was changed since: signing it would vouch for what its
 * source does not say.
 * @throws VerificationError DIGEST_MISMATCH; FormatError MANIFEST_INVALID, LIMIT_EXCEEDED; ConfigError CONFIG_INVALID
 */
async function checkManifest(path: string, bytes: Uint8Array): Promise<void> {
  const manifest = await readStoredFile(path, { what: "The manifest", maxBytes: LIMITS.maxManifestBytes });
  if (manifest !== undefined) checkDigest(bytes, manifestDigest(parseManifest(manifest)));
}
