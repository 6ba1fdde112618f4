import type { Fixture } from "./fixture.ts";
import type { Comparison } from "./report.ts";
import type { ToolName, Tools } from "./tools.ts";
import { HOW_TO_GET } from "./tools.ts";

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

/** Why a contender is not there, and how to get it; undefined when nothing is missing. */
export function missing(tools: Tools, ...names: readonly ToolName[]): string | undefined {
  const absent = names.filter((name) => tools[name] === undefined);
  if (absent.length === 0) return undefined;
  return absent.map((name) => `${name === "gnuTar" ? "GNU tar" : name} is not here: ${HOW_TO_GET[name]}`).join("; ");
}
