import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

// What callers handle besides: one import is enough for a service.
export {
  ConfigError,
  EvaluationError,
  FormatError,
  PolicyPackError,
  TransportError,
  TrustError,
  VerificationError,
} from "@policy-pack/pack";
export type { ErrorCode } from "@policy-pack/pack";
export type { Decision, DecisionRecorder, PoolOptions } from "@policy-pack/evaluate";
export { parseTrustedRoot } from "@policy-pack/verify";
export type {
  AssessedPack,
  BundleSource,
  SeenVersions,
  Signer,
  SignerRule,
  TrustedRoot,
  TrustedRootSource,
  VerificationPolicy,
  VerificationReport,
} from "@policy-pack/verify";
export { writeContents, writeTempContents } from "./contents.ts";
export { fetchAttestation, fetchPack } from "./fetch.ts";
export type { FetchedPack } from "./fetch.ts";
export { DEFAULTS } from "./limits.ts";
export type { FetchLimits, FetchTimeouts } from "./limits.ts";
export {
  fetchAndVerify,
  fetchAssessedPack,
  fetchVerifiedPack,
  loadUnpackedPolicy,
  loadVerifiedPolicy,
} from "./load.ts";
export type { LoadedDecision } from "./decider.ts";
export type {
  FolderOptions,
  LoadedPolicy,
  LoadOptions,
  PooledLoadOptions,
  PooledPolicy,
  UnpackedPolicy,
  UnpackedPooledPolicy,
  VerifiedFetchOptions,
} from "./load.ts";
export type { FetchOptions } from "./options.ts";

/** The command runs only when the process was started with this very file: `node dist/index.js URL …`. */
if (process.argv[1] !== undefined && isThisFile(process.argv[1])) void runCommand();

async function runCommand(): Promise<void> {
  const { main } = await import("./command.ts");
  process.exitCode = await main(process.argv.slice(2), process);
}

/** The name counts too: a bundler gives its whole output this module's `import.meta.url`. */
function isThisFile(path: string): boolean {
  try {
    const file = realpathSync(path);
    return /[\\/]cos-policy-fetcher[\\/]dist[\\/]index\.js$/.test(file) && file === fileURLToPath(import.meta.url);
  } catch {
    return false;
  }
}
