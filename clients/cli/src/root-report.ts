import { parseTrustedRoot } from "@policy-pack/verify";
import { describeAuthorities } from "./authorities.ts";
import type { AuthorityFacts } from "./authorities.ts";
import { naming } from "./naming.ts";
import { formatTable } from "./report.ts";
import type { Report } from "./report.ts";
import { findRootProblems } from "./root-health.ts";
import type { RootProblem } from "./root-health.ts";
import { paint } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";
import { readRoot, readTrustedRoot } from "./trust.ts";
import type { RootFlags } from "./trust.ts";

/** Exit status of a root that is well formed, and whose authorities cannot vouch for new signatures. */
const NOT_CURRENT = 5;

/** The authorities of the trusted root that the flags name. @throws as `readTrust`, and TRUSTED_ROOT_INVALID */
export async function showRoot(terminal: Terminal, flags: RootFlags): Promise<Report> {
  const { trustedRoot, source } = await readRoot(terminal, flags);
  const authorities = describeAuthorities(parseTrustedRoot(trustedRoot));
  return { json: { source, authorities }, text: `${formatTable([[source]])}\n\n${authorityTable(authorities)}` };
}

/** @param soonDays how many days before its end an authority counts as ending */
export async function checkRoot(
  terminal: Terminal,
  file: string,
  soonDays: number,
  now: Date = new Date(),
): Promise<Report> {
  const bytes = await readTrustedRoot(terminal, file);
  const authorities = describeAuthorities(await naming(file, () => parseTrustedRoot(bytes)));
  const problems = findRootProblems(authorities, { now, soonDays });
  const current = problems.filter(({ isCurrent }) => isCurrent);
  const verdict =
    authorities.length === 0
      ? "It names no authority at all: only signatures with a key verify with it."
      : current.length === 0
        ? `Every kind of authority that it names is open now, and for the days ahead (${soonDays}).`
        : "New signatures are or soon will be concerned: policy-pack trusted-root refresh fetches today's root.";
  const lines = problems.map((problem) => {
    const line = sentenceOf(problem);
    return problem.isCurrent ? paint(terminal, terminal.stdout, "red", line) : line;
  });
  return {
    json: { ok: current.length === 0, file, withinDays: soonDays, problems, authorities },
    text: [authorityTable(authorities), "", ...lines, verdict].join("\n"),
    exitCode: current.length === 0 ? 0 : NOT_CURRENT,
  };
}

/** What a refresh brought, and when it ends. */
export function authorityTable(authorities: readonly AuthorityFacts[]): string {
  const rows = authorities.map(({ role, name, start, end, key }) => [
    role,
    name === "" ? "-" : name,
    start.slice(0, 10),
    end?.slice(0, 10) ?? "open",
    `${key.kind} ${key.hint}`,
  ]);
  return formatTable([["role", "name", "from", "until", "key"], ...rows]);
}

function sentenceOf({ kind, role, from, until, isCurrent }: RootProblem): string {
  const since = from.slice(0, 10);
  if (kind === "ended") {
    return until === null
      ? `ended: no ${role} is open since ${since}.`
      : `ended: no ${role} is open until ${until.slice(0, 10)}.`;
  }
  if (kind === "ending") return `ending: the last ${role} ends on ${since}, and none follows.`;
  const tense = isCurrent ? "will be" : "was";
  return `gap: no ${role} ${tense} open from ${since} until ${(until ?? "").slice(0, 10)}.`;
}
