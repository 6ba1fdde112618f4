export { claimedDigestUnsafe, parseBundle } from "./bundle/bundle.ts";
export type {
  BundleContent,
  BundleLogEntry,
  BundleVersion,
  InclusionProof,
  SigningMaterial,
  SigstoreBundle,
} from "./bundle/bundle.ts";
export { parseTrustedRoot } from "./trusted-root.ts";
export type { CertificateAuthority, LogAuthority, TrustedRoot } from "./trusted-root.ts";
export { parsePublicKey } from "./keys/public-key.ts";
export type { KeyKind, PublicKey } from "./keys/public-key.ts";
export type { Artifact } from "./bundle/signed-content.ts";
export type { Statement, Subject } from "./bundle/statement.ts";
export type { VerifiedLogEntry } from "./log/log-entries.ts";
export type { SigningTime } from "./time/timestamps.ts";
export type { IdentityKind } from "./certificates/signer-identity.ts";
export type { Window } from "./time/window.ts";
export type { Certificate } from "./certificates/certificate.ts";
export { verifyBundle } from "./verify-bundle.ts";
export type { Signer, VerifiedBundle, VerifyBundleOptions } from "./verify-bundle.ts";
export { parseVerificationPolicy } from "./policy/verification-policy.ts";
export { lintVerificationPolicy } from "./policy/policy-lint.ts";
export type { PolicyLint } from "./policy/policy-lint.ts";
export { toVerificationPolicy } from "./policy/policy-flags.ts";
export type { SignerFlags } from "./policy/policy-flags.ts";
export type {
  AttestationRule,
  GitHubClaims,
  GitHubRule,
  IdentityRule,
  KeyRule,
  RolePolicy,
  SignerRule,
  TrustedRootDocument,
  VerificationPolicy,
} from "./policy/verification-policy.ts";
export type {
  BundleSource,
  SeenVersions,
  TrustedRootSource,
  VerifyArtifactOptions,
  VerifyPackOptions,
} from "./verify-options.ts";
export { BUNDLE_STEPS, DEMAND_STEPS } from "./report/verification-report.ts";
export type {
  BundleReport,
  BundleStep,
  DemandStep,
  FailureReport,
  ListReport,
  LogEntryReport,
  RuleReport,
  SignerReport,
  StatementReport,
  StepReport,
  TimeReport,
  VerificationReport,
} from "./report/verification-report.ts";
export { checkDenylist, parseDenylist } from "./policy/denylist.ts";
export type { DeniableFacts, DeniablePrincipal, DeniedThing, Denylist, DenylistEntry } from "./policy/denylist.ts";
export { checkPause, parsePause } from "./policy/pause.ts";
export type { Pause } from "./policy/pause.ts";
export { checkFresh } from "./policy/freshness.ts";
export type { DatedDocument, FreshnessOptions } from "./policy/freshness.ts";
export { unmetConstraint } from "./policy/attestation-rules.ts";
export type { Constraint, Operator } from "./policy/constraints.ts";
export type { DecisionDiffRequirement } from "./policy/decision-diff.ts";
export type { ProvenanceRequirement } from "./policy/provenance.ts";
export { assessArtifact, verifyArtifact } from "./verify-artifact.ts";
export type { VerifiedArtifact } from "./verify-artifact.ts";
export { VERIFY_LIMITS } from "./limits.ts";
export { assessPack, extractPack, VerifiedPack, verifyPack } from "./verify-pack.ts";
export type { AssessedPack } from "./verify-pack.ts";
