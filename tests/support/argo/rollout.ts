import { runAnalysis } from "./analysis-run.ts";
import type { AnalysisRun } from "./analysis-run.ts";
import { rolloutArguments } from "./arguments.ts";
import type { AnalysisStep, AnalysisTemplate, Objects, Phase, Rollout } from "./types.ts";

export interface RolloutOptions {
  readonly templates: readonly AnalysisTemplate[];
  readonly objects: Objects;
  /** The share of the traffic that the canary gets from now on, in per cent. */
  readonly setWeight?: (weight: number) => Promise<void> | void;
  /** Called instead of waiting, with the duration as written, between measurements and for pauses. */
  readonly wait?: (duration: string) => Promise<void> | void;
  /** Stands in for a step's argument, as the server's address in a test. */
  readonly values?: Readonly<Record<string, string>>;
  readonly onAnalysis?: (run: AnalysisRun) => void;
}

export interface RolloutEnd {
  /** Healthy: the canary is the new stable version. Degraded: aborted, the stable version has all traffic again. Paused: a person decides. */
  readonly phase: "Healthy" | "Degraded" | "Paused";
  /** The weights in the order in which they were set. */
  readonly weights: readonly number[];
  readonly analyses: readonly Phase[];
}

/** Walks the canary's steps as the controller does: an analysis that failed or erred aborts, one without result pauses. */
export async function playRollout(rollout: Rollout, options: RolloutOptions): Promise<RolloutEnd> {
  const weights: number[] = [];
  const analyses: Phase[] = [];
  const setWeight = async (weight: number): Promise<void> => {
    weights.push(weight);
    await options.setWeight?.(weight);
  };
  for (const step of rollout.spec.strategy.canary.steps) {
    if (step.setWeight !== undefined) await setWeight(step.setWeight);
    if (step.pause?.duration !== undefined) await options.wait?.(step.pause.duration);
    if (step.analysis === undefined) continue;
    const phase = await analyse(rollout, step.analysis, options);
    analyses.push(phase);
    if (phase === "Inconclusive") return { phase: "Paused", weights, analyses };
    if (phase === "Successful") continue;
    await setWeight(0);
    return { phase: "Degraded", weights, analyses };
  }
  await setWeight(100);
  return { phase: "Healthy", weights, analyses };
}

async function analyse(rollout: Rollout, step: AnalysisStep, options: RolloutOptions): Promise<Phase> {
  const { templates, objects, wait, values = {}, onAnalysis } = options;
  const named = step.templates.map(({ templateName }) => {
    const template = templates.find(({ metadata }) => metadata.name === templateName);
    if (template === undefined) throw new Error(`no AnalysisTemplate ${templateName}`);
    return template;
  });
  const args = rolloutArguments(rollout, step.args ?? []).map(({ name, value = "" }) => ({
    name,
    value: values[name] ?? value,
  }));
  const run = await runAnalysis(named, { args, objects, ...(wait === undefined ? {} : { wait }) });
  onAnalysis?.(run);
  return run.phase;
}
