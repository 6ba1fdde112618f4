import { ConfigError } from "@policy-pack/pack";
import { MalformedError } from "../encoding/malformed.ts";
import type { AttestationRule } from "./attestation-rules.ts";
import type { CompiledPolicy } from "./compiled-policy.ts";
import type { GitHubClaims, SignerRule } from "./signer-rule.ts";
import { ruleListsOf } from "./rule-lists.ts";
import { readPolicy } from "./verification-policy.ts";
import type { VerificationPolicy } from "./verification-policy.ts";

/** What a reviewer would say of a policy. */
export interface PolicyLint {
  /** Why it cannot be used; it is then refused by every verification too. */
  readonly errors: readonly string[];
  /** JSON Pointer (RFC 6901) of what the first error is about; empty for the document. Absent without an error. */
  readonly pointer?: string;
  /** What it leaves open, or will stop working. */
  readonly warnings: readonly string[];
}

/**
 * Reads a policy as `parseVerificationPolicy` does and says what is wrong or doubtful about it; never throws. Reading ends at
 * the first error, so there is one at most.
 */
export function lintVerificationPolicy(source: unknown): PolicyLint {
  try {
    return { errors: [], warnings: warningsOf(readPolicy(source)) };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return { errors: [thrown.message], pointer: pointerOf(thrown.cause), warnings: [] };
  }
}

