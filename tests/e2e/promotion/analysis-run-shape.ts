import type { AnalysisTemplate } from "../../support/argo/types.ts";

/** The AnalysisRun that the controller makes of several templates: all metrics, and each argument once. */
export function runAnalysisShape(templates: readonly AnalysisTemplate[]): unknown {
  const args = new Map(templates.flatMap(({ spec }) => spec.args.map((argument) => [argument.name, argument])));
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AnalysisRun",
    metadata: { name: "graph-api-1", namespace: "production" },
    spec: { args: [...args.values()], metrics: templates.flatMap(({ spec }) => spec.metrics) },
  };
}
