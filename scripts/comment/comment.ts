import { readOnlyFile } from "./zip.ts";
import type { GitHub } from "./github.ts";
import { tame } from "./tame.ts";

/** The finished run, as GitHub tells it in the event: nothing here is the artifact's word. */
export interface FinishedRun {
  readonly id: number;
  readonly event: string;
  readonly head_sha: string;
  readonly head_branch: string;
  readonly html_url: string;
  /** Null when the fork is gone. */
  readonly head_repository: { readonly owner: { readonly login: string } } | null;
}

interface Pull {
  readonly number: number;
  readonly head: { readonly sha: string };
  readonly base: { readonly repo: { readonly full_name: string } };
}

const ARTIFACT = "decision-diff";
const FILE = "decision-diff.md";
const MARKER = "<!-- policy-pack: decision diff -->";
const AUTHOR = "github-actions[bot]";
/** GitHub takes 65 536 characters; taming a report makes it longer. */
const MAX_COMMENT = 65_000;
const MAX_REPORT_BYTES = 64 * 1024;
const MAX_ARTIFACT_BYTES = 128 * 1024;
const PAGE = 100;
const MAX_PAGES = 20;

/** Shows the report of a pull request's run in one comment, made once and then kept current. Says what was done. */
export async function commentOn(run: FinishedRun, repository: string, github: GitHub): Promise<string> {
  if (run.event !== "pull_request") return "the run was not for a pull request";
  const pulls = await findPulls(run, repository, github);
  if (pulls.length === 0) return `no open pull request has ${run.head_sha} as its head now`;
  const report = await readReport(run, repository, github);
  if (report === undefined) return "the run left no decision diff";
  for (const { number } of pulls) await show(toComment(run, report), number, repository, github);
  return `shown in ${pulls.map(({ number }) => `#${number}`).join(", ")}`;
}

/** By branch and commit: the event names no pull request when it came from a fork. */
async function findPulls(run: FinishedRun, repository: string, github: GitHub): Promise<readonly Pull[]> {
  if (run.head_repository === null) return [];
  const head = encodeURIComponent(`${run.head_repository.owner.login}:${run.head_branch}`);
  const open = (await github.ask(
    "GET",
    `/repos/${repository}/pulls?state=open&per_page=${PAGE}&head=${head}`,
  )) as Pull[];
  return open.filter((pull) => pull.head.sha === run.head_sha && pull.base.repo.full_name === repository);
}

async function readReport(run: FinishedRun, repository: string, github: GitHub): Promise<string | undefined> {
  const list = `/repos/${repository}/actions/runs/${run.id}/artifacts?name=${ARTIFACT}`;
  const { artifacts } = (await github.ask("GET", list)) as { artifacts: { id: number; size_in_bytes: number }[] };
  const [artifact] = artifacts;
  if (artifact === undefined) return undefined;
  if (artifact.size_in_bytes > MAX_ARTIFACT_BYTES) throw new Error(`the artifact has ${artifact.size_in_bytes} bytes`);
  const zip = await github.download(`/repos/${repository}/actions/artifacts/${artifact.id}/zip`, MAX_ARTIFACT_BYTES);
  return tame(readOnlyFile(zip, FILE, MAX_REPORT_BYTES));
}

function toComment(run: FinishedRun, report: string): string {
  const note = `*Computed by this pull request's own code at ${run.head_sha}, in [this run](${run.html_url}).*`;
  const text = `${MARKER}\n${note}\n\n${report}`;
  return text.length <= MAX_COMMENT
    ? text
    : `${MARKER}\n${note}\n\nThe report is too long for a comment; the run's artifact has it.`;
}

async function show(body: string, number: number, repository: string, github: GitHub): Promise<void> {
  const earlier = await findComment(number, repository, github);
  if (earlier === undefined) await github.ask("POST", `/repos/${repository}/issues/${number}/comments`, { body });
  else await github.ask("PATCH", `/repos/${repository}/issues/comments/${earlier}`, { body });
}

/** Anyone can write the marker; only this workflow's own comment is written over. */
async function findComment(number: number, repository: string, github: GitHub): Promise<number | undefined> {
  for (let page = 1; page <= MAX_PAGES; page++) {
    const path = `/repos/${repository}/issues/${number}/comments?per_page=${PAGE}&page=${page}`;
    const comments = (await github.ask("GET", path)) as { id: number; body: string; user: { login: string } | null }[];
    const own = comments.find(({ body, user }) => user?.login === AUTHOR && body.startsWith(MARKER));
    if (own !== undefined || comments.length < PAGE) return own?.id;
  }
  return undefined;
}