function pointerOf(cause: unknown): string {
  const path = cause instanceof MalformedError ? cause.path : [];
  return path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function warningsOf(compiled: CompiledPolicy): readonly string[] {
  const { policy } = compiled;
  return [
    ...ruleListsOf(policy).flatMap(([place, rules]) => [
      ...rules.flatMap((rule, index) => ruleWarnings(`${place}[${index}]`, rule, policy)),
      ...endWarnings(place, rules),
      ...countWarnings(place, rules),
    ]),
    ...thresholdWarnings(compiled),
    ...witnessWarnings(compiled),
    ...contentWarnings(policy),
  ];
}

function ruleWarnings(place: string, rule: SignerRule, policy: VerificationPolicy): readonly string[] {
  const warnings: string[] = [];
  if ("certificateIdentityRegexp" in rule && /\.[*+]/.test(rule.certificateIdentityRegexp)) {
    warnings.push(
      `${place}: ".*" in the identity's pattern takes any text, "/" and "@" too; write [^/]+ or the whole name`,
    );
  }
  if ("certificateOidcIssuerRegexp" in rule) {
    warnings.push(
      `${place}: a pattern of the issuer lets whoever can run such an issuer name the identity; write it whole`,
    );
  }
  if ("github" in rule) warnings.push(...claimWarnings(place, rule.github));
  const isBounded = rule.notBefore !== undefined || rule.notAfter !== undefined;
  const isUnproven = (policy.minimumLogEntries ?? 0) === 0 && (policy.minimumTimestamps ?? 0) === 0;
  if ("publicKey" in rule && isBounded && isUnproven) {
    warnings.push(
      `${place}: its window needs a proven time, so a signature without timestamp or log entry never meets it`,
    );
  }
  if ("publicKey" in rule && (rule.notBefore !== undefined || policy.oldestSigningTime !== undefined)) {
    warnings.push(
      `${place}: an old signature of a key can be stamped again, so a time proves "not later", never "not earlier"`,
    );
  }
  return warnings;
}

function claimWarnings(place: string, claims: GitHubClaims): readonly string[] {
  const warnings: string[] = [];
  if (claims.repository !== undefined && claims.repositoryId === undefined && claims.ownerId === undefined) {
    warnings.push(`${place}: a repository's name can be given to another owner later; add ownerId or repositoryId`);
  }
  if (claims.workflow === undefined && claims.buildSigner === undefined) {
    warnings.push(`${place}: every workflow of the repository may sign; name its workflow`);
  }
  if (claims.ref === undefined && claims.environment === undefined) {
    warnings.push(`${place}: every branch and pull request branch may sign; name its ref or environment`);
  }
  if (claims.event === "pull_request_target") {
    warnings.push(`${place}: pull_request_target runs for strangers' pull requests`);
  }
  return warnings;
}

/** After the last window has ended nothing new is accepted: a rotation names the successor before that. */
function endWarnings(place: string, rules: readonly SignerRule[]): readonly string[] {
  return rules.flatMap((rule, index) => {
    const { notAfter } = rule;
    if (notAfter === undefined) return [];
    const end = Date.parse(notAfter);
    const isFollowed = rules.some(
      (other) =>
        other !== rule &&
        other.name === rule.name &&
        (other.notBefore === undefined || Date.parse(other.notBefore) <= end) &&
        (other.notAfter === undefined || Date.parse(other.notAfter) > end),
    );
    return isFollowed
      ? []
      : [`${place}[${index}]: ends at ${notAfter} and no rule of the same name begins before that; name its successor`];
  });
}

/** Two names that the same person can meet make a threshold of two a threshold of one person. */
function countWarnings(place: string, rules: readonly SignerRule[]): readonly string[] {
  const repositories = new Map<string, string>();
  const warnings: string[] = [];
  rules.forEach((rule, index) => {
    const repository = "github" in rule ? rule.github.repository : undefined;
    if (repository === undefined || rule.name === undefined) return;
    const known = repositories.get(repository);
    if (known !== undefined && known !== rule.name) {
      warnings.push(
        `${place}[${index}]: "${known}" and "${rule.name}" are workflows of one repository, whose owner is both`,
      );
    }
    repositories.set(repository, known ?? rule.name);
  });
  return warnings;
}

function thresholdWarnings({ policy, trustedRoots }: CompiledPolicy): readonly string[] {
  const { signers = [], threshold = 1 } = policy;
  const warnings: string[] = [];
  if (trustedRoots !== undefined && trustedRoots.size > 1 && threshold === 1) {
    warnings.push("threshold: with several trusted roots, any one of them alone can vouch; 2 would need both");
  }
  if (threshold > 1 && signers.some((rule) => "certificateIdentityRegexp" in rule)) {
    warnings.push("threshold: one person may hold several identities that a pattern lets in; name identities whole");
  }
  return warnings;
}

function witnessWarnings({ policy, trustedRoots }: CompiledPolicy): readonly string[] {
  const { minimumLogEntries, minimumTimestamps = 0 } = policy;
  const warnings: string[] = [];
  if (minimumLogEntries === 0) {
    warnings.push("minimumLogEntries: 0 accepts signatures that no public log shows; their misuse stays unseen");
  }
  if (minimumTimestamps === 0 && minimumLogEntries === 0) {
    warnings.push("minimumTimestamps: without a log entry a certificate needs a timestamp in any case; write 1");
  }
  const hasSilentLog = [...(trustedRoots?.values() ?? [])].some(({ logs }) =>
    logs.some(({ publicKey, validFor }) => publicKey.kind === "Ed25519" && validFor.end === undefined),
  );
  if (minimumTimestamps === 0 && hasSilentLog) {
    warnings.push("minimumTimestamps: 0, and a log of the trusted root (Rekor v2) proves no time; write 1");
  }
  return warnings;
}

function contentWarnings(policy: VerificationPolicy): readonly string[] {
  const { acceptStatements, attestations = [], packId, minimumRevision } = policy;
  const warnings: string[] = [];
  if (acceptStatements === true) {
    warnings.push('acceptStatements: any signed statement about the artifact counts, "the tests failed" too');
  }
  attestations.forEach((rule, index) => {
    const doubt = attestationDoubt(rule);
    if (doubt !== undefined) warnings.push(`attestations[${index}]: ${doubt}`);
  });
  if (minimumRevision !== undefined && packId === undefined) {
    warnings.push("minimumRevision: revisions are compared within one pack; name its packId");
  }
  return warnings;
}

function attestationDoubt({
  predicateType,
  constraints,
  provenance,
  decisionDiff,
}: AttestationRule): string | undefined {
  if (decisionDiff !== undefined) {
    return decisionDiff.from === undefined
      ? "a diff from any other pack is accepted; name the one in use as from"
      : undefined;
  }
  if (constraints !== undefined || provenance !== undefined) return undefined;
  return `any content of ${predicateType} is accepted; add constraints`;
}
