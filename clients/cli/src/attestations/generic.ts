import { ConfigError, isJsonObject, LIMITS, parseJson, PREDICATE_TYPES } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { naming } from "../naming.ts";
import { readInputFile } from "../read.ts";
import { toSubject } from "./request.ts";
import type { Attestation, AttestRequest } from "./request.ts";

/**
 * A statement with a predicate that somebody else made. Only of policy-pack's own documents is the content checked: a
 * denylist or a pause status that no verifier would take is not signed.
 * @throws ConfigError CONFIG_INVALID; FormatError INPUT_INVALID, LIMIT_EXCEEDED, METADATA_INVALID; TrustError
 *   METADATA_EXPIRED
 */
export async function attestFile(request: AttestRequest, path: string): Promise<Attestation> {
  const { terminal, files, predicateType } = request;
  const predicate = await readPredicate(request, path);
  await naming(path, () => checkList(predicateType, predicate));
  const subjects = await Promise.all(files.map((file) => toSubject(terminal, file)));
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
