import { resolve } from "node:path";
import { ConfigError, FormatError, LIMITS, PolicyPackError, readPackUnsafe } from "@policy-pack/pack";
import type { Artifact, VerificationPolicy, VerificationReport } from "@policy-pack/verify";
import { checkArtifact } from "./artifact.ts";
import type { NamedBundle } from "./bundle-files.ts";
import { readInputFile } from "./read.ts";
import { regularSize } from "./regular-file.ts";
import type { Terminal } from "./terminal.ts";
import type { TrustLists } from "./trust-lists.ts";
import type { Trust } from "./trust.ts";

/** What a file is judged by. */
export interface Evidence {
  readonly bundles: readonly NamedBundle[];
  readonly trust: Trust;
  readonly lists: TrustLists;
}

/**
 * Judges a file, or the digest that stands for it. A pack is judged as one wherever the policy can say something about
 * packs: which one, how new, or that a list denies or pauses it.
 * @throws ConfigError CONFIG_INVALID for what the caller answers for; FormatError LIMIT_EXCEEDED, INPUT_INVALID
 */
export async function assessFile(terminal: Terminal, file: string, evidence: Evidence): Promise<VerificationReport> {
  const { assessArtifact, assessPack } = await import("@policy-pack/verify");
  const { verificationPolicy: policy } = evidence.trust;
  const trustedRoot = evidence.trust.parsedRoot ?? evidence.trust.trustedRoot;
  const options = {
    bundle: evidence.bundles.map(({ source }) => source),
    ...(trustedRoot === undefined ? {} : { trustedRoot }),
    policy,
    ...evidence.lists,
  };
  const pack = mayConcernPacks(policy) ? await readPack(terminal, file) : undefined;
  if (demandsPack(policy)) {
    if (pack !== undefined) return assessPack({ ...options, pack }).report;
    throw new ConfigError(
      "CONFIG_INVALID",
      `The policy demands a pack, and ${file} is a digest or larger than any pack; give the pack's tar.`,
    );
  }
  const assess = (artifact: Artifact): VerificationReport => {
    const report = assessArtifact({ ...options, artifact });
    const isHashed = "digest" in artifact && !file.startsWith("sha256:");
    return isHashed && needsBytes(report) ? askForBytes(report) : report;
  };
  if (pack === undefined) return checkArtifact(terminal, file, assess);
  const report = assess({ bytes: pack });
  // Only of what is signed is it looked at whether it is a pack; a pause of some packs is asked about after the signatures.
  const isSigned = report.verified || report.failure?.code === "PAUSED";
  return isSigned && isPack(pack) ? assessPack({ ...options, pack }).report : report;
}

function demandsPack({ packId, minimumRevision }: VerificationPolicy): boolean {
  return packId !== undefined || minimumRevision !== undefined;
}

function mayConcernPacks(policy: VerificationPolicy): boolean {
  return demandsPack(policy) || policy.denylist !== undefined || policy.pause !== undefined;
}

/** The bytes of a file that is no larger than a pack may be; undefined for anything else. */
async function readPack(terminal: Terminal, file: string): Promise<Uint8Array | undefined> {
  if (file.startsWith("sha256:")) return undefined;
  const { maxPackBytes: maxBytes } = LIMITS;
  const size = regularSize(resolve(terminal.cwd, file));
  return size === undefined || size > maxBytes
    ? undefined
    : readInputFile(terminal, file, { what: "The file", maxBytes });
}

function isPack(bytes: Uint8Array): boolean {
  try {
    readPackUnsafe(bytes);
    return true;
  } catch (error) {
    if (error instanceof PolicyPackError) return false;
    throw error;
  }
}

/** Ed25519 signs the bytes themselves, and other keys perhaps through another hash, so that the digest does not do. */
function needsBytes({ verified, bundles }: VerificationReport): boolean {
  return !verified && bundles.some(({ steps }) => steps.some(({ code }) => code === "INPUT_INVALID"));
}

function askForBytes({ failure }: VerificationReport): never {
  throw new FormatError(
    "INPUT_INVALID",
    failure?.message ?? "The signature needs the whole file, not its digest alone.",
  );
}
