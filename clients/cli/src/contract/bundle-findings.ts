import { messageOf, PolicyPackError, quotePath } from "@policy-pack/pack";
import type { ContractFinding, Digest, SourceFile } from "@policy-pack/pack";
import type { Artifact, SigstoreBundle } from "@policy-pack/verify";
import type { Terminal } from "../terminal.ts";
import type { TrustFlags } from "../trust.ts";
import { createBundleJudge } from "./bundle-judge.ts";
import { claimedDigest } from "./claimed-digest.ts";

/** What a committed bundle may sign: this revision, or, until that is signed, the one before. */
export interface Signable {
  readonly tar: Uint8Array;
  readonly digest: Digest;
  readonly previousDigest: Digest | null;
}

const REMOVE = "Remove it (git rm); the release workflow signs and commits the one that counts.";

/**
 * What is wrong with the bundles that are committed with a pack: each must be over this revision or the one before, never
 * come from a development authority, and be by whom the flags name. When these name nobody, the public-good Sigstore
 * instance must vouch for it, and who the signer is is not asked.
 * @throws ConfigError CONFIG_INVALID for flags that contradict each other; what reading the flags' files throws
 */
export async function bundleFindings(
  terminal: Terminal,
  bundles: readonly SourceFile[],
  pack: Signable,
  flags: TrustFlags,
): Promise<readonly ContractFinding[]> {
  if (bundles.length === 0) return [];
  const isFromDevelopment = await createRecogniser();
  const findings: ContractFinding[] = [];
  const groups = new Map<Artifact, SourceFile[]>();
  const [own, earlier] = [{ bytes: pack.tar }, { digest: pack.previousDigest ?? pack.digest }];
  for (const file of bundles) {
    const found = await screen(file, pack, isFromDevelopment);
    if (found !== undefined) {
      findings.push(found);
      continue;
    }
    const artifact = claimedDigest(file.bytes) === pack.previousDigest ? earlier : own;
    groups.set(artifact, [...(groups.get(artifact) ?? []), file]);
  }
  const judge = await createBundleJudge(terminal, flags);
  for (const [artifact, files] of groups) {
    for (const { path, reason } of judge(files, artifact)) {
      findings.push(refused(`${quotePath(path)} is from nobody whom this check accepts (${reason})`));
    }
  }
  return findings;
}

/** What can be told of a bundle whoever is trusted. */
async function screen(
  { path, bytes }: SourceFile,
  { digest, previousDigest }: Signable,
  isFromDevelopment: (bundle: SigstoreBundle) => boolean,
): Promise<ContractFinding | undefined> {
  const { parseBundle } = await import("@policy-pack/verify");
  const name = quotePath(path);
  try {
    if (isFromDevelopment(parseBundle(bytes))) return refused(`${name} comes from a development authority`);
  } catch (error) {
    if (!(error instanceof PolicyPackError)) throw error;
    return refused(`${name} is no Sigstore bundle (${messageOf(error)})`);
  }
  const claimed = claimedDigest(bytes);
  if (claimed === undefined || claimed === digest || claimed === previousDigest) return undefined;
  return {
    code: "CONTRACT_ALTERED",
    what: `${name} signs ${claimed}, which is neither this revision (${digest}) nor the one before`,
    mend: `Restore the files that it signs, or remove it (git rm) and sign this revision.`,
  };
}

/** Looked for in the certificate itself: the authority certifies any name, and always puts its own beside it. */
async function createRecogniser(): Promise<(bundle: SigstoreBundle) => boolean> {
  const { DEV_ISSUER, DEV_NAMES } = await import("@policy-pack/dev-authority");
  const marks = [DEV_NAMES.organization, new URL(DEV_ISSUER).hostname];
  return ({ material }) =>
    material.kind === "certificate" &&
    [material.leaf, ...material.others].some((der) => marks.some((mark) => Buffer.from(der).includes(mark)));
}

function refused(what: string): ContractFinding {
  return { code: "DEVELOPMENT_SIGNATURE", what, mend: REMOVE };
}
