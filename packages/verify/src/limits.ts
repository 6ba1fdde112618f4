/** How many of each thing a bundle may carry. Each costs signature checks, so a bundle must not choose the number. */
export const VERIFY_LIMITS = Object.freeze({
  /** Real bundles have one or two; public clients stop at 32 as well. */
  maxLogEntries: 32,
  maxTimestamps: 32,
  /** A certificate path has two or three links. */
  maxCertificates: 8,
  /** A Merkle path is as long as the tree is deep; a tree of 2^63 leaves needs no more. */
  maxProofHashes: 64,
  /** Keys and authorities in a trusted root, by kind. */
  maxAuthorities: 256,
  /** A log's own line and its witnesses'. */
  maxCheckpointSignatures: 32,
  maxScts: 16,
  /** Subjects of one statement. */
  maxSubjects: 10_000,
  /** Characters of one pattern of a policy. */
  maxPatternLength: 1000,
  /** A pattern's counts written out. This many states at each character of a text cost milliseconds at the most. */
  maxPatternStates: 2000,
  /** Identities and references have some hundred characters; a longer text is not matched with a pattern at all. */
  maxMatchedText: 4096,
} as const);
