import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { oneLine } from "../promotion/reason.ts";

/** One risk that somebody takes: a finding's code, why, and until when. */
export interface AcceptedRisk {
  readonly code: string;
  readonly reason: string;
  /** RFC 3339, UTC; from then on it counts nothing. */
  readonly until: string;
}

/** The predicate of a risk acceptance: `urn:policy-pack:risk-acceptance:v1`. */
export interface RiskAcceptance {
  readonly service: string;
  readonly releaseId: string;
  readonly environment: string;
  readonly risks: readonly AcceptedRisk[];
}

/** An acceptance as it was found: who signed it, or why it counts nothing. */
export type AcceptanceFact =
  { readonly acceptance: RiskAcceptance; readonly acceptedBy: string } | { readonly problem: string };

const MAX_RISKS = 50;
const MAX_TEXT = 1000;
const UTC = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

/**
 * Reads the predicate; undefined unless it has exactly the fields above. One that says more may say it of a condition
 * that would not be kept.
 */
export function parseRiskAcceptance(predicate: JsonObject): RiskAcceptance | undefined {
  if (!hasExactly(predicate, ["service", "releaseId", "environment", "risks"])) return undefined;
  const { service, releaseId, environment, risks } = predicate;
  if (!isText(service) || !isText(releaseId) || !isText(environment)) return undefined;
  if (!Array.isArray(risks) || risks.length === 0 || risks.length > MAX_RISKS) return undefined;
  const read = risks.map((risk: JsonValue) => parseRisk(risk)).filter((risk) => risk !== undefined);
  return read.length === risks.length ? { service, releaseId, environment, risks: read } : undefined;
}

function parseRisk(value: JsonValue): AcceptedRisk | undefined {
  if (!isJsonObject(value) || !hasExactly(value, ["code", "reason", "until"])) return undefined;
  const { code, reason, until } = value;
  if (!isText(code) || !isText(reason) || !isText(until)) return undefined;
  if (!UTC.test(until) || Number.isNaN(Date.parse(until))) return undefined;
  return { code, reason: oneLine(reason), until };
}

function hasExactly(value: JsonObject, names: readonly string[]): boolean {
  const own = Object.keys(value);
  return own.length === names.length && names.every((name) => Object.hasOwn(value, name));
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value.trim() !== "" && value.length <= MAX_TEXT;
}
