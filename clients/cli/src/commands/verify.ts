import { ConfigError } from "@policy-pack/pack";
import type { BundleReport, VerificationReport } from "@policy-pack/verify";
import type { Command } from "commander";
import { addSummaryFlags, wantsSummary } from "../attestations/summary-flags.ts";
import type { SummaryFlags } from "../attestations/summary-flags.ts";
import { readBundles } from "../bundle-files.ts";
import { Rejection, toError } from "../rejection.ts";
import { failureMessage, withFiles } from "../report-files.ts";
import type { Report } from "../report.ts";
import type { OutputStream, Terminal } from "../terminal.ts";
import { basisOf } from "../trust-basis.ts";
import { addTrustFlags, readTrust } from "../trust.ts";
import type { TrustFlags } from "../trust.ts";
import { readNamedLists, rememberLists } from "../trust-lists.ts";
import { createVerb, listFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";
import { assessFile } from "../verification.ts";
import type { Evidence } from "../verification.ts";

interface VerifyFlags extends CommonFlags, TrustFlags, SummaryFlags {
  readonly bundle?: readonly string[];
  readonly explain?: true;
  readonly steps?: true;
}

/** `policy-pack verify`: proves who signed a file, offline. */
export function addVerify({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "verify",
      summary: "prove who signed a file, offline",
      description:
        "Checks Sigstore bundles for any file, or for its digest alone: signature, certificate chain, transparency " +
        "log, time, and that the signers are those named, by flags or by a policy. --steps prints every step, --explain " +
        "says in plain words what that proves and what not. Opens no connection, unless --attest signs a summary of what " +
        "came out with keys or services that the --attest-... flags name.",
      examples: [
        "policy-pack verify dist/policy-pack/v0/policy-pack-v0.tar --dev-authority \\\n" +
          "      --bundle contracts/policy-pack/v0/signing/cosign.bundle.json",
        "policy-pack verify app.tar --bundle app.tar.sigstore.json \\\n" +
          "      --certificate-identity https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main \\\n" +
          "      --certificate-oidc-issuer https://token.actions.githubusercontent.com",
        "policy-pack verify app.tar --bundle signatures/ --policy policy.json --explain",
        "policy-pack verify app.tar --bundle signatures/ --policy policy.json \\\n" +
          "      --denylist denylist.sigstore.json --state seen.json --json",
        "policy-pack verify app.tar --bundle signatures/ --policy policy.json \\\n" +
          "      --attest app.tar.vsa.sigstore.json --attest-key verifier.key",
      ],
    },
    version,
  )
    .argument("[file]", "the file, or sha256:<64 hex> in its place")
    .addOption(
      listFlag(
        "--bundle <path>",
        "a Sigstore bundle, a .jsonl file of them, or a folder of *.sigstore.json; repeatable",
      ),
    )
    .option("--steps", "print every step of every bundle; of a rejection, the steps that led to it are printed anyway")
    .option("--explain", "say in plain words what was proven and what was not");
  return addSummaryFlags(addTrustFlags(command)).action((file: string | undefined, flags: VerifyFlags) =>
    answer(flags, verifyFile(terminal, file, flags)),
  );
}

async function verifyFile(terminal: Terminal, file: string | undefined, flags: VerifyFlags): Promise<Report> {
  if (file === undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "Name the file to verify, or its sha256:<hex>; put it before --dev-authority, which may take a folder.",
    );
  }
  if (flags.bundle === undefined) {
    throw new ConfigError("CONFIG_INVALID", "Name the Sigstore bundle with --bundle FILE.");
  }
  const summary = wantsSummary(flags)
    ? await (await import("../attestations/summary.ts")).openSummary(terminal, file, flags)
    : undefined;
  const trust = await readTrust(terminal, flags);
  const { lists, files } = await readNamedLists(terminal, flags);
  const evidence = { bundles: await readBundles(terminal, flags.bundle), trust, lists };
  const names = evidence.bundles.map(({ name }) => name);
  const report = withFiles(await assessFile(terminal, file, evidence), { ...files, bundles: names });
  await rememberLists(terminal, flags, report);
  const { failure } = report;
  if (failure === undefined) {
    const answer = await describe(terminal, terminal.stdout, report, { file, flags, evidence });
    return summary === undefined ? answer : withSummary(answer, await summary.write({ file, evidence, report }));
  }
  await summary?.writeFailure({ file, evidence, report });
  const { json, text } = await describe(terminal, terminal.stderr, report, { file, flags, evidence });
  const details = { json: { report: json["report"], ...pick(json, "explanation") }, text };
  throw new Rejection(toError(failure.code, failureMessage(report)), details);
}

function withSummary({ json, text }: Report, summary: Report): Report {
  return { json: { ...json, summary: summary.json }, text: `${text}\n\n${summary.text}` };
}

interface Asked {
  readonly file: string;
  readonly flags: VerifyFlags;
  readonly evidence: Evidence;
}

/** What the report says, for programs and for people. */
async function describe(
  terminal: Terminal,
  stream: OutputStream,
  report: VerificationReport,
  { file, flags, evidence }: Asked,
): Promise<Report> {
  const { verificationPolicy: policy } = evidence.trust;
  const source = basisOf(report, evidence.trust.source);
  const first = firstSignature(report);
  const facts = {
    verified: report.verified,
    file,
    digest: report.artifact.digest,
    signer: first?.signer ?? null,
    statement: first?.statement ?? null,
    times: first?.times ?? [],
    logEntries: first?.logEntries ?? [],
    trustedRoot: source,
    report,
  };
  if (flags.explain === true) {
    const { explainReport } = await import("../explain.ts");
    const { formatExplanation } = await import("../explanation-text.ts");
    const explanation = explainReport(report, { policy, source, hasState: flags.state !== undefined });
    return { json: { ...facts, explanation }, text: formatExplanation(terminal, stream, file, explanation) };
  }
  const { formatVerification } = await import("../verification-text.ts");
  const view = { subject: file, source, steps: flags.steps === true };
  return { json: facts, text: formatVerification(terminal, stream, report, view) };
}

/** The first bundle by which the file is signed; where only attestations are demanded, the first of those. */
function firstSignature({ rules, bundles }: VerificationReport): BundleReport | undefined {
  const [signature] = rules.find(({ step }) => step === "threshold")?.metBy ?? [];
  return bundles.find(({ index, outcome }) =>
    signature === undefined ? outcome === "accepted" : index === signature.bundle,
  );
}

function pick(from: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  return from[name] === undefined ? {} : { [name]: from[name] };
}
