const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1_000;

/** Every cap and time of the server, each with its reason. */
export const LIMITS = Object.freeze({
  /** Real packs are 0.1 to 1 MiB and go out 1.4 to 1.8 times faster from memory; above this the memory is worth more. */
  maxMemoryPackBytes: 8 * MIB,
  /** All packs in memory together; the one unused for longest leaves first. */
  maxMemoryBytes: 64 * MIB,
  /** Packs kept ready at once, large ones with an open descriptor among them. */
  maxReadyPacks: 256,
  /** Large packs are read in pieces of this size; smaller ones cost a system call and a wake-up more often. */
  pieceBytes: 256 * KIB,
  /** All pieces that answers from one large pack hold, whose readers may be slow on purpose; shared evenly down to the next. */
  maxPieceMemoryBytes: 64 * MIB,
  minPieceBytes: 16 * KIB,
  /** Clients and proxies cap a header between 8 and 16 KiB, and the other headers need room too. */
  maxInlineBundleBytes: 12 * KIB,
  /** A file system's clock moves in ticks of up to 10 ms; a file older than two ticks cannot change unseen. */
  settleMs: 20,
  /** How often a file that changes while it is read is read again before the request fails. */
  maxReads: 5,
  /** Headers of a request, request line included. */
  maxHeaderBytes: 16 * KIB,
  /** A client that takes longer to send its headers is gone or hostile. */
  headersTimeoutMs: 10 * SECOND,
  /** Evidence, the one body that is read, has a few KiB: all of a request has the time of its headers and a little more. */
  requestTimeoutMs: 15 * SECOND,
  /** A connection on which nothing moves, in either direction; longer than a development build. */
  idleTimeoutMs: 120 * SECOND,
  /** Above the 60 s after which common load balancers drop an idle connection, so that they do it first. */
  keepAliveTimeoutMs: 72 * SECOND,
  /** About 20 KiB each at rest. */
  maxConnections: 10_000,
  /** What answers in flight get after SIGTERM; orchestrators kill after 30 s. */
  drainTimeoutMs: 25 * SECOND,
  /** How soon after its last answer a connection is closed while the server drains. */
  sweepMs: 50,
  /** A development build or signature. */
  buildTimeoutMs: 100 * SECOND,
  /** What is kept of a build's output for the log: its end, where the error stands. */
  maxOutputBytes: 8 * KIB,
} as const);
