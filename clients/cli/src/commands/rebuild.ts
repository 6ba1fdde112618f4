import { resolve } from "node:path";
import type { Difference, Rebuilt } from "@policy-pack/build";
import {
  checkDigest,
  ConfigError,
  LIMITS,
  manifestDigest,
  packPaths,
  parseDigest,
  PREDICATE_TYPES,
  readPackUnsafe,
  VerificationError,
} from "@policy-pack/pack";
import type { Digest, PackFile, PackManifest } from "@policy-pack/pack";
import type { Command } from "commander";
import { rebuildFolder } from "../attestations/rebuilding.ts";
import { bundleTarget, checkTarget } from "../bundle-output.ts";
import { DEFAULT_PACK_ID } from "../locate.ts";
import { naming } from "../naming.ts";
import { readInputFile } from "../read.ts";
import { Rejection } from "../rejection.ts";
import { formatTable } from "../report.ts";
import type { Report } from "../report.ts";
import { addSignerFlags, readSigner } from "../signing.ts";
import type { OpenedSigner, SignerFlags } from "../signing.ts";
import { describeSigned, signStatementTo } from "../statement-signing.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb, packIdFlag, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";
import { readVerifierId, verifierIdFlag } from "../verifier-id.ts";

interface RebuildFlags extends CommonFlags, SignerFlags {
  readonly expect?: string;
  readonly tar?: string;
  readonly packId?: string;
  readonly attest?: string;
  readonly verifierId?: string;
}

/** `policy-pack rebuild`: whether a source gives the very bytes of a pack. */
export function addRebuild({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "rebuild",
      summary: "prove that a source gives a pack, byte for byte",
      description:
        "Builds the source again in a temporary folder with the OPA and policy-pack versions that its manifest.json " +
        "records (others are refused by name), and compares the digest of what comes out and what the module asks of its host. The source and dist/ are " +
        "left alone. When the digests differ the files that do are named, as far as --tar or the manifest tells " +
        "them. With --attest a verification summary says who rebuilt it and that the bytes were the same; nothing " +
        "is signed when they were not.",
      examples: [
        "policy-pack rebuild --expect sha256:eadb4355ac1dbba6e46be820f0859fcfe1ffaf116f0a6d34323550ce6e4d09d0",
        "policy-pack rebuild contracts/access/v0 --expect sha256:<hex> --tar access-v0.tar --attest rebuilt.sigstore.json",
      ],
    },
    version,
  )
    .argument("[pack-dir]", `the source folder (default: ${packPaths("", DEFAULT_PACK_ID).source})`)
    .addOption(valueFlag("--expect <digest>", "the digest that must come out: sha256:<64 hex>"))
    .addOption(valueFlag("--tar <file>", "the expected pack, to name the files that differ"))
    .addOption(packIdFlag())
    .addOption(valueFlag("--attest <file>", "sign that it matched, and write the bundle here"))
    .addOption(verifierIdFlag());
  return addSignerFlags(command).action((dir: string | undefined, flags: RebuildFlags) =>
    answer(flags, rebuild(terminal, dir ?? packPaths("", DEFAULT_PACK_ID).source, flags)),
  );
}

async function rebuild(terminal: Terminal, dir: string, flags: RebuildFlags): Promise<Report> {
  if (flags.expect === undefined) {
    throw new ConfigError("CONFIG_INVALID", "Name the digest that must come out with --expect sha256:<64 hex>.");
  }
  const expected = parseDigest(flags.expect);
  const sourceDir = resolve(terminal.cwd, dir);
  const { checkRecordedVersions, checkRequires, readRecordedManifest } = await import("@policy-pack/build");
  const manifest = await readRecordedManifest(sourceDir);
  checkRecordedVersions(manifest);
  const files = await expectedFiles(terminal, flags.tar, expected, manifest);
  // Before anything is built: a wrong password, flag or environment is told at once.
  const attesting = flags.attest === undefined ? undefined : await openAttesting(terminal, flags.attest, flags);
  const rebuilt = await rebuildFolder(terminal, sourceDir, flags);
  checkCapabilities(manifest, rebuilt.pack.manifest);
  checkRequires(manifest, rebuilt.pack.manifest.requires);
  if (rebuilt.pack.digest !== expected) throw await mismatch(rebuilt, expected, files);
  const report = describeMatch(rebuilt);
  if (attesting === undefined) return report;
  const signed = await attest(terminal, rebuilt, attesting);
  return {
    json: { ...report.json, attestation: signed.json },
    text: `${report.text}\n\n${signed.text}`,
  };
}

