import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import type { GitHubRun, ParityDraw, Rebuilt } from "@policy-pack/build";
import {
  ConfigError,
  digestOf,
  encodeOpaBundle,
  LIMITS,
  PACK_FILES,
  parseOpaManifest,
  PREDICATE_TYPES,
  VerificationError,
} from "@policy-pack/pack";
import type { StatementSubject } from "@policy-pack/pack";
import { readInputFile } from "../read.ts";
import { readToolkitPackages } from "../toolkit.ts";
import { builderCheck } from "./builder-check.ts";
import { checkArtifact, rebuildPackOf } from "./rebuilding.ts";
import { named, readPackFile, toSubject } from "./request.ts";
import type { Attestation, AttestRequest, ReadPack } from "./request.ts";

type Maker = (request: AttestRequest) => Promise<Attestation>;

/** The types whose predicate policy-pack makes itself, when none is given. */
const MAKERS: ReadonlyMap<string, Maker> = new Map([
  [PREDICATE_TYPES.slsaProvenance, attestProvenance],
  [PREDICATE_TYPES.testResult, attestTests],
  [PREDICATE_TYPES.release, attestRelease],
  [PREDICATE_TYPES.cyclonedx, attestContents],
]);

/** Exit status of a source whose tests fail, as SOURCE_TESTS_FAILED and PARITY_FAILED have it. */
const TESTS_FAILED_EXIT = 2;

/**
 * Makes the statement of a type by looking at the pack, its source and its build.
 * @throws ConfigError CONFIG_INVALID for a type that needs --predicate
 */
export async function attestBuiltin(request: AttestRequest): Promise<Attestation> {
  const make = MAKERS.get(request.predicateType);
  if (make !== undefined) return make(request);
  const own = "slsaprovenance1, test-result, release and cyclonedx";
  throw new ConfigError(
    "CONFIG_INVALID",
    `Give --predicate FILE; policy-pack makes the predicates of ${own} alone, and that of vsa by verify --attest.`,
  );
}

/** Of a build that was just made again, since only then its times, tools and materials are known and not told. */
async function attestProvenance(request: AttestRequest): Promise<Attestation> {
  const { terminal, predicateType } = request;
  const { githubProvenance, localProvenance, readGitHubRun } = await import("@policy-pack/build");
  const run = readGitHubRun(terminal.env);
  const { rebuilt, subjects } = await rebuildSubjects(request);
  if (run !== undefined) {
    const predicate = githubProvenance(rebuilt.facts, run);
    return { content: { subjects, predicateType, predicate }, check: builderCheck(run.builderId) };
  }
  const predicate = localProvenance(rebuilt.facts, {
    invocationId: `urn:uuid:${randomUUID()}`,
    platform: `${process.platform}/${process.arch}`,
    node: process.version,
  });
  return { content: { subjects, predicateType, predicate } };
}

async function attestTests(request: AttestRequest): Promise<Attestation> {
  const { terminal, predicateType } = request;
  const { PARITY_DEFAULTS, readGitHubRun, testResult, toTestResult } = await import("@policy-pack/build");
  const run: GitHubRun | undefined = readGitHubRun(terminal.env);
  const { rebuilt, subjects } = await rebuildSubjects({ ...request, parity: PARITY_DEFAULTS });
  const { facts, files, pack } = rebuilt;
  const { materials, packId } = facts;
  const url = run === undefined ? {} : { url: run.invocationId };
  const { tests, coverage, parity } = pack;
  const predicate = toTestResult({ tests, coverage, parity, materials, files, ...url });
  const source: StatementSubject = { name: `${packId} source`, digest: materials.source };
  const content = { subjects: [...subjects, source], predicateType, predicate };
  return testResult(pack) === "FAILED" ? { content, exitCode: TESTS_FAILED_EXIT } : { content };
}

