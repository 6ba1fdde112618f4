import { PREDICATE_TYPES } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { toSignerFlags, wantsSummary } from "../attestations/summary-flags.ts";
import type { SummaryFlags } from "../attestations/summary-flags.ts";
import { bundleTarget, checkTarget } from "../bundle-output.ts";
import type { BundleTarget } from "../bundle-output.ts";
import type { Report } from "../report.ts";
import { readSigner } from "../signing.ts";
import type { OpenedSigner } from "../signing.ts";
import { describeSigned, signStatementTo } from "../statement-signing.ts";
import type { Terminal } from "../terminal.ts";
import { readVerifierId } from "../verifier-id.ts";
import { printWarnings } from "../warnings.ts";
import { isGo } from "./readiness-answer.ts";
import type { Question, ReadinessAnswer } from "./readiness-answer.ts";

/** Signs what a server said of a release. */
export interface ReadinessSummaryWriter {
  /** Undefined, with a warning, for what is not signed: no GO without --attest-failure, or no artifact to be about. */
  write(answer: ReadinessAnswer, asked: Question): Promise<Report | undefined>;
}

/**
 * Opens the signer of a verdict's summary before the server is asked, so that a wrong flag or password is told at once;
 * undefined when none is asked for.
 * @throws ConfigError CONFIG_INVALID; as `readSigner`
 */
export async function openReadinessSummary(
  terminal: Terminal,
  flags: SummaryFlags,
): Promise<ReadinessSummaryWriter | undefined> {
  const { attest } = flags;
  if (!wantsSummary(flags) || attest === undefined) return undefined;
  const target = bundleTarget(terminal, { bundle: attest }, attest, "readiness");
  await checkTarget(terminal, target, flags.attestKey === undefined ? [] : [flags.attestKey]);
  const verifierId = await readVerifierId(terminal.env, flags.verifierId);
  const signer = await readSigner(terminal, toSignerFlags(flags));
  return {
    write: async (answer, asked) => {
      const reason = reasonAgainst(answer, flags);
      if (reason === undefined) return await write({ terminal, flags, target, verifierId, signer }, answer, asked);
      printWarnings(terminal, [`No summary is written to ${attest}: ${reason}`]);
      return undefined;
    },
  };
}

function reasonAgainst(answer: ReadinessAnswer, { attestFailure }: SummaryFlags): string | undefined {
  if (answer.artifactDigest === undefined) return "no evidence names the artifact that it would be about.";
  if (isGo(answer) || attestFailure === true) return undefined;
  return `the verdict is ${answer.verdict}. With --attest-failure one is signed that says so.`;
}

interface Opened {
  readonly terminal: Terminal;
  readonly flags: SummaryFlags;
  readonly target: BundleTarget;
  readonly verifierId: string;
  readonly signer: OpenedSigner;
}

async function write(opened: Opened, answer: ReadinessAnswer, asked: Question): Promise<Report | undefined> {
  const { terminal, flags, target, verifierId, signer } = opened;
  const { artifactDigest: digest, packDigest, packId, decidedAt } = answer;
  if (digest === undefined) return undefined;
  const { TOOLKIT_VERSION, toVerificationSummary } = await import("@policy-pack/build");
  const predicate: JsonObject = {
    ...toVerificationSummary({
      verifierId,
      versions: { "policy-pack": TOOLKIT_VERSION },
      timeVerified: new Date(decidedAt),
      resourceUri: flags.resourceUri ?? resourceUri(answer, asked),
      policy: { uri: `urn:policy-pack:pack:${packId}`, ...(packDigest === undefined ? {} : { digest: packDigest }) },
      inputs: answer.evidence.map((id, index) => ({ name: `evidence ${index + 1}`, digest: id })),
      outcome: isGo(answer)
        ? { result: "PASSED", levels: [`POLICY_PACK_${answer.verdict}`] }
        : { result: "FAILED", code: failureCode(answer) },
    }),
    // A field of ours: all that the server said, risks and what must not be claimed included.
    readiness: answer.document,
  };
  const content = { subjects: [{ digest }], predicateType: PREDICATE_TYPES.vsa, predicate };
  return describeSigned(terminal, content, await signStatementTo(terminal, { content, target, signer }), signer);
}

function resourceUri({ environment }: ReadinessAnswer, { service, releaseId }: Question): string {
  return `urn:policy-pack:release:${[environment, service, releaseId].map(encodeURIComponent).join(":")}`;
}

/** The code that a verdict which is no GO exits with. */
export function failureCode({
  verdict,
}: Pick<ReadinessAnswer, "verdict">): "PROMOTION_REFUSED" | "EVIDENCE_INSUFFICIENT" {
  return verdict === "NO_GO" ? "PROMOTION_REFUSED" : "EVIDENCE_INSUFFICIENT";
}
