const MIB = 1024 * 1024;

/** Caps on what the command reads, in bytes. */
export const CLI_LIMITS = Object.freeze({
  /** A file to sign or verify is held in memory once; a larger one is verified by its digest. */
  maxArtifactBytes: 512 * MIB,
  /** A public key in PEM is below 2 KiB for every key type there is. */
  maxKeyBytes: 64 * 1024,
  /** An input document; a decision over more than this belongs in a service. */
  maxInputBytes: 16 * MIB,
});
