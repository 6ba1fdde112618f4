/** How many of each thing a bundle may carry. Each costs signature checks, so a bundle must not choose the number. */
export const VERIFY_LIMITS = Object.freeze({
  /** Real bundles have one or two; public clients stop at 32 as well. */
  maxLogEntries: 32,
  maxTimestamps: 32,
  /** Signatures and attestations of one artifact: dozens where many sign, never more than the signers that a rule may name. */
  maxBundles: 100,
  /** All of them together, in bytes. */
  maxBundleBytesTotal: 16 * 1024 * 1024,
  /** Beyond it an artifact is hashed once, whoever signed it; below, hashing again is quicker than checking a digest. */
  maxRehashedBytes: 1024 * 1024,
  /** Trusted roots of one policy; each bundle is tried under each. */
  maxTrustedRoots: 16,
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
  /** Of an identity, issuer or claim that a policy names; in real certificates they stay below 300. */
  maxIdentityLength: 2048,
  /** Characters of one pattern of a policy. */
  maxPatternLength: 1000,
  /** A pattern's counts written out. This many states over the longest text cost a fraction of a second. */
  maxPatternStates: 2000,
  /** Identities and references have some hundred characters; a longer text is not matched with a pattern at all. */
  maxMatchedText: 4096,
  /** Of a JSON Pointer; predicates are at most 64 levels deep. */
  maxPointerLength: 1000,
  /** Attestations that one policy demands, signers that one rule names, constraints on one predicate, and values that one constraint lists. */
  maxAttestationRules: 50,
  maxSignerRules: 100,
  maxConstraints: 100,
  maxConstraintValues: 1000,
  /** Ways in which decisions differ between two packs: people read each, and name those that they accept. */
  maxDiffGroups: 1000,
  /** What fits into a bundle of 1 MiB at about 100 bytes an entry; each is compared with every signer. */
  maxDenylistEntries: 10_000,
  maxPausedPacks: 1000,
  /** A reason is shown on one line of a terminal or a log. */
  maxReasonLength: 1000,
  /** A git ref or the path of a workflow; file systems stop below. */
  maxReferenceLength: 4096,
} as const);
