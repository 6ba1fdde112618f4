import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { AnalysisTemplate, ConfigMap, Manifest, Rollout } from "./types.ts";

/** The folder of the evidence gate's manifests. */
export const MANIFESTS = join(import.meta.dirname, "../../../server/k8s/production");

/** Every document of every YAML file of a folder, in the files' order. A duplicate key or a YAML warning is an error. */
export function readManifests(folder: string = MANIFESTS): readonly { file: string; manifest: Manifest }[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return files.sort().flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), "utf8")).map((document) => {
      const [problem] = [...document.errors, ...document.warnings];
      if (problem !== undefined) throw problem;
      return { file, manifest: document.toJS() as Manifest };
    }),
  );
}

function find(kind: string, name: string): Manifest {
  const found = readManifests().find(({ manifest }) => manifest.kind === kind && manifest.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name} in ${MANIFESTS}`);
  return found.manifest;
}

export const readTemplate = (name: string): AnalysisTemplate => find("AnalysisTemplate", name) as AnalysisTemplate;
export const readRollout = (name: string): Rollout => find("Rollout", name) as Rollout;
export const readConfigMap = (name: string): ConfigMap => find("ConfigMap", name) as ConfigMap;
