import { isJsonObject, isPredicateType } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { object, optional, text } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { malformed } from "../encoding/malformed.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { line, withoutNull } from "./exact-fields.ts";
import { valueAt } from "./json-pointer.ts";

/** Where the artifact must have been built, and from what. Each is compared whole; at least one is named. */
export interface ProvenanceRequirement {
  /** The repository's URL: `https://github.com/octo/pack`. */
  readonly sourceRepository?: string;
  /** The ref in full: `refs/heads/main`, `refs/tags/v1`. */
  readonly sourceRef?: string;
  /** `runDetails.builder.id`; on GitHub the workflow that built, with its ref. Read for every build type. */
  readonly builderId?: string;
  /** The path of the workflow that was started: `.github/workflows/release.yml`. A local build has none. */
  readonly workflow?: string;
}

export const GITHUB_BUILD_TYPE = "https://actions.github.io/buildtypes/workflow/v1";
export const LOCAL_BUILD_TYPE = "urn:policy-pack:build:local:v1";

const UNKNOWN_SOURCE = Object.freeze({ sourceRepository: undefined, sourceRef: undefined });
/** SPDX download location of a git checkout: `git+https://host/path@refs/…`. */
const GIT_URI = /^git\+([^@]+)@(refs\/.+)$/;
/** SHA-1 or SHA-256 object names. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

const uri: Field<string> = (value) => {
  const said = text(value);
  return isPredicateType(said) ? said : malformed("must be a URI in full, as https://github.com/octo/pack is");
};

const ref: Field<string> = (value) => {
  const said = line(VERIFY_LIMITS.maxReferenceLength)(value);
  return said.startsWith("refs/") ? said : malformed("must be a ref in full, as refs/heads/main is");
};

const fields = withoutNull(
  object({
    sourceRepository: optional(uri),
    sourceRef: optional(ref),
    builderId: optional(uri),
    workflow: optional(line(VERIFY_LIMITS.maxReferenceLength)),
  }),
);

/** What a policy demands of SLSA provenance; an empty demand is refused. */
export const provenanceRequirement: Field<ProvenanceRequirement> = (value) => {
  const wanted = Object.entries(fields(value)).filter(([, demand]) => demand !== undefined);
  return wanted.length > 0 ? Object.fromEntries(wanted) : malformed("demands nothing");
};

/** What a provenance says of its build; undefined where it does not say it, or not in one voice. */
type Build = Readonly<Record<keyof ProvenanceRequirement, string | undefined>>;

const NAMES: Readonly<Record<keyof ProvenanceRequirement, string>> = Object.freeze({
  sourceRepository: "source repository",
  sourceRef: "source ref",
  builderId: "builder",
  workflow: "workflow",
});

/**
 * Says which part of the requirement the SLSA provenance v1 predicate does not meet; undefined when it meets all. Source and
 * workflow are known for GitHub's build type and for policy-pack's local builds: of any other build type they are not met,
 * since its parameters may mean anything. That the builder says the truth is what its signature vouches for.
 */
export function unmetByProvenance(required: ProvenanceRequirement, predicate: JsonObject): string | undefined {
  const build = readBuild(predicate);
  for (const name of Object.keys(NAMES) as (keyof ProvenanceRequirement)[]) {
    const wanted = required[name];
    if (wanted === undefined || build[name] === wanted) continue;
    const said = build[name] === undefined ? "is not proven" : `is ${JSON.stringify(build[name].slice(0, 200))}`;
    return `the provenance's ${NAMES[name]} ${said}; the policy demands ${JSON.stringify(wanted)}`;
  }
  return undefined;
}

function readBuild(predicate: JsonObject): Build {
  const builderId = textAt(predicate, "/runDetails/builder/id");
  const buildType = textAt(predicate, "/buildDefinition/buildType");
  if (buildType === GITHUB_BUILD_TYPE) return { builderId, ...readGitHubSource(predicate) };
  if (buildType === LOCAL_BUILD_TYPE) return { builderId, ...readLocalSource(predicate), workflow: undefined };
  return { builderId, sourceRepository: undefined, sourceRef: undefined, workflow: undefined };
}

/** The parameter that names the source counts only when the commit that was checked out of it stands among the materials. */
function readGitHubSource(predicate: JsonObject): Omit<Build, "builderId"> {
  const parameter = "/buildDefinition/externalParameters/workflow";
  const workflow = textAt(predicate, `${parameter}/path`);
  const repository = textAt(predicate, `${parameter}/repository`);
  const sourceRef = textAt(predicate, `${parameter}/ref`);
  const materials = dependenciesOf(predicate).filter(
    (material) => textAt(material, "/uri") === `git+${repository}@${sourceRef}`,
  );
  const isResolved = repository !== undefined && sourceRef !== undefined && isOneCommit(materials);
  return { workflow, ...(isResolved ? { sourceRepository: repository, sourceRef } : UNKNOWN_SOURCE) };
}

/** A local build has no parameter for its source: the one material from git is where it was checked out from. */
function readLocalSource(predicate: JsonObject): Pick<Build, "sourceRepository" | "sourceRef"> {
  const materials = dependenciesOf(predicate).filter((material) => textAt(material, "/uri")?.startsWith("git+"));
  const [, sourceRepository, sourceRef] = GIT_URI.exec(textAt(materials, "/0/uri") ?? "") ?? [];
  return isOneCommit(materials) ? { sourceRepository, sourceRef } : UNKNOWN_SOURCE;
}

function isOneCommit(materials: readonly JsonObject[]): boolean {
  return materials.length === 1 && COMMIT.test(textAt(materials, "/0/digest/gitCommit") ?? "");
}

function dependenciesOf(predicate: JsonObject): readonly JsonObject[] {
  const found = valueAt(predicate, "/buildDefinition/resolvedDependencies");
  return Array.isArray(found) ? (found as readonly JsonValue[]).filter(isJsonObject) : [];
}

function textAt(document: JsonValue, pointer: string): string | undefined {
  const value = valueAt(document, pointer);
  return typeof value === "string" && value !== "" ? value : undefined;
}
