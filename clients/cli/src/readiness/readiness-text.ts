import { formatTable } from "../report.ts";
import { paint, printable } from "../terminal.ts";
import type { Style, Terminal } from "../terminal.ts";
import type { Finding, ReadinessAnswer, Question } from "./readiness-answer.ts";

const STYLES: Readonly<Record<ReadinessAnswer["verdict"], Style>> = {
  GO: "green",
  GO_WITH_ACCEPTED_RISKS: "yellow",
  NO_GO: "red",
  INSUFFICIENT_PROOF: "red",
};

/** The verdict for people: what is proven, what is not, what must not be claimed, and what to do next. */
export function readinessText(terminal: Terminal, answer: ReadinessAnswer, { service, releaseId }: Question): string {
  const { verdict, environment, artifactDigest, packId, packDigest, revision, decidedAt, next } = answer;
  const headline = paint(terminal, terminal.stdout, STYLES[verdict], verdict);
  const pack = packDigest === undefined ? `none that may decide (${packId})` : `${packId} revision ${revision ?? "?"}`;
  const about = formatTable([
    ["release", `${service} ${releaseId}`],
    ["environment", environment],
    ["artifact", artifactDigest ?? "not named by any evidence"],
    ["decided by", pack],
    ["decided at", decidedAt],
  ]);
  return [
    headline,
    about,
    ...section("Proven", answer.proven.map(line)),
    ...section("Not proven", answer.notProven.map(line)),
    ...section("Accepted risks", answer.risks.map(riskLine)),
    ...section("Acceptances that count nothing", answer.unusedAcceptances.map(line)),
    ...section("Must not be claimed", answer.mustNotClaim.map(printable)),
    ...section("Next", [printable(next.advice), `$ ${printable(next.command)}`]),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((text) => `  ${text.replaceAll("\n", " ")}`)];
}

function line({ code, message }: Finding): string {
  return printable(`${code}: ${message}`);
}

function riskLine({ code, reason, acceptedBy, until }: ReadinessAnswer["risks"][number]): string {
  return printable(`${code}: ${reason} (accepted by ${acceptedBy} until ${until})`);
}
