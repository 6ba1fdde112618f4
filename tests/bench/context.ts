import type { Fixture } from "./fixture.ts";
import type { Comparison } from "./report.ts";
import type { Tools } from "./tools.ts";

/** What every comparison is given. */
export interface Context {
  readonly fixture: Fixture;
  readonly tools: Tools;
  /** Counted rounds; one more runs before them. */
  readonly rounds: number;
  /** How long one turn of a rate lasts, in milliseconds. */
  readonly turnMs: number;
}

export interface Suite {
  /** What `--only` takes. */
  readonly name: string;
  readonly run: (context: Context) => Promise<readonly Comparison[]>;
}
