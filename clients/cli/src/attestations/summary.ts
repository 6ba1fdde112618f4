import { basename } from "node:path";
import type { InputDocument } from "@policy-pack/build";
import {
  canonicalJson,
  ConfigError,
  digestOf,
  isJsonObject,
  parseDigest,
  parseJson,
  LIMITS,
  PREDICATE_TYPES,
} from "@policy-pack/pack";
import type { Digest, JsonObject } from "@policy-pack/pack";
import type { VerificationPolicy, VerificationReport } from "@policy-pack/verify";
import { bundleTarget, checkTarget } from "../bundle-output.ts";
import type { BundleTarget } from "../bundle-output.ts";
import { readInputFile } from "../read.ts";
import type { Report } from "../report.ts";
import { readSigner } from "../signing.ts";
import type { OpenedSigner } from "../signing.ts";
import { describeSigned, signStatementTo } from "../statement-signing.ts";
import type { Terminal } from "../terminal.ts";
import type { TrustFlags } from "../trust.ts";
import type { Evidence } from "../verification.ts";
import { readVerifierId } from "../verifier-id.ts";
import { printWarnings } from "../warnings.ts";
import { toSignerFlags, wantsSummary } from "./summary-flags.ts";
import type { SummaryFlags } from "./summary-flags.ts";

/** A verification that is over. */
export interface Judgement {
  /** As it was named. */
  readonly file: string;
  readonly evidence: Evidence;
  readonly report: VerificationReport;
}

/** Who will sign what came of a verification. */
export interface SummaryWriter {
  /** Signs what the report says, passed or failed, and writes the bundle. */
  write(judgement: Judgement): Promise<Report>;
  /** The same of a failed verification when that is wanted; otherwise says that there is no summary of it. */
  writeFailure(judgement: Judgement): Promise<void>;
}

/**
 * Opens the signer of a verification's summary before anything is verified, so that a wrong flag or password is told at
 * once; undefined when none is asked for.
 * @throws ConfigError CONFIG_INVALID; as `readSigner`
 */
export async function openSummary(
  terminal: Terminal,
  file: string,
  flags: SummaryFlags & TrustFlags & { readonly bundle?: readonly string[] },
): Promise<SummaryWriter | undefined> {
  const { attest } = flags;
  if (attest === undefined || !wantsSummary(flags)) return undefined;
  const target = bundleTarget(terminal, { bundle: attest }, attest, file);
  const sources = [flags.policy, flags.attestKey].filter((it) => it !== undefined);
  // A summary may stand as one more line beside what it sums up, and never in its place.
  const summedUp = target.kind === "lines" ? [] : (flags.bundle ?? []);
  await checkTarget(terminal, target, [file, ...sources, ...summedUp]);
  const verifierId = await readVerifierId(terminal.env, flags.verifierId);
  const policyDigest = await readPolicyDigest(terminal, flags.policy);
  const signer = await readSigner(terminal, toSignerFlags(flags));
  const opened = { terminal, flags, target, verifierId, policyDigest, signer };
  return {
    write: (judgement) => write(opened, judgement),
    writeFailure: async (judgement) => {
      if (flags.attestFailure === true) await write(opened, judgement);
      else printWarnings(terminal, [`No summary is written to ${attest}: the verification failed. ${ADVICE}`]);
    },
  };
}

const ADVICE = "With --attest-failure one is signed that says so.";

interface Opened {
  readonly terminal: Terminal;
  readonly flags: SummaryFlags & TrustFlags;
  readonly target: BundleTarget;
  readonly verifierId: string;
  /** Of the document, as it was before anything was verified. */
  readonly policyDigest: Digest | undefined;
  readonly signer: OpenedSigner;
}

