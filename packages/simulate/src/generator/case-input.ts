import type { JsonValue } from "@policy-pack/pack";

/** Where an input comes from: a recorded case, a decision log, or the generator. */
export type InputOrigin = "case" | "log" | "random";

/** One input to decide. */
export interface CaseInput {
  /** Names the input in reports: the case's name, the log's decision id, `random:<package>:<number>`. */
  readonly id: string;
  /** The package's path, such as `cos/budget`. */
  readonly package: string;
  readonly input: JsonValue;
  readonly origin: InputOrigin;
  /** Only this one is asked, else every entrypoint of the package. */
  readonly entrypoint?: string;
  /** What the entrypoint answers, where somebody wrote it down. */
  readonly expected?: JsonValue;
  /** Nanoseconds since 1970 that `time.now_ns` answers for this input; `SIMULATION_TIME_NS` unless said. */
  readonly timeNs?: bigint;
}
