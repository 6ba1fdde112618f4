import {
  canonicalJson,
  ConfigError,
  isJsonObject,
  LIMITS,
  parseJson,
  PREDICATE_TYPES,
  TrustError,
} from "@policy-pack/pack";
import type { Digest, ErrorCode, JsonValue } from "@policy-pack/pack";
import type { MigrationNote } from "@policy-pack/simulate";
import type { BundleReport, VerificationPolicy, VerificationReport } from "@policy-pack/verify";
import { toAttestationPolicy } from "../attestations/attestation-policy.ts";
import { readBundles } from "../bundle-files.ts";
import type { NamedBundle } from "../bundle-files.ts";
import { naming } from "../naming.ts";
import { toError } from "../rejection.ts";
import type { Terminal } from "../terminal.ts";
import { readRoot } from "../trust.ts";
import type { RootFlags } from "../trust.ts";

export interface NoteFlags {
  readonly note?: readonly string[];
  readonly notePolicy?: string;
}

/** A note that listed approvers signed, and where it was read. */
export interface ApprovedNote {
  readonly file: string;
  /** As the verification policy names them, or their rule. */
  readonly approvedBy: readonly string[];
  readonly note: MigrationNote;
}

const predicateType = PREDICATE_TYPES.migrationNote;

/** @throws ConfigError CONFIG_INVALID when one of the two flags is given without the other */
export function checkNoteFlags({ note, notePolicy }: NoteFlags): void {
  if ((note === undefined) === (notePolicy === undefined)) return;
  throw new ConfigError(
    "CONFIG_INVALID",
    note === undefined
      ? "--note-policy says who may sign a migration note; name one with --note FILE, or leave it out."
      : "Nothing says who may sign a migration note; name their verification policy with --note-policy FILE.",
  );
}

/**
 * The migration notes, each a signed statement about the new pack by who is listed in the verification policy: its rules for
 * that type, or else its signers. A bundle that does not count is refused, not passed over. Where the policy asks for more
 * than one approver all of them must have signed the same note, since otherwise each could name what no other agreed to.
 * @param digest of the new pack
 * @throws ConfigError CONFIG_INVALID; what the verification's report says; TrustError PREDICATE_REJECTED for notes that differ;
 *   FormatError BASELINE_INVALID for one that is none
 */
export async function readMigrationNotes(
  terminal: Terminal,
  flags: NoteFlags & RootFlags,
  digest: Digest,
): Promise<readonly ApprovedNote[]> {
  checkNoteFlags(flags);
  if (flags.note === undefined || flags.notePolicy === undefined) return [];
  const { policy, root } = await readNotePolicy(terminal, flags.notePolicy, flags);
  const bundles = await readBundles(terminal, flags.note);
  const { assessArtifact } = await import("@policy-pack/verify");
  const sources = bundles.map(({ source }) => source);
  const report = assessArtifact({ artifact: { digest }, bundle: sources, ...root, policy });
  checkReport(report, bundles);
  const notes: ApprovedNote[] = [];
  for (const { index } of report.bundles) notes.push(await readNote(bundles, report, index));
  if (demandedApprovers(policy) > 1) checkUnanimous(notes);
  return notes;
}

async function readNotePolicy(
  terminal: Terminal,
  path: string,
  flags: RootFlags,
): Promise<{ readonly policy: VerificationPolicy; readonly root: { readonly trustedRoot?: string | Uint8Array } }> {
  const { readPolicyFile } = await import("../policy-file.ts");
  const { parseVerificationPolicy } = await import("@policy-pack/verify");
  const document = await readPolicyFile(terminal, path);
  const policy = await naming(path, () => {
    const { denylist, pause, ...others } = parseVerificationPolicy(document);
    if (denylist !== undefined || pause !== undefined) {
      throw new ConfigError("CONFIG_INVALID", "A policy of notes names approvers alone; leave denylist and pause out.");
    }
    return toAttestationPolicy(withThreshold(others), { predicateType });
  });
  if (policy.trustedRoots !== undefined) return { policy, root: {} };
  const { trustedRoot } = await readRoot(terminal, flags);
  return { policy, root: { trustedRoot } };
}

/** How many of the policy's signers must sign is meant of notes too, where no rule of their own says it. */
function withThreshold(policy: VerificationPolicy): VerificationPolicy {
  const { threshold, attestations = [] } = policy;
  if (threshold === undefined || attestations.some((rule) => rule.predicateType === predicateType)) return policy;
  return { ...policy, attestations: [...attestations, { predicateType, threshold }] };
}

function checkReport({ failure, bundles: judged }: VerificationReport, bundles: readonly NamedBundle[]): void {
  const refused = judged.find(({ outcome }) => outcome !== "accepted");
  const name = bundles[refused?.index ?? 0]?.name ?? "--note";
  if (failure !== undefined) throw toError(failure.code, `${name}: ${failure.message}`);
  if (refused === undefined) return;
  const { code, saw } = reasonOf(refused);
  throw toError(
    code,
    `${name} is no migration note that counts: ${saw}. Leave it out, or have a listed approver sign it.`,
  );
}

function reasonOf({ steps }: BundleReport): { readonly code: ErrorCode; readonly saw: string } {
  const failed = steps.find(({ outcome }) => outcome === "failed");
  return {
    code: failed?.code ?? "PREDICATE_REJECTED",
    saw: failed?.saw ?? "the policy asks for nothing that it states",
  };
}

async function readNote(
  bundles: readonly NamedBundle[],
  { rules }: VerificationReport,
  index: number,
): Promise<ApprovedNote> {
  const { parseBundle } = await import("@policy-pack/verify");
  const { parseMigrationNote } = await import("@policy-pack/simulate");
  const { name: file = "", source = new Uint8Array() } = bundles[index] ?? {};
  const { content } = parseBundle(source);
  const payload = content.kind === "envelope" ? content.payload : new Uint8Array();
  const { maxBundleBytes: maxBytes } = LIMITS;
  const statement = parseJson(payload, { maxBytes, code: "INPUT_INVALID", what: "The statement" });
  const predicate: JsonValue = isJsonObject(statement) ? (statement["predicate"] ?? null) : null;
  const approvedBy = rules.flatMap(({ metBy }) => metBy.filter(({ bundle }) => bundle === index));
  return {
    file,
    approvedBy: [...new Set(approvedBy.map(({ signer }) => signer))],
    note: await naming(file, () => parseMigrationNote(predicate)),
  };
}

function demandedApprovers({ attestations = [] }: VerificationPolicy): number {
  return attestations.reduce((sum, { threshold = 1 }) => sum + threshold, 0);
}

function checkUnanimous(notes: readonly ApprovedNote[]): void {
  const [first, ...others] = notes.map(({ file, note }) => ({ file, names: namesOf(note) }));
  const odd = others.find(({ names }) => names !== first?.names);
  if (odd === undefined) return;
  throw new TrustError(
    "PREDICATE_REJECTED",
    `${odd.file} names other flips than ${first?.file ?? ""}, and the policy asks for several approvers of the same note;` +
      " have them sign one document.",
  );
}

/** What is approved; each approver may say in words of their own why. */
function namesOf({ old, new: next, flips }: MigrationNote): string {
  return canonicalJson([old, next, ...flips.map(({ name }) => name).toSorted()]);
}
