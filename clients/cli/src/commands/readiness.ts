import { ConfigError, isDigest, TrustError } from "@policy-pack/pack";
import type { Command } from "commander";
import { addSummaryFlags } from "../attestations/summary-flags.ts";
import type { SummaryFlags } from "../attestations/summary-flags.ts";
import { readServerAddress } from "../evidence/server-address.ts";
import { readBearerToken } from "../readiness/bearer-token.ts";
import { isGo, parseReadiness } from "../readiness/readiness-answer.ts";
import type { Question, ReadinessAnswer } from "../readiness/readiness-answer.ts";
import { fetchReadiness } from "../readiness/readiness-fetch.ts";
import { failureCode, openReadinessSummary } from "../readiness/readiness-summary.ts";
import { readinessText } from "../readiness/readiness-text.ts";
import { Rejection } from "../rejection.ts";
import type { Report } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";
import { printWarnings } from "../warnings.ts";

interface ReadinessFlags extends CommonFlags, SummaryFlags {
  readonly service?: string;
  readonly release?: string;
  readonly server?: string;
  readonly target?: string;
  readonly environment?: string;
  readonly tokenFile?: string;
}

const DEFAULT_SERVER = "http://127.0.0.1:8080";

/** `policy-pack readiness`: one verdict for a release. */
export function addReadiness({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "readiness",
      summary: "one verdict for a release: may it be promoted",
      description:
        "Asks a server that keeps evidence: GO, NO_GO, GO_WITH_ACCEPTED_RISKS or INSUFFICIENT_PROOF, with what is " +
        "proven, what is not, what must not be claimed, and the next command. Exits 0 for the two GOs, and 5 otherwise: " +
        "PROMOTION_REFUSED for NO_GO, EVIDENCE_INSUFFICIENT for INSUFFICIENT_PROOF. The verdict is the server's word; " +
        "--attest signs a summary of it with keys or services that the --attest-... flags name.",
      examples: [
        "POLICY_PACK_TOKEN=$(cat token) policy-pack readiness --service graph-api --release 2026.6.1",
        "policy-pack readiness --service graph-api --release 2026.6.1 --server https://evidence.example \\\n" +
          "      --token-file token --target sha256:$(sha256sum app.tar | cut -c1-64) --environment production --json",
        "policy-pack readiness --service graph-api --release 2026.6.1 --token-file token \\\n" +
          "      --attest release.vsa.sigstore.json --attest-key release.key",
      ],
    },
    version,
  )
    .addOption(valueFlag("--service <name>", "the service that was measured"))
    .addOption(valueFlag("--release <id>", "the release's id, as the evidence names it"))
    .addOption(
      valueFlag(
        "--server <url>",
        `the server that keeps the evidence (default: POLICY_PACK_SERVER, or ${DEFAULT_SERVER})`,
      ),
    )
    .addOption(valueFlag("--token-file <file>", "the bearer token (default: the variable POLICY_PACK_TOKEN)"))
    .addOption(
      valueFlag("--target <digest>", "the artifact that it must be about, as sha256:<64 hex>", (value) =>
        isDigest(value) ? undefined : "Write sha256:<64 lower-case hex>.",
      ),
    )
    .addOption(valueFlag("--environment <name>", "the environment that it must be about"));
  return addSummaryFlags(command).action((flags: ReadinessFlags) => answer(flags, askReadiness(terminal, flags)));
}

async function askReadiness(terminal: Terminal, flags: ReadinessFlags): Promise<Report> {
  const asked = readQuestion(flags);
  const server = readServer(terminal, flags.server);
  const token = await readBearerToken(terminal, flags.tokenFile);
  const summary = await openReadinessSummary(terminal, flags);
  const verdict = parseReadiness(await fetchReadiness(server, token, asked), asked);
  const signed = await summary?.write(verdict, asked);
  const report = toReport(terminal, verdict, asked, signed);
  if (isGo(verdict)) return report;
  throw new Rejection(new TrustError(failureCode(verdict), messageOf(verdict, asked)), report);
}

function readQuestion({ service, release, target, environment }: ReadinessFlags): Question {
  if (service === undefined || release === undefined) {
    throw new ConfigError("CONFIG_INVALID", "Name what to judge with --service NAME and --release ID.");
  }
  return { service, releaseId: release, target, environment };
}

function readServer(terminal: Terminal, flag: string | undefined): URL {
  const { url, warnings } = readServerAddress(flag ?? terminal.env["POLICY_PACK_SERVER"] ?? DEFAULT_SERVER);
  printWarnings(terminal, warnings);
  return url;
}

function toReport(terminal: Terminal, verdict: ReadinessAnswer, asked: Question, signed: Report | undefined): Report {
  const text = readinessText(terminal, verdict, asked);
  if (signed === undefined) return { json: { readiness: verdict.document }, text };
  return { json: { readiness: verdict.document, summary: signed.json }, text: `${text}\n\n${signed.text}` };
}

function messageOf({ verdict, notProven, next }: ReadinessAnswer, { service, releaseId }: Question): string {
  const codes = notProven.map(({ code }) => code).slice(0, 5);
  const why = codes.length === 0 ? "" : ` (${codes.join(", ")}${notProven.length > codes.length ? ", …" : ""})`;
  return `${service} ${releaseId} is not to be promoted: ${verdict}${why}. ${next.advice}`;
}
