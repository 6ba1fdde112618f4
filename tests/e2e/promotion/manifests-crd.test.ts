import { describe, expect, it } from "@jest/globals";
import { crdValidator } from "../../support/argo/crd-schema.ts";
import { readManifests, readRollout, readTemplate } from "../../support/argo/manifests.ts";
import { runAnalysisShape } from "./analysis-run-shape.ts";

const folder = process.env["ARGO_ROLLOUTS_CRDS"];

if (folder === undefined || folder === "") {
  describe("the Argo Rollouts manifests [needs Argo Rollouts CRDs]", () => {
    it.skip("are valid by the CRDs: set ARGO_ROLLOUTS_CRDS to the CRDs' folder", () => undefined);
  });
} else {
  describe("the Argo Rollouts manifests", () => {
    const validators = {
      AnalysisTemplate: crdValidator(folder, "analysis-template-crd.yaml"),
      AnalysisRun: crdValidator(folder, "analysis-run-crd.yaml"),
      Rollout: crdValidator(folder, "rollout-crd.yaml"),
    };
    const custom = readManifests().filter(({ manifest }) => manifest.apiVersion.startsWith("argoproj.io/"));

    it("are a rollout and two analysis templates", () => {
      const names = custom.map(({ manifest }) => `${manifest.kind} ${manifest.metadata.name}`).sort();
      expect(names).toEqual([
        "AnalysisTemplate at-evidence-gql-job",
        "AnalysisTemplate at-evidence-gql-web",
        "Rollout graph-api",
      ]);
    });

    it.each(custom)("$file is valid by its CRD, without a field that the CRD does not know", ({ manifest }) => {
      expect(validators[manifest.kind as keyof typeof validators](manifest)).toEqual([]);
    });

    it("make an AnalysisRun that is valid by its CRD", () => {
      const templates = ["at-evidence-gql-web", "at-evidence-gql-job"].map(readTemplate);
      expect(validators.AnalysisRun(runAnalysisShape(templates))).toEqual([]);
    });

    it.each([
      ["a ConfigMap as the web provider's body", ["provider", "web", "bodyFrom"], { configMapKeyRef: { name: "x" } }],
      ["a header from a Secret", ["provider", "web", "headers", "1", "valueFrom"], { secretKeyRef: { name: "x" } }],
      ["a limit in words", ["failureLimit"], ["none"]],
      ["a time-out in words", ["provider", "web", "timeoutSeconds"], "10s"],
    ])("would not be valid with %s", (_what, path, value) => {
      const changed = changedMetric("at-evidence-gql-web", path, value);
      expect(validators.AnalysisTemplate(changed)).not.toEqual([]);
    });

    it.each([
      ["a misspelt limit of the job", ["provider", "job", "spec", "backOffLimit"], 0],
      ["retries in words", ["provider", "job", "spec", "backoffLimit"], "none"],
    ])("would not be valid with %s", (_what, path, value) => {
      expect(validators.AnalysisTemplate(changedMetric("at-evidence-gql-job", path, value))).not.toEqual([]);
    });

    it("would not be valid with a Secret as the source of a step's argument", () => {
      const rollout = structuredClone(readRollout("graph-api"));
      const args = rollout.spec.strategy.canary.steps.find(({ analysis }) => analysis !== undefined)?.analysis?.args;
      set(args, ["0", "valueFrom"], { secretKeyRef: { name: "mc-api-token", key: "token" } });
      expect(validators.Rollout(rollout)).not.toEqual([]);
    });
  });
}

function changedMetric(name: string, path: readonly string[], value: unknown): unknown {
  const template = structuredClone(readTemplate(name));
  set(template.spec.metrics[0], path, value);
  return template;
}

function set(target: unknown, path: readonly string[], value: unknown): void {
  const [name = "", ...rest] = path;
  const object = target as Record<string, unknown>;
  if (rest.length === 0) object[name] = value;
  else set(object[name], rest, value);
}
