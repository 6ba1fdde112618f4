const KIB = 1024;
const MIB = 1024 * KIB;

/** Caps on what the command reads, in bytes where they are not counts, and its waits. */
export const CLI_LIMITS = Object.freeze({
  /** A file to verify that is held in memory; of a larger one only the digest is. */
  maxHeldArtifactBytes: 16 * MIB,
  /** What Ed25519 signs and verifies has to be in memory whole. */
  maxArtifactBytes: 512 * MIB,
  /** Minutes of hashing; ends the reading of a device that has no end. */
  maxHashedArtifactBytes: 64 * KIB * MIB,
  /** A public key in PEM is below 2 KiB for every key type there is. */
  maxKeyBytes: 64 * KIB,
  /** Characters of a password that is typed: more is a key held down. */
  maxPasswordLength: 1024,
  /** An input document; a decision over more than this belongs in a service. */
  maxInputBytes: 16 * MIB,
  /** Documents that stand in place of a pack's: as much as a pack may hold of them. */
  maxDataBytes: 64 * MIB,
  /** As many as packages/verify takes: each costs several signature checks. */
  maxBundles: 100,
  /** All bundles of one verification together: a hundred with large predicates, and still little memory. */
  maxBundlesBytes: 16 * MIB,
  /** Names looked at in a folder of bundles; a folder with more holds something else. */
  maxFolderNames: 10_000,
  /** The versions seen of two documents, with room to be read by people. */
  maxStateBytes: 4 * KIB,
  /** One file of a TUF repository: Sigstore's largest is 30 KiB. */
  maxTufFileBytes: 4 * MIB,
  /** Metadata files of one TUF cache: four roles and a few delegations. */
  maxTufFiles: 64,
  /** A refresh as a whole, so that a server that drips a byte now and then cannot hold it. */
  tufTimeoutMs: 60_000,
  /** A verdict has a few KiB; one with hundreds of findings stays below. */
  maxReadinessBytes: 4 * MIB,
  /** A server that asks Prometheus first takes some seconds. */
  readinessTimeoutMs: 30_000,
  /** A bearer token; servers read 8 KiB of one. */
  maxTokenBytes: 16 * KIB,
  /** Writing takes milliseconds; who holds a lock for longer is gone. */
  lockWaitMs: 5_000,
  lockPollMs: 20,
  /** As much evidence as a server takes. */
  maxEvidenceBytes: 2 * MIB,
  /** What a server answers to evidence: its id and a line or two. */
  maxReceiptBytes: 64 * KIB,
  /** Evidence is kept in milliseconds; a server that is restarted is back by then. */
  evidenceTimeoutMs: 30_000,
});