/** Both artifacts of a pack; the stock OPA bundle must be the one that the tar's own policies and data make. */
async function attestRelease({ terminal, files, predicateType }: AttestRequest): Promise<Attestation> {
  const [file, other, ...more] = files;
  if (more.length > 0) throw new ConfigError("CONFIG_INVALID", "A release is of one tar and one stock OPA bundle.");
  const { toRelease } = await import("@policy-pack/build");
  const pack = await readPackFile(terminal, file);
  const { packId, revision, digest } = pack.contents;
  const bundle = other ?? join(dirname(file), `${packId}.bundle.tar.gz`);
  const options = { what: "The stock OPA bundle", maxBytes: LIMITS.maxPackBytes, origin: "policy-pack build" };
  const bundleDigest = digestOf(await readInputFile(terminal, bundle, options));
  const { metadata, expected } = await opaBundleOf(pack);
  if (bundleDigest !== expected) {
    const message = `${bundle} is ${bundleDigest}, and ${file} makes ${expected}; build both again.`;
    throw new VerificationError("DIGEST_MISMATCH", message);
  }
  const predicate = toRelease({ packId, revision, previousDigest: metadata.previousDigest });
  return { content: { subjects: [named(file, digest), named(bundle, bundleDigest)], predicateType, predicate } };
}

async function opaBundleOf({ contents }: ReadPack): Promise<{
  readonly metadata: ReturnType<typeof parseOpaManifest>["metadata"];
  readonly expected: string;
}> {
  const manifest = parseOpaManifest(contents.files.get(PACK_FILES.opaManifest) ?? Buffer.alloc(0));
  const written: readonly string[] = [PACK_FILES.wasm, PACK_FILES.opaManifest];
  const source = [...contents.files].filter(([path]) => !written.includes(path));
  const bundle = await encodeOpaBundle(
    source.map(([path, bytes]) => ({ path, bytes })),
    manifest,
  );
  return { metadata: manifest.metadata, expected: digestOf(bundle) };
}

async function attestContents({ terminal, files, predicateType }: AttestRequest): Promise<Attestation> {
  const [file, ...more] = files;
  if (more.length > 0) throw new ConfigError("CONFIG_INVALID", "A bill of materials is of one pack; name one tar.");
  const { filesOf, toBillOfMaterials } = await import("@policy-pack/build");
  const { contents } = await readPackFile(terminal, file);
  const { packId, revision, digest } = contents;
  const { metadata } = parseOpaManifest(contents.files.get(PACK_FILES.opaManifest) ?? Buffer.alloc(0));
  const timestamp = sourceDate(terminal.env["SOURCE_DATE_EPOCH"]);
  const predicate = toBillOfMaterials({
    packId,
    revision,
    digest,
    files: filesOf(contents),
    opaVersion: metadata.opaVersion,
    toolkit: await readToolkitPackages(),
    ...(timestamp === undefined ? {} : { timestamp }),
  });
  return { content: { subjects: [named(file, digest)], predicateType, predicate } };
}

/** Source: reproducible-builds.org, "SOURCE_DATE_EPOCH". */
function sourceDate(text: string | undefined): Date | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^(?:0|[1-9][0-9]{0,10})$/.test(text)) return new Date(Number(text) * 1_000);
  throw new ConfigError("CONFIG_INVALID", "SOURCE_DATE_EPOCH is no whole number of seconds since 1970.");
}

/** The pack and all further files, each of which this very build gave. */
async function rebuildSubjects({
  terminal,
  files,
  flags,
  parity,
}: AttestRequest & { readonly parity?: ParityDraw }): Promise<{
  readonly rebuilt: Rebuilt;
  readonly subjects: readonly StatementSubject[];
}> {
  const [file, ...more] = files;
  const pack = await readPackFile(terminal, file);
  const others = await Promise.all(more.map((it) => toSubject(terminal, it)));
  const rebuilt = await rebuildPackOf(terminal, pack, { ...flags, ...(parity === undefined ? {} : { parity }) });
  for (const { name, digest } of others) checkArtifact(rebuilt, name ?? digest, digest);
  return { rebuilt, subjects: [named(file, pack.contents.digest), ...others] };
}
