import { digestFromHex, LIMITS, manifestDigest, parseManifest, VerificationError } from "@policy-pack/pack";
import type { Command } from "commander";
import { addBundleFlags, bundleTarget, checkTarget, writeBundle } from "../bundle-output.ts";
import type { BundleFlags } from "../bundle-output.ts";
import { artifactOf, readMessage } from "../file-message.ts";
import type { FileMessage } from "../file-message.ts";
import { defaultTar, displayPath, packOfTar } from "../locate.ts";
import { describeVerified } from "../proof.ts";
import { reading, readStoredFile } from "../read.ts";
import type { Report } from "../report.ts";
import { addSignerFlags, readSigner } from "../signing.ts";
import type { OpenedSigner, SignerFlags } from "../signing.ts";
import { createProgress } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";
import { printWarnings } from "../warnings.ts";

interface SignFlags extends CommonFlags, SignerFlags, BundleFlags {}

/** `policy-pack sign`: a Sigstore bundle for a file, verified before it is written. */
export function addSign({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "sign",
      summary: "sign a file and write its Sigstore bundle",
      description:
        "Signs with --key, or keyless when there is an OIDC token (--identity-token, SIGSTORE_ID_TOKEN, or GitHub's), " +
        "which publishes the identity in Sigstore's public log. Otherwise signs with the development authority, " +
        "which proves nothing to others; under GITHUB_ACTIONS=true it must be asked for by name. A key's signature " +
        "is published nowhere unless a flag names a log. The bundle is verified first, then written whole. Files of " +
        "any size are signed in constant memory, but with Ed25519.",
      examples: [
        "policy-pack sign",
        "policy-pack sign app.tar --key policy-pack.key --bundle app.tar.sigstore.json",
        "policy-pack sign app.tar --signing-config signing_config.json --trusted-root trusted_root.json",
        "policy-pack sign app.tar --key policy-pack.key --bundle-dir signatures/",
      ],
    },
    version,
  ).argument("[file]", `the file to sign (default: ${defaultTar()})`);
  addBundleFlags(command, "the pack's signing/, or <file>.sigstore.json");
  return addSignerFlags(command).action((file: string | undefined, flags: SignFlags) =>
    answer(flags, sign(terminal, file ?? defaultTar(), flags)),
  );
}

async function sign(terminal: Terminal, file: string, flags: SignFlags): Promise<Report> {
  const pack = packOfTar(terminal, file);
  const target = bundleTarget(terminal, flags, pack?.paths.bundle ?? `${file}.sigstore.json`, file);
  await checkTarget(terminal, target, flags.key === undefined ? [file] : [file, flags.key]);
  const origin = pack === undefined ? undefined : "policy-pack build";
  // Before the file is read: a wrong password or flag is told at once.
  const signer = await readSigner(terminal, flags);
  const progress = createProgress(terminal);
  progress.step(`signing ${file}`);
  try {
    const message = await readMessage(terminal, file, origin);
    if (pack !== undefined) await checkManifest(pack.paths.manifest, message);
    const { bundle, verified } = await reading("The file", file, origin, () => signAndVerify(signer, message));
    const path = await writeBundle(target, bundle);
    const warnings = await signer.warnings("message");
    printWarnings(terminal, warnings);
    const proof = describeVerified(file, verified, signer.source);
    const note = signer.note ?? null;
    const text = [`${displayPath(terminal, path)} is written.`, proof.text, ...(note === null ? [] : [note])];
    return { json: { bundle: path, ...proof.json, note, warnings }, text: text.join("\n") };
  } finally {
    progress.done();
  }
}

async function signAndVerify(
  signer: OpenedSigner,
  message: FileMessage,
): Promise<{ readonly bundle: string; readonly verified: Awaited<ReturnType<OpenedSigner["verify"]>> }> {
  const { signBlob } = await import("@policy-pack/sign");
  const bundle = await signBlob(message, signer.parties);
  return { bundle, verified: await signer.verify(bundle, await artifactOf(message, signer.needsBytes)) };
}

/**
 * A pack whose manifest records other bytes is an old build or was changed since: signing it would vouch for what its
 * source does not say.
 * @throws VerificationError DIGEST_MISMATCH; FormatError MANIFEST_INVALID, LIMIT_EXCEEDED; ConfigError CONFIG_INVALID
 */
async function checkManifest(path: string, message: FileMessage): Promise<void> {
  const manifest = await readStoredFile(path, { what: "The manifest", maxBytes: LIMITS.maxManifestBytes });
  if (manifest === undefined) return;
  const expected = manifestDigest(parseManifest(manifest));
  const actual = digestFromHex(Buffer.from(message.digest).toString("hex"));
  if (actual === expected) return;
  throw new VerificationError(
    "DIGEST_MISMATCH",
    `The pack is ${actual}, and its manifest records ${expected}; run policy-pack build, then sign again.`,
  );
}
