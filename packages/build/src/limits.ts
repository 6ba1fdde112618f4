const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1_000;

/** Every cap and time of a build, each with its reason. What a pack may hold stands with the format. */
export const BUILD_LIMITS = Object.freeze({
  /** Beyond it a policy is stuck in a loop, or a test waits for something. */
  opaTimeoutMs: 120 * SECOND,
  /** `opa version` answers in tens of milliseconds; a cold disk or a loaded machine may take seconds. */
  opaVersionTimeoutMs: 15 * SECOND,
  /** All that one run of OPA prints, reports included: a coverage report is 1 KiB a rule, an inspection less. */
  maxOpaOutputBytes: 32 * MIB,
  /** What is shown of OPA's own words, in characters: the first errors, not a screen full of those that follow. */
  maxOpaMessage: 8_000,
  /** The capabilities are 150 KiB; another version's may be a few times that. */
  maxCapabilitiesBytes: 16 * MIB,
  /** One file of the archive that OPA writes: a module is 0.1 to 1 MiB, and no larger one could be packed. */
  maxOpaFileBytes: 64 * MIB,
  /** Longer than a build takes: processes of a container that shares the folder cannot be seen from here. */
  abandonedAfterMs: 60 * 60 * SECOND,
  /** git answers in milliseconds; a cold disk or a large tree may take seconds. */
  gitTimeoutMs: 30 * SECOND,
  /** The listing of a source's tree: about 100 bytes for each of 10 000 files, in folders that may hold more. */
  maxGitOutputBytes: 16 * MIB,
  /** Years of releases, with room for long messages. */
  maxChangelogBytes: 1 * MIB,
  /** Characters of what a release says of itself: more belongs into a document that it names. */
  maxMessageLength: 4_000,
  /** What policy-pack needs to run is below two hundred packages. */
  maxInstalledPackages: 2_000,
  /** npm's record of an installation is about 500 bytes a package, a workspace's development tools included. */
  maxLockfileBytes: 16 * MIB,
  /** A decision takes far less than a millisecond; a machine that is busy otherwise may hold up its thread. */
  parityDeadlineMs: 5 * SECOND,
  /** While an input is made smaller, most variants of a policy without end take as long as they may. */
  shrinkDeadlineMs: 1 * SECOND,
  /** Rounds of making an input smaller, each of which runs OPA once: 50 ms or so. */
  maxShrinkRounds: 40,
  /** Variants of all inputs for which the module may not answer in time. */
  maxShrinkTimeouts: 10,
  /** Tests that the module may not answer in time; those that come after are not asked. */
  maxTestTimeouts: 2,
  /** Variants of an input that OPA is asked about at once. */
  maxShrinkCandidates: 300,
  /** Bytes written and compared in one round, so that a huge input does not hold up the report. */
  maxShrinkBytes: 8 * MIB,
  /** Entrypoints whose input is made smaller; of more, the shortest as it was drawn. */
  maxShrunkEntrypoints: 4,
  /** Inputs of a package that one process of OPA is asked about: its answers stay far within what it may print. */
  paritySlice: 500,
  /** Memory of the thread that runs a module, beside the module's own. */
  maxAskingMemoryMb: 512,
  /** Characters of an input that differs in an error; the whole one stands in --json. */
  maxShownInput: 4_000,
  /** Tests that differ in an error. */
  maxShownTests: 20,
  /** Recorded cases of all files of a pack. */
  maxCaseFiles: 1_000,
} as const);
