import { ConfigError, isJsonObject, LIMITS, parseJson, PREDICATE_TYPE_NAMES, toPredicateType } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import type { VerificationReport } from "@policy-pack/verify";
import type { Command } from "commander";
import { checkArtifact } from "../artifact.ts";
import { toAttestationPolicy } from "../attestations/attestation-policy.ts";
import type { WantedAttestation } from "../attestations/attestation-policy.ts";
import { readBundles } from "../bundle-files.ts";
import type { NamedBundle } from "../bundle-files.ts";
import { Rejection, toError } from "../rejection.ts";
import { failureMessage, withFiles } from "../report-files.ts";
import type { Report } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import { basisOf } from "../trust-basis.ts";
import { addTrustFlags, readTrust } from "../trust.ts";
import type { TrustFlags } from "../trust.ts";
import { readNamedLists, rememberLists } from "../trust-lists.ts";
import { createVerb, listFlag, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface Flags extends CommonFlags, TrustFlags {
  readonly bundle?: readonly string[];
  readonly type?: string;
  readonly sourceRepository?: string;
  readonly sourceRef?: string;
  readonly builderId?: string;
  readonly workflow?: string;
}

/** `policy-pack verify-attestation`: proves that someone who may say it has stated something about a file, offline. */
export function addVerifyAttestation({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "verify-attestation",
      summary: "prove what was stated about a file, and by whom, offline",
      description:
        "Proves that a bundle holds a statement of the wanted type about this file, signed by who is named, by flags " +
        "or by a policy; with a policy, its rules for that type apply too. With --json the proven predicates are " +
        "printed. That the file itself is signed is what verify is for. Opens no connection.",
      examples: [
        "policy-pack verify-attestation dist/policy-pack/v0/policy-pack-v0.tar --type test-result \\\n" +
          "      --bundle dist/policy-pack/v0/policy-pack-v0.tar.test-result.sigstore.json --dev-authority",
        "policy-pack verify-attestation app.tar --type slsaprovenance1 --bundle app.tar.jsonl \\\n" +
          "      --certificate-identity https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main \\\n" +
          "      --certificate-oidc-issuer https://token.actions.githubusercontent.com \\\n" +
          "      --source-repository https://github.com/acme/app --source-ref refs/heads/main",
      ],
    },
    version,
  )
    .argument("[file]", "the file, or sha256:<64 hex> in its place")
    .addOption(listFlag("--bundle <path>", "the bundles, as verify takes them; repeatable"))
    .addOption(
      valueFlag("--type <type>", `the predicate type: a URI, or ${[...PREDICATE_TYPE_NAMES.keys()].join(", ")}`),
    )
    .addOption(valueFlag("--source-repository <url>", "of a provenance: the repository it was built from"))
    .addOption(valueFlag("--source-ref <ref>", "  the ref, such as refs/heads/main"))
    .addOption(valueFlag("--builder-id <uri>", "  who built it"))
    .addOption(
      valueFlag("--workflow <path>", "  the workflow that was started, such as .github/workflows/release.yml"),
    );
  return addTrustFlags(command).action((file: string | undefined, flags: Flags) =>
    answer(flags, verifyAttestation(terminal, file, flags)),
  );
}

async function verifyAttestation(terminal: Terminal, file: string | undefined, flags: Flags): Promise<Report> {
  const { bundle: paths, type } = flags;
  if (file === undefined || paths === undefined || type === undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "Name the file, the bundle with --bundle, and the kind of statement with --type.",
    );
  }
  const wanted = { predicateType: toPredicateType(type), ...provenanceOf(flags) };
  const trust = await readTrust(terminal, flags);
  const policy = toAttestationPolicy(trust.verificationPolicy, wanted);
  const { lists, files } = await readNamedLists(terminal, flags);
  const bundles = await readBundles(terminal, paths);
  const { assessArtifact } = await import("@policy-pack/verify");
  const { trustedRoot, source } = trust;
  const sources = bundles.map((it) => it.source);
  const root = trustedRoot === undefined ? {} : { trustedRoot };
  const judged = await checkArtifact(terminal, file, (artifact) =>
    assessArtifact({ artifact, bundle: sources, ...root, policy, ...lists }),
  );
  const report = withFiles(judged, { ...files, bundles: bundles.map(({ name }) => name) });
  const stream = report.verified ? terminal.stdout : terminal.stderr;
  const { formatVerification } = await import("../verification-text.ts");
  const text = formatVerification(terminal, stream, report, { subject: file, source, steps: false });
  const { failure } = report;
  if (failure !== undefined)
    throw new Rejection(toError(failure.code, failureMessage(report)), { json: { report }, text });
  await rememberLists(terminal, flags, report);
  const attestations = await readProven(report, bundles);
  const { digest } = report.artifact;
  const { predicateType } = wanted;
  return {
    json: { verified: true, file, digest, predicateType, attestations, trustedRoot: basisOf(report, source), report },
    text,
  };
}

function provenanceOf({
  sourceRepository,
  sourceRef,
  builderId,
  workflow,
}: Flags): Pick<WantedAttestation, "provenance"> {
  const provenance = {
    ...(sourceRepository === undefined ? {} : { sourceRepository }),
    ...(sourceRef === undefined ? {} : { sourceRef }),
    ...(builderId === undefined ? {} : { builderId }),
    ...(workflow === undefined ? {} : { workflow }),
  };
  return Object.keys(provenance).length === 0 ? {} : { provenance };
}

interface ProvenAttestation {
  readonly bundle: string;
  readonly signer: unknown;
  readonly predicateType: JsonValue;
  readonly predicate: JsonValue;
}

/** What the accepted bundles state. */
async function readProven(
  { bundles: judged }: VerificationReport,
  bundles: readonly NamedBundle[],
): Promise<readonly ProvenAttestation[]> {
  const { parseBundle } = await import("@policy-pack/verify");
  const { maxBundleBytes: maxBytes } = LIMITS;
  return judged.flatMap(({ index, outcome, signer }) => {
    const bundle = bundles[index];
    if (outcome !== "accepted" || bundle === undefined) return [];
    const { content } = parseBundle(bundle.source);
    if (content.kind !== "envelope") return [];
    const statement = parseJson(content.payload, { maxBytes, code: "INPUT_INVALID", what: "The statement" });
    const { predicateType = "", predicate = {} } = isJsonObject(statement) ? statement : {};
    return [{ bundle: bundle.name, signer: signer ?? null, predicateType, predicate }];
  });
}