/** What the expected pack holds, where something tells it. @throws VerificationError DIGEST_MISMATCH for another tar */
async function expectedFiles(
  terminal: Terminal,
  tar: string | undefined,
  expected: Digest,
  manifest: PackManifest,
): Promise<readonly PackFile[] | undefined> {
  if (tar === undefined) return manifestDigest(manifest) === expected ? manifest.files : undefined;
  const bytes = await readInputFile(terminal, tar, { what: "The pack", maxBytes: LIMITS.maxPackBytes });
  checkDigest(bytes, expected);
  const { filesOf } = await import("@policy-pack/build");
  return filesOf(await naming(tar, () => readPackUnsafe(bytes)));
}

function checkCapabilities({ opa: recorded }: PackManifest, { opa: ours }: PackManifest): void {
  if (recorded.capabilitiesDigest === ours.capabilitiesDigest) return;
  throw new ConfigError(
    "TOOL_MISSING",
    `The manifest records an OPA ${recorded.version} with capabilities ${recorded.capabilitiesDigest}; this one has ${ours.capabilitiesDigest}. Rebuild with the OPA that was recorded.`,
  );
}

function describeMatch({ facts, pack }: Rebuilt): Report {
  const { packId, release, materials } = facts;
  const { source, git, opa, toolkit } = materials;
  const commit = git === undefined ? "none" : `${git.commit}${git.isClean ? "" : ", changed since"}`;
  const rows = [
    ["digest", pack.digest],
    ["source", source],
    ["commit", commit],
    ["opa", `${opa.version} ${opa.digest}`],
    ["policy-pack", `${toolkit.version} ${toolkit.digest}`],
  ];
  return {
    json: {
      matched: true,
      packId,
      revision: release.revision,
      digest: pack.digest,
      source,
      git: git ?? null,
      opa,
      toolkit,
      attestation: null,
    },
    text: `rebuilt, byte for byte: ${packId} revision ${release.revision}\n${formatTable(rows)}`,
  };
}

const MAX_LISTED = 50;

/** The failure, with the files that differ beside it. */
async function mismatch(
  { facts, pack }: Rebuilt,
  expected: Digest,
  files: readonly PackFile[] | undefined,
): Promise<Rejection> {
  const { differencesOf } = await import("@policy-pack/build");
  const differing = files === undefined ? undefined : differencesOf(files, pack.manifest.files);
  const advice = differing === undefined ? " Give the expected pack with --tar to see which files differ." : "";
  const error = new VerificationError(
    "DIGEST_MISMATCH",
    `The source gives ${pack.digest}, not the expected ${expected}.${advice}`,
  );
  const listed = (differing ?? []).slice(0, MAX_LISTED);
  const more = (differing?.length ?? 0) - listed.length;
  const text = [formatTable(listed.map(differenceRow)), ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
  const shown = differing?.map((it) => ({ path: it.path, expected: it.expected ?? null, rebuilt: it.rebuilt ?? null }));
  const json = { matched: false, packId: facts.packId, expected, digest: pack.digest, differing: shown ?? null };
  return new Rejection(error, { json, text });
}

function differenceRow({ path, expected, rebuilt }: Difference): string[] {
  return [path, `expected ${expected ?? "none"}`, `rebuilt ${rebuilt ?? "none"}`];
}

interface Attesting {
  readonly path: string;
  readonly signer: OpenedSigner;
  readonly verifierId: string;
}

async function openAttesting(terminal: Terminal, path: string, flags: RebuildFlags): Promise<Attesting> {
  const sources = [flags.tar, flags.key].filter((it) => it !== undefined);
  await checkTarget(terminal, bundleTarget(terminal, { bundle: path }, path, path), sources);
  const verifierId = await readVerifierId(terminal.env, flags.verifierId);
  return { path, verifierId, signer: await readSigner(terminal, flags) };
}

async function attest(
  terminal: Terminal,
  { facts, pack }: Rebuilt,
  { path, signer, verifierId }: Attesting,
): Promise<Report> {
  const { toRebuildSummary } = await import("@policy-pack/build");
  const name = `${facts.packId}.tar`;
  const content = {
    subjects: [{ name, digest: pack.digest }],
    predicateType: PREDICATE_TYPES.vsa,
    predicate: toRebuildSummary(facts, pack.digest, verifierId),
  };
  const target = bundleTarget(terminal, { bundle: path }, path, name);
  return describeSigned(terminal, content, await signStatementTo(terminal, { content, target, signer }), signer);
}
