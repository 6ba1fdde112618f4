export { claimedDigestUnsafe, parseBundle } from "./bundle.ts";
export type {
  BundleContent,
  BundleLogEntry,
  BundleVersion,
  InclusionProof,
  SigningMaterial,
  SigstoreBundle,
} from "./bundle.ts";
export { parseTrustedRoot } from "./trusted-root.ts";
export type { CertificateAuthority, LogAuthority, TrustedRoot } from "./trusted-root.ts";
export { parsePublicKey } from "./public-key.ts";
export type { KeyKind, PublicKey } from "./public-key.ts";
export type { Artifact } from "./signed-content.ts";
export type { Statement, Subject } from "./statement.ts";
export type { VerifiedLogEntry } from "./log-entries.ts";
export type { SigningTime } from "./timestamps.ts";
export type { IdentityKind } from "./signer-identity.ts";
export type { Window } from "./window.ts";
export type { Certificate } from "./certificate.ts";
export { verifyBundle } from "./verify-bundle.ts";
export type { Signer, VerifiedBundle, VerifyBundleOptions } from "./verify-bundle.ts";
export { parseVerificationPolicy, toVerificationPolicy } from "./verification-policy.ts";
export type { SignerFlags, SignerRule, VerificationPolicy } from "./verification-policy.ts";
export { checkSigner } from "./signer-rules.ts";
export { verifyArtifact } from "./verify-artifact.ts";
export type { VerifyArtifactOptions } from "./verify-artifact.ts";
export { VERIFY_LIMITS } from "./limits.ts";
export { extractPack, VerifiedPack, verifyPack } from "./verify-pack.ts";
export type { VerifyPackOptions } from "./verify-pack.ts";
