import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const WORKFLOWS = ".github/workflows";
export const ACTION = ".github/actions/policy-pack/action.yml";

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly on: unknown;
  readonly permissions?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

export function readWorkflows(): readonly Workflow[] {
  return readdirSync(WORKFLOWS)
    .sort()
    .map((name) => {
      const file = join(WORKFLOWS, name);
      const text = readFileSync(file, "utf8");
      return { ...(parse(text) as Workflow), file: name, text };
    });
}

export function readAction(): Action {
  return parse(readFileSync(ACTION, "utf8")) as Action;
}

/** Every job with its workflow, as "workflow/job". */
export function jobsOf(workflows: readonly Workflow[]): readonly (readonly [string, Job, Workflow])[] {
  return workflows.flatMap((workflow) =>
    Object.entries(workflow.jobs).map(([name, job]) => [`${workflow.name}/${name}`, job, workflow] as const),
  );
}
