const MIB = 1024 * 1024;

/** Every cap of a simulation, each with its reason. */
export const SIMULATE_LIMITS = Object.freeze({
  /** A hundred thousand decisions of ten entrypoints take a megabyte. */
  maxBaselineBytes: 16 * MIB,
  /** A budget, a migration note or the rules of outcomes: lists that a person wrote. */
  maxNoteBytes: 256 * 1024,
  /** One file of recorded cases, each with an input that a person can read. */
  maxCasesBytes: 4 * MIB,
  /** Cases of one file. */
  maxCases: 10_000,
  /** A schema written by a person has a hundredth of it. */
  maxSchemaBytes: MIB,
  /** All Rego of a pack; the largest public policy libraries have a quarter of it. */
  maxRegoBytes: 8 * MIB,
  /** Schemas and subschemas of one package after `$ref` and `allOf` are followed. */
  maxSchemaNodes: 10_000,
  /** Values in one drawn input; a schema that demands more is refused. */
  maxInputValues: 10_000,
  /** Inputs of one package in one run: an hour of deciding. */
  maxIterations: 10_000_000,
  /** Boundary values of one package, of numbers and of texts; of more, every n-th is taken. */
  maxBoundaries: 1_000,
  /** Fields of one input that are led over the boundaries one by one, in the schema's order. */
  maxSites: 200,
  /** A longer text is no boundary that an input meets. */
  maxBoundaryLength: 256,
  /** Members of one group's reason that its name spells out. */
  maxReasonCodes: 8,
  /** Groups whose example is shrunk: more than anybody reads. */
  maxShrunkGroups: 200,
  /** Decisions to shrink one example; a second's work. */
  maxShrinkAttempts: 3_000,
  /** Bytes written and compared to shrink one example, so that a huge input does not hold up the report. */
  maxShrinkBytes: 32 * MIB,
  /** Failed cases and undecided targets that a diff lists. */
  maxListed: 1_000,
  /** A comment of GitHub holds 65 536 characters. */
  maxMarkdownBytes: 60_000,
  /** A page that a browser opens at once; further examples are left out, and it is said. */
  maxPageBytes: 8 * MIB,
} as const);
