const MIB = 1024 * 1024;

/** Caps on what `diff` and `simulate` read, in bytes where they are not counts. */
export const SIMULATION_LIMITS = Object.freeze({
  /** One decision log, unpacked: hundreds of thousands of usual records, and all of them are held in memory. */
  maxLogBytes: 256 * MIB,
  /** One record. OPA's services cap what they send at 32 KiB; a console log may hold more. */
  maxRecordBytes: 4 * MIB,
  /** Inputs of cases and logs together, each decided twice at each entrypoint: more belong in several runs. */
  maxInputs: 250_000,
  /** One file of recorded cases, which people write and read. */
  maxCasesBytes: 4 * MIB,
  /** Random inputs of one run. */
  maxIterations: 1_000_000,
  /** A baseline holds one character or two for each input and entrypoint. */
  maxBaselineBytes: 16 * MIB,
  /** A budget is one number. */
  maxBudgetBytes: 64 * 1024,
} as const);
