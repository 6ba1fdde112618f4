import { FormatError, isDigest, isJsonObject, parseDigest, parseJson } from "@policy-pack/pack";
import type { Digest, JsonObject, JsonValue } from "@policy-pack/pack";
import { CLI_LIMITS } from "../limits.ts";

export const VERDICTS = ["GO", "NO_GO", "GO_WITH_ACCEPTED_RISKS", "INSUFFICIENT_PROOF"] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Finding {
  readonly code: string;
  readonly message: string;
}

export interface Risk {
  readonly code: string;
  readonly reason: string;
  readonly acceptedBy: string;
  readonly until: string;
}

/** What a server says of a release. Whether it says the truth rests on whose server it is. */
export interface ReadinessAnswer {
  readonly verdict: Verdict;
  readonly environment: string;
  readonly artifactDigest: Digest | undefined;
  readonly proven: readonly Finding[];
  readonly notProven: readonly Finding[];
  readonly mustNotClaim: readonly string[];
  readonly risks: readonly Risk[];
  readonly unusedAcceptances: readonly Finding[];
  readonly next: { readonly advice: string; readonly command: string };
  readonly evidence: readonly Digest[];
  readonly packId: string;
  readonly packDigest: Digest | undefined;
  readonly revision: string | undefined;
  readonly decidedAt: string;
  /** As it came, for `--json`. */
  readonly document: JsonObject;
}

/** What was asked. */
export interface Question {
  readonly service: string;
  readonly releaseId: string;
  readonly target?: string | undefined;
  readonly environment?: string | undefined;
}

/**
 * Reads a server's answer. One about something else than was asked, or whose verdict does not follow from its own
 * findings, is no answer: a GO must not stand beside what is not proven and not accepted.
 * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED
 */
export function parseReadiness(bytes: Uint8Array, asked: Question): ReadinessAnswer {
  const { maxReadinessBytes: maxBytes } = CLI_LIMITS;
  const document = object(parseJson(bytes, { maxBytes, code: "INPUT_INVALID", what: "The server's answer" }), "it");
  if (document["readinessVersion"] !== 1) throw invalid("readinessVersion is not 1");
  const answer: ReadinessAnswer = {
    verdict: verdictOf(document["verdict"]),
    environment: text(document["environment"], "environment"),
    artifactDigest: optionalDigest(document["artifactDigest"], "artifactDigest"),
    proven: findings(document["proven"], "proven"),
    notProven: findings(document["notProven"], "notProven"),
    mustNotClaim: list(document["mustNotClaim"], "mustNotClaim", text),
    risks: list(document["risks"], "risks", risk),
    unusedAcceptances: findings(document["unusedAcceptances"], "unusedAcceptances"),
    next: next(document["next"]),
    evidence: list(document["evidence"], "evidence", digest),
    packId: text(document["packId"], "packId"),
    packDigest: optionalDigest(document["packDigest"], "packDigest"),
    revision: document["revision"] === undefined ? undefined : text(document["revision"], "revision"),
    decidedAt: text(document["decidedAt"], "decidedAt"),
    document,
  };
  checkAsked(document, answer, asked);
  checkConsistent(answer);
  checkCurrent(answer);
  return answer;
}

function checkAsked(document: JsonObject, answer: ReadinessAnswer, asked: Question): void {
  if (document["service"] !== asked.service || document["releaseId"] !== asked.releaseId) {
    throw invalid("it is about another release than was asked");
  }
  if (!isGo(answer)) return;
  if (asked.target !== undefined && asked.target !== answer.artifactDigest)
    throw invalid("it is about another artifact");
  if (asked.environment !== undefined && asked.environment !== answer.environment) {
    throw invalid("it is about another environment");
  }
}

function checkConsistent(answer: ReadinessAnswer): void {
  const { verdict, notProven, risks, packDigest } = answer;
  if (!isGo(answer)) return;
  const accepted = new Set(risks.map(({ code }) => code));
  const open = notProven.find(({ code }) => !accepted.has(code));
  if (open !== undefined) throw invalid(`it says ${verdict}, and that ${open.code} is neither proven nor accepted`);
  if (packDigest === undefined) throw invalid(`it says ${verdict}, and that no pack decided`);
  if ((verdict === "GO") !== (risks.length === 0)) throw invalid(`it says ${verdict} with ${risks.length} risks`);
}

/** More than two clocks differ that anybody keeps in time. */
const MAX_AGE_MS = 5 * 60_000;

/** A GO out of a cache, or of an earlier answer that somebody sends again, is none for now. */
function checkCurrent(answer: ReadinessAnswer): void {
  const { decidedAt, risks } = answer;
  if (!isGo(answer)) return;
  // Written this way round, a time that is none is too far away as well.
  if (!(Math.abs(Date.now() - Date.parse(decidedAt)) <= MAX_AGE_MS)) {
    throw invalid(`it was not decided now, by this machine's clock, but at ${JSON.stringify(decidedAt.slice(0, 40))}`);
  }
  const ended = risks.find(({ until }) => !(Date.parse(until) > Date.parse(decidedAt)));
  if (ended !== undefined) throw invalid(`it accepts ${ended.code}, and that had ended when it was decided`);
}

/** Whether the release may be promoted. */
export function isGo({ verdict }: Pick<ReadinessAnswer, "verdict">): boolean {
  return verdict === "GO" || verdict === "GO_WITH_ACCEPTED_RISKS";
}

type Read<T> = (value: JsonValue | undefined, at: string) => T;

function verdictOf(value: JsonValue | undefined): Verdict {
  return VERDICTS.find((verdict) => verdict === value) ?? fail("verdict", `one of ${VERDICTS.join(", ")}`);
}

function findings(value: JsonValue | undefined, at: string): readonly Finding[] {
  return list(value, at, (item, place) => {
    const fields = object(item, place);
    return { code: text(fields["code"], `${place}.code`), message: text(fields["message"], `${place}.message`) };
  });
}

function risk(value: JsonValue | undefined, at: string): Risk {
  const fields = object(value, at);
  return {
    code: text(fields["code"], `${at}.code`),
    reason: text(fields["reason"], `${at}.reason`),
    acceptedBy: text(fields["acceptedBy"], `${at}.acceptedBy`),
    until: text(fields["until"], `${at}.until`),
  };
}

function next(value: JsonValue | undefined): ReadinessAnswer["next"] {
  const fields = object(value, "next");
  return { advice: text(fields["advice"], "next.advice"), command: text(fields["command"], "next.command") };
}

function list<T>(value: JsonValue | undefined, at: string, read: Read<T>): readonly T[] {
  if (!Array.isArray(value)) return fail(at, "a list");
  return value.map((item: JsonValue, index) => read(item, `${at}[${index}]`));
}

function object(value: JsonValue | undefined, at: string): JsonObject {
  return isJsonObject(value) ? value : fail(at, "a JSON object");
}

function text(value: JsonValue | undefined, at: string): string {
  return typeof value === "string" ? value : fail(at, "a text");
}

function digest(value: JsonValue | undefined, at: string): Digest {
  return typeof value === "string" && isDigest(value) ? parseDigest(value) : fail(at, "sha256:<64 hex>");
}

function optionalDigest(value: JsonValue | undefined, at: string): Digest | undefined {
  return value === undefined ? undefined : digest(value, at);
}

function fail(at: string, wanted: string): never {
  throw invalid(`${at} must be ${wanted}`);
}

function invalid(why: string): FormatError {
  return new FormatError(
    "INPUT_INVALID",
    `The server's answer is no readiness verdict: ${why}. Check the address, and that the server is of this version.`,
  );
}
