import { ConfigError, isJsonObject, LIMITS, parseJson, PREDICATE_TYPES } from "@policy-pack/pack";
import type { Digest, JsonObject } from "@policy-pack/pack";
import { naming } from "../naming.ts";
import { readInputFile } from "../read.ts";
import { checkRiskAcceptance } from "../readiness/acceptance-check.ts";
import { toSubject } from "./request.ts";
import type { Attestation, AttestRequest } from "./request.ts";

/**
 * A statement with a predicate that somebody else made. Only of policy-pack's own documents is the content checked: a
 * denylist, a pause status or an acceptance of risks that nobody would take is not signed, nor a migration note or a
 * decision diff about other packs than the files.
 * @throws ConfigError CONFIG_INVALID; FormatError INPUT_INVALID, LIMIT_EXCEEDED, METADATA_INVALID, BASELINE_INVALID; TrustError
 *   METADATA_EXPIRED
 */
export async function attestFile(request: AttestRequest, path: string): Promise<Attestation> {
  const { terminal, files, predicateType } = request;
  const predicate = await readPredicate(request, path);
  await naming(path, () => checkList(predicateType, predicate));
  await naming(path, () => checkRiskAcceptance(predicateType, predicate));
  const subjects = await Promise.all(files.map((file) => toSubject(terminal, file)));
  await naming(path, () =>
    checkChange(
      predicateType,
      predicate,
      subjects.map(({ digest }) => digest),
    ),
  );
  return { content: { subjects, predicateType, predicate } };
}

async function readPredicate({ terminal }: AttestRequest, path: string): Promise<JsonObject> {
  const { maxStatementBytes: maxBytes } = LIMITS;
  const bytes = await readInputFile(terminal, path, { what: "The predicate", maxBytes });
  const value = parseJson(bytes, { maxBytes, code: "INPUT_INVALID", what: `The predicate ${path}` });
  if (isJsonObject(value)) return value;
  throw new ConfigError("CONFIG_INVALID", `The predicate ${path} is no JSON object; a statement's predicate is one.`);
}

async function checkList(predicateType: string, predicate: JsonObject): Promise<void> {
  if (predicateType !== PREDICATE_TYPES.denylist && predicateType !== PREDICATE_TYPES.pause) return;
  const { checkFresh, parseDenylist, parsePause } = await import("@policy-pack/verify");
  const isPause = predicateType === PREDICATE_TYPES.pause;
  const document = isPause ? parsePause(predicate) : parseDenylist(predicate);
  const what = isPause ? "pause status" : "denylist";
  checkFresh(document, { now: new Date(), what, renewal: 'set a later "expires" in what you sign' });
}

/** Both are about a change; what they say of another one than that of the files would be signed about these. */
async function checkChange(predicateType: string, predicate: JsonObject, subjects: readonly Digest[]): Promise<void> {
  if (predicateType === PREDICATE_TYPES.migrationNote) {
    const { parseMigrationNote } = await import("@policy-pack/simulate");
    const { new: next } = parseMigrationNote(predicate);
    if (!subjects.includes(next)) throw aboutOthers(`is about ${next}`);
  }
  if (predicateType === PREDICATE_TYPES.decisionDiff) {
    const { unmetConstraint } = await import("@policy-pack/verify");
    const statement = { type: "https://in-toto.io/Statement/v1", subjects: [], predicateType, predicate } as const;
    const reasons = subjects.map((digest) => unmetConstraint({ predicateType }, statement, digest));
    const [reason] = reasons;
    if (reason !== undefined && reasons.every((unmet) => unmet !== undefined))
      throw aboutOthers(`does not fit: ${reason}`);
  }
}

function aboutOthers(what: string): ConfigError {
  return new ConfigError("CONFIG_INVALID", `It ${what}; name the new pack that it is about, its tar or its digest.`);
}
