import { createHash } from "node:crypto";
import type { BundleAssessment } from "../assessment/bundle-assessment.ts";
import type { Certificate } from "../certificates/certificate.ts";
import { readWorkflowClaims } from "../certificates/workflow-claims.ts";
import { MalformedError } from "../encoding/malformed.ts";
import type { VerifiedLogEntry } from "../log/log-entries.ts";
import type { Quorum } from "../policy/compiled-policy.ts";
import type { SignerMatcher } from "../policy/signer-matcher.ts";
import type { Proof } from "../proof/prove-bundle.ts";
import type { SigningTime } from "../time/timestamps.ts";
import type { BundleReport, LogEntryReport, SignerReport, StatementReport, TimeReport } from "./verification-report.ts";

/** What one bundle proved. Who signed is told once the signature held, not before. */
export function toBundleReport(assessment: BundleAssessment): BundleReport {
  const { index, kind, proof, error, steps, trustedRoot } = assessment;
  const acceptances = assessment.acceptances.filter(({ unmet }) => unmet === undefined);
  return {
    index,
    ...(kind === undefined ? {} : { kind }),
    outcome: error !== undefined ? "rejected" : acceptances.length > 0 ? "accepted" : "unused",
    ...(proof === undefined ? {} : { signer: toSignerReport(proof) }),
    rules: [...new Set(acceptances.map(({ quorum, matcher }) => nameRule(quorum, matcher)))],
    ...(proof === undefined || trustedRoot === undefined ? {} : { trustedRoot }),
    ...(proof?.statement === undefined ? {} : { statement: toStatementReport(proof.statement) }),
    times: (proof?.times ?? []).map(toTimeReport),
    logEntries: (proof?.logEntries ?? []).map(toLogEntryReport),
    steps: steps.toReport(),
  };
}

function nameRule(quorum: Quorum, { label, place, isNamed }: SignerMatcher): string {
  return isNamed ? `${quorum.place}: ${label}` : place;
}

function toSignerReport({ signer, publicKey, certificate }: Proof): SignerReport {
  const { hint: keyHint } = publicKey;
  if (signer.kind === "key") return { kind: "key", keyHint };
  const { kind, identity, identityKind, issuer } = signer;
  if (certificate === undefined) return { kind, identity, identityKind, issuer, keyHint };
  const github = claimsOf(certificate);
  return {
    kind,
    identity,
    identityKind,
    issuer,
    keyHint,
    certificate: {
      serial: certificate.serial.toString("hex"),
      notBefore: toIso(certificate.notBefore),
      notAfter: toIso(certificate.notAfter),
      sha256: createHash("sha256").update(certificate.der).digest("hex"),
    },
    ...(github === undefined ? {} : { github }),
  };
}

/** Claims that cannot be read are not told; no rule about them is met either. */
function claimsOf(certificate: Certificate): SignerReport["github"] {
  try {
    const { repositoryUri, ...claims } = readWorkflowClaims(certificate);
    const told = { ...(repositoryUri === undefined ? {} : { repository: repositoryUri }), ...claims };
    return Object.keys(told).length === 0 ? undefined : told;
  } catch (thrown) {
    if (thrown instanceof MalformedError) return undefined;
    throw thrown;
  }
}

function toStatementReport({ predicateType, subjects }: NonNullable<Proof["statement"]>): StatementReport {
  return {
    predicateType,
    subjects: subjects.map(({ name, digest }) => ({ name: name ?? null, digest: digest ?? null })),
  };
}

function toTimeReport({ source, name, timeMs }: SigningTime): TimeReport {
  return { source, name, time: toIso(timeMs) };
}

function toLogEntryReport({ log, logIndex, kind, version, checkpoint }: VerifiedLogEntry): LogEntryReport {
  return {
    log,
    logIndex: String(logIndex),
    kind: `${kind} ${version}`,
    checkpoint: checkpoint === undefined ? null : { ...checkpoint, treeSize: String(checkpoint.treeSize) },
  };
}

function toIso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
