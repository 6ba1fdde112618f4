export { ERROR_CODES } from "./error-codes.ts";
export type { CodeOf, ErrorCode, ErrorKind } from "./error-codes.ts";
export {
  ConfigError,
  EvaluationError,
  FormatError,
  messageOf,
  PolicyPackError,
  systemCodeOf,
  TransportError,
  TrustError,
  VerificationError,
} from "./errors.ts";
export type { ErrorOptions, ErrorReport } from "./errors.ts";
export { checkDigest, digestFromHex, digestOf, hexOf, isDigest, parseDigest, rawDigest } from "./digest.ts";
export type { Digest } from "./digest.ts";
export { ARCHIVE_LIMITS, LIMITS } from "./limits.ts";
export type { ArchiveLimits } from "./limits.ts";
export { MEDIA_TYPES } from "./media-types.ts";
export { isPredicateType, PREDICATE_TYPE_NAMES, PREDICATE_TYPES, toPredicateType } from "./predicate-types.ts";
export { isJsonObject, parseExactJson, parseJson } from "./json.ts";
export type { JsonObject, JsonOptions, JsonValue } from "./json.ts";
export { quotePath } from "./path.ts";
export { canonicalEntries, isSignaturePath, TOP_NAMES } from "./entries.ts";
export type { PackEntry, SourceFile } from "./entries.ts";
export { encodeTar } from "./tar.ts";
export { decodeTar } from "./untar.ts";
export { COMPANIONS, isCompanionPath, isPackId, PACK_FILES, packIdOf, packLocation, packPaths } from "./layout.ts";
export type { PackLocation, PackPaths } from "./layout.ts";
export { encodeOpaManifest, parseOpaManifest } from "./opa-manifest.ts";
export type { OpaManifest } from "./opa-manifest.ts";
export { encodeManifest, manifestDigest, parseManifest, parseReleaseFields, toManifestDigest } from "./manifest.ts";
export type { PackArtifact, PackFile, PackManifest, StatedRelease } from "./manifest.ts";
export { CAPABILITY_BUILTINS, isSameRequires, PRINT_BUILTIN, toRequires } from "./requires.ts";
export type { PackRequires } from "./requires.ts";
export { isEmergencyFlag, isLifecycle, LIFECYCLES, UNSTATED_LIFECYCLE } from "./contract/release-fields.ts";
export type { Lifecycle, ReleaseFields } from "./contract/release-fields.ts";
export { policyDigestOf } from "./contract/policy-digest.ts";
export { contractOfPack, inputSchemaOf, readInputSchemas, toContract } from "./contract/contract.ts";
export type { ContractKnowledge, PackContract } from "./contract/contract.ts";
export { buildCommand, releaseCommand, shellWord } from "./contract/finding.ts";
export type { ContractFinding, ContractWords } from "./contract/finding.ts";
export { compareContracts } from "./contract/compare.ts";
export { mergeData } from "./data.ts";
export { exactJsonOf } from "./exact-json.ts";
export { encodeOpaBundle, isPolicyPath } from "./opa-bundle.ts";
export { readPackUnsafe } from "./contents.ts";
export type { PackContents } from "./contents.ts";
export { canonicalJson } from "./canonical-json.ts";
export { STATEMENT_TYPE, toStatement } from "./statement.ts";
export type { StatementContent, StatementSubject } from "./statement.ts";