async function write(opened: Opened, judged: Judgement): Promise<Report> {
  const { terminal, flags, target, verifierId, signer } = opened;
  const { TOOLKIT_VERSION, toVerificationSummary } = await import("@policy-pack/build");
  const { file, evidence, report } = judged;
  const { failure } = report;
  const digest = parseDigest(report.artifact.digest);
  const predicate = toVerificationSummary({
    verifierId,
    versions: { "policy-pack": TOOLKIT_VERSION },
    timeVerified: new Date(),
    resourceUri: flags.resourceUri ?? (await toResourceUri(judged, digest)),
    policy: await describePolicy(opened, evidence.trust.verificationPolicy),
    inputs: inputsOf(evidence),
    outcome:
      failure === undefined
        ? { result: "PASSED", levels: [levelOf(evidence.trust.verificationPolicy)] }
        : { result: "FAILED", code: failure.code },
  });
  const subject = file.startsWith("sha256:") ? { digest } : { name: basename(file), digest };
  const roots = rootsOf(evidence);
  const content = { subjects: [subject], predicateType: PREDICATE_TYPES.vsa, predicate: { ...predicate, ...roots } };
  return describeSigned(terminal, content, await signStatementTo(terminal, { content, target, signer }), signer);
}

/** Source: package-url specification, type `generic`, qualifier `checksum`. */
async function toResourceUri({ file, report }: Judgement, digest: Digest): Promise<string> {
  const { packId, revision } = report;
  if (packId !== undefined && revision !== undefined) {
    const { packPurl } = await import("@policy-pack/build");
    return packPurl(packId, revision);
  }
  if (file.startsWith("sha256:")) return `urn:policy-pack:artifact:${digest}`;
  return `pkg:generic/${encodeURIComponent(basename(file))}?checksum=${digest}`;
}

/**
 * A document is known by its own bytes, flags by the policy that they mean.
 * @throws ConfigError CONFIG_INVALID when the document was exchanged meanwhile
 */
async function describePolicy(
  { terminal, flags, policyDigest }: Opened,
  policy: VerificationPolicy,
): Promise<{ readonly uri: string; readonly digest: Digest }> {
  const digest = policyDigest ?? digestOf(Buffer.from(canonicalJson(toJson(policy))));
  if (policyDigest !== undefined && (await readPolicyDigest(terminal, flags.policy)) !== policyDigest) {
    throw new ConfigError("CONFIG_INVALID", "The verification policy changed while it was applied; verify again.");
  }
  return { uri: `urn:policy-pack:policy:${digest}`, digest };
}

async function readPolicyDigest(terminal: Terminal, path: string | undefined): Promise<Digest | undefined> {
  if (path === undefined) return undefined;
  const { maxPolicyBytes: maxBytes } = LIMITS;
  return digestOf(await readInputFile(terminal, path, { what: "The verification policy", maxBytes }));
}

/** Plain JSON of what was read from JSON. */
function toJson(value: object): JsonObject {
  const { maxTrustedRootBytes: maxBytes } = LIMITS;
  const json = parseJson(JSON.stringify(value), { maxBytes, code: "CONFIG_INVALID", what: "The policy" });
  return isJsonObject(json) ? json : {};
}

/** Everything signed that was looked at: the bundles, and the lists that overrule them. */
function inputsOf({ bundles, lists }: Evidence): readonly InputDocument[] {
  const list = (name: string, sources: readonly Uint8Array[] = []): readonly InputDocument[] =>
    sources.map((bytes, index) => ({ name: `${name} ${index + 1}`, digest: digestOf(bytes) }));
  const given = bundles.map(({ name, source }) => ({ name: basename(name), digest: digestOf(source) }));
  return [...given, ...list("denylist", lists.denylist), ...list("pause status", lists.pause)];
}

/** The trusted root that the policy was applied with, as a field of ours; roots in the policy are covered by its digest. */
function rootsOf({ trust: { trustedRoot } }: Evidence): JsonObject {
  if (trustedRoot === undefined) return {};
  return { trustedRoot: { digest: { sha256: digestOf(Buffer.from(trustedRoot)).slice("sha256:".length) } } };
}

/**
 * SLSA's build level 1 is that there is provenance; only a policy that demanded it, and was met, has seen any. What more it
 * may prove of the builder is for those to judge who know the builder.
 */
function levelOf({ attestations = [] }: VerificationPolicy): string {
  const isProven = attestations.some(({ predicateType }) => predicateType === PREDICATE_TYPES.slsaProvenance);
  return isProven ? "SLSA_BUILD_LEVEL_1" : "SLSA_BUILD_LEVEL_0";
}
