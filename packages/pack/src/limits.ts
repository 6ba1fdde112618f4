const KIB = 1024;
const MIB = 1024 * KIB;

/** What one archive may hold; the caps are checked before anything is read out of it. */
export interface ArchiveLimits {
  readonly maxPackBytes: number;
  /** Entries, folders counted. */
  readonly maxFiles: number;
  readonly maxFileBytes: number;
  /** UTF-8 bytes of one stored name, with `./` and a folder's trailing `/`. */
  readonly maxNameBytes: number;
}

/** Every size cap of the format, each with its reason. A caller may lower the archive caps, and raise them knowingly. */
export const LIMITS = Object.freeze({
  /** Packs are held in memory whole; the largest real policy bundles are a few MiB. */
  maxPackBytes: 64 * MIB,
  /** Far above a large policy repository, low enough that names alone cost little memory. */
  maxFiles: 10_000,
  /** Half a pack: one data document may dominate, but not fill it. */
  maxFileBytes: 32 * MIB,
  /** What file systems take as one name; ustar itself ends at 256. */
  maxNameBytes: 255,
  /** A Sigstore bundle is 4 to 20 KiB; a DSSE payload with a large predicate still fits. */
  maxBundleBytes: 1 * MIB,
  /** In base64, with a certificate, a log entry and timestamps beside it, a statement stays within a bundle's cap. */
  maxStatementBytes: 720 * KIB,
  /** `manifest.json` lists each file with its digest: about 200 bytes for each of 10 000. */
  maxManifestBytes: 4 * MIB,
  /** Emergency paths of one policy: each is an exception that people have to know by name. */
  maxEmergencyFlags: 32,
  /** Characters of the name of one. */
  maxEmergencyFlagLength: 64,
  /** An input schema: the largest that people write is some hundred KiB. */
  maxSchemaBytes: 1 * MIB,
  /** Places compared between two input schemas: real ones have hundreds; references can make a small one endless. */
  maxSchemaSteps: 100_000,
  /** The public-good trusted root is 7 KiB; private ones with long key histories stay far below. */
  maxTrustedRootBytes: 1 * MIB,
  /** A list of signers; larger ones are a mistake. */
  maxPolicyBytes: 256 * KIB,
  /** Deeper documents serve no policy, and recursive readers need a floor to stand on. */
  maxJsonDepth: 64,
} as const);

/** The archive caps used when a caller names none. */
export const ARCHIVE_LIMITS: ArchiveLimits = Object.freeze({
  maxPackBytes: LIMITS.maxPackBytes,
  maxFiles: LIMITS.maxFiles,
  maxFileBytes: LIMITS.maxFileBytes,
  maxNameBytes: LIMITS.maxNameBytes,
});
