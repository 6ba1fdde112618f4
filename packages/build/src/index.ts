export { assemblePack } from "./assemble.ts";
export type { AssembledPack, PackSource } from "./assemble.ts";
export { buildPack } from "./build.ts";
export type { BuildOptions, BuildResult } from "./build.ts";
export { compileRego } from "./compile.ts";
export type { CompiledRego, CompileOptions, RegoSource } from "./compile.ts";
export { NODE_FILE_SYSTEM } from "./file-system.ts";
export type { FileSystem } from "./file-system.ts";
export { opaMessage, runOpa } from "./opa-run.ts";
export type { OpaOutput, OpaRun } from "./opa-run.ts";
export { findOpa, OPA_VERSION, openOpa } from "./opa-tool.ts";
export type { OpaSearch, OpaTool } from "./opa-tool.ts";
export { readRelease, readSource, readStatedPrint } from "./source.ts";
export { createSteps } from "./steps.ts";
export type { BuildStep, Steps, StepTime } from "./steps.ts";
export { answerText, isSameAnswer } from "./parity/answer.ts";
export type { Answer } from "./parity/answer.ts";
export { differenceTexts, requireParity } from "./parity/require-parity.ts";
export { isParity, PARITY_DEFAULTS } from "./parity/parity.ts";
export type { EntrypointParity, ParityDraw, ParityOptions, ParityReport } from "./parity/parity.ts";
export type { ParityDifference } from "./parity/differences.ts";
export type { NotCompared } from "./parity/questions.ts";
export type { TestDifference } from "./parity/test-outcomes.ts";
export { toParityField } from "./attestations/parity-result.ts";
export { readRecordedCases } from "./recorded-cases.ts";
export { checkRequires, readRequires } from "./requires.ts";
export { makeFolder } from "./make-folder.ts";
export { writePack } from "./write.ts";
export type { OutputFile } from "./write.ts";
export { initPack } from "./init.ts";
export { scaffoldQuestion } from "./scaffold.ts";
export type { TestReport } from "./test-report.ts";
export { TOOLKIT_VERSION } from "./toolkit.ts";
export { toBillOfMaterials } from "./attestations/cyclonedx.ts";
export type { BillOfMaterials } from "./attestations/cyclonedx.ts";
export { readGitHubRun } from "./attestations/github-run.ts";
export type { GitHubRun } from "./attestations/github-run.ts";
export { readGitState } from "./attestations/git-state.ts";
export type { GitState } from "./attestations/git-state.ts";
export { readInstalledPackages } from "./attestations/installed-packages.ts";
export type { InstalledPackage } from "./attestations/installed-packages.ts";
export { packPurl } from "./attestations/materials.ts";
export type { BuildFacts, Materials, UsedTool } from "./attestations/materials.ts";
export {
  GITHUB_BUILD_TYPE,
  githubProvenance,
  LOCAL_BUILD_TYPE,
  LOCAL_BUILDER_ID,
  localProvenance,
} from "./attestations/provenance.ts";
export type { LocalRun } from "./attestations/provenance.ts";
export {
  checkRecordedVersions,
  differencesOf,
  filesOf,
  readRecordedManifest,
  rebuildPack,
} from "./attestations/rebuild.ts";
export type { Difference, Rebuilt, RebuildOptions } from "./attestations/rebuild.ts";
export { REBUILD_LEVEL, REBUILD_POLICY, toRebuildSummary } from "./attestations/rebuild-summary.ts";
export { toRelease } from "./attestations/release.ts";
export type { ReleasedPack } from "./attestations/release.ts";
export { fileListing, sourceDigest } from "./attestations/source-digest.ts";
export { testResult, toTestResult } from "./attestations/test-result.ts";
export type { TestRun } from "./attestations/test-result.ts";
export { readProgramDigest, readToolDigest } from "./attestations/tool-digest.ts";
export { toVerificationSummary } from "./attestations/verification-summary.ts";
export type { Failed, InputDocument, Passed, VerificationSummary } from "./attestations/verification-summary.ts";
export { isContractFile, readBaseContract } from "./release/base-contract.ts";
export type { BaseOptions } from "./release/base-contract.ts";
export {
  findCommit,
  findMaker,
  isInGit,
  readCommitFiles,
  readStagedFiles,
  resolveCommit,
} from "./release/git-files.ts";
export { checkGitPlace } from "./release/git-place.ts";
export type { GitFolder } from "./release/git-files.ts";
export { releasePack } from "./release/release.ts";
export type { ReleaseOptions, ReleaseResult } from "./release/release.ts";
