import { FormatError, isJsonObject, isPredicateType, messageOf } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { parseBundle } from "@policy-pack/verify";
import { FieldReader, optionalField } from "../fields.ts";
import { EVIDENCE_LIMITS } from "./limits.ts";
import type { Cost, Evidence, EvidenceLink, Snapshot } from "./record.ts";

export interface EvidenceOptions {
  /** The services of the configuration; evidence of others is refused. */
  readonly services: readonly string[];
  /** What is measured more than a minute later than this is refused. */
  readonly now: Date;
}

const RELEASE_ID = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;
const ENVIRONMENT = /^[a-z0-9][a-z0-9-]{0,62}$/;
const WINDOW = /^[1-9][0-9]{0,3}[smhd]$/;
const PARTS = ["snapshot", "cost", "soakSeconds", "links"];

const read = new FieldReader((message) => new FormatError("EVIDENCE_INVALID", message));

/** Whether the text can name a release: 1 to 128 letters, digits and `. _ + -`, a letter or digit first. */
export function isReleaseId(text: string): boolean {
  return RELEASE_ID.test(text);
}

/** Whether the text can name an environment, as a Kubernetes namespace can. */
export function isEnvironment(text: string): boolean {
  return ENVIRONMENT.test(text);
}

/** Whether the text tells how long was measured: a whole number of seconds, minutes, hours or days. */
export function isWindow(text: string): boolean {
  return WINDOW.test(text);
}

/**
 * Reads evidence as `docs/contracts/evidence.schema.json` describes it. Unknown fields, null, numbers out of their range
 * and times ahead of `now` are refused. What it claims is not proven by being well formed: bundles are not verified,
 * URLs are not asked.
 * @throws FormatError EVIDENCE_INVALID naming the field
 */
export function parseEvidence(body: JsonValue, { services, now }: EvidenceOptions): Evidence {
  const keys = {
    required: ["service", "releaseId", "environment", "measuredAt"],
    optional: ["artifactDigest", ...PARTS],
  };
  const fields = read.object(body, keys, "evidence");
  if (!PARTS.some((part) => Object.hasOwn(fields, part))) {
    throw read.problem("evidence", `something: give at least one of ${PARTS.join(", ")}`);
  }
  const service = readService(fields["service"], services);
  const evidence: Evidence = {
    service,
    releaseId: read.matching(fields["releaseId"], RELEASE_ID, "1 to 128 of A-Z a-z 0-9 . _ + -", "releaseId"),
    environment: read.matching(fields["environment"], ENVIRONMENT, "1 to 63 of a-z 0-9 -", "environment"),
    ...member(fields, "artifactDigest", (value) => read.digest(value, "artifactDigest")),
    measuredAt: readMeasuredAt(fields["measuredAt"], now),
    ...member(fields, "snapshot", (value) => readSnapshot(value, service)),
    ...member(fields, "cost", readCost),
    ...member(fields, "soakSeconds", (value) => {
      return read.number(value, { min: 0, max: EVIDENCE_LIMITS.maxSoakSeconds, isWhole: true }, "soakSeconds");
    }),
    links: optionalField(fields, "links", readLinks) ?? [],
  };
  if (evidence.artifactDigest === undefined && evidence.links.some(({ bundle }) => bundle !== undefined)) {
    throw read.problem("artifactDigest", "given with a bundle, which is judged against it");
  }
  return evidence;
}

/** The member by itself, or nothing: what is absent has no key, so that equal evidence has equal bytes. */
function member<Name extends string, T>(
  object: JsonObject,
  name: Name,
  readValue: (value: JsonValue | undefined) => T,
): Partial<Readonly<Record<Name, T>>> {
  const value = optionalField(object, name, readValue);
  return (value === undefined ? {} : { [name]: value }) as Partial<Readonly<Record<Name, T>>>;
}

function readService(value: JsonValue | undefined, services: readonly string[]): string {
  if (typeof value !== "string" || !services.includes(value)) {
    throw read.problem("service", "one of the services that the server is configured for");
  }
  return value;
}

function readMeasuredAt(value: JsonValue | undefined, now: Date): string {
  const time = read.time(value, "measuredAt");
  if (time.getTime() > now.getTime() + EVIDENCE_LIMITS.maxSkewMs) {
    throw read.problem("measuredAt", "past, and not more than a minute ahead of the server's clock");
  }
  return time.toISOString();
}

function readLatency(name: string): (value: JsonValue | undefined) => number {
  const at = `snapshot.${name}`;
  return (value) => {
    const latency = read.number(value, { min: 0, max: EVIDENCE_LIMITS.maxLatencyMs }, at);
    if (latency === 0) throw read.problem(at, "above 0");
    return latency;
  };
}

function readSnapshot(value: JsonValue | undefined, service: string): Snapshot {
  const keys = {
    required: ["p95Ms", "p99Ms", "errorRate", "window"],
    optional: ["service", "readP95Ms", "writeP95Ms"],
  };
  const fields = read.object(value, keys, "snapshot");
  if (Object.hasOwn(fields, "service") && fields["service"] !== service) {
    throw read.problem("snapshot.service", "the service that the evidence is of");
  }
  return {
    service,
    p95Ms: readLatency("p95Ms")(fields["p95Ms"]),
    p99Ms: readLatency("p99Ms")(fields["p99Ms"]),
    ...member(fields, "readP95Ms", readLatency("readP95Ms")),
    ...member(fields, "writeP95Ms", readLatency("writeP95Ms")),
    errorRate: read.number(fields["errorRate"], { min: 0, max: 1 }, "snapshot.errorRate"),
    window: read.matching(fields["window"], WINDOW, "a duration such as 30m or 24h", "snapshot.window"),
  };
}

function readCost(value: JsonValue | undefined): Cost {
  const fields = read.object(value, { required: ["graphqlPerMillionUsd", "ingestPerThousandUsd"] }, "cost");
  const amount = (name: string): number =>
    read.number(fields[name], { min: 0, max: EVIDENCE_LIMITS.maxUsd }, `cost.${name}`);
  return {
    graphqlPerMillionUsd: amount("graphqlPerMillionUsd"),
    ingestPerThousandUsd: amount("ingestPerThousandUsd"),
  };
}

function readLinks(value: JsonValue | undefined): readonly EvidenceLink[] {
  return read.list(value, EVIDENCE_LIMITS.maxLinks, "links").map((item, index) => readLink(item, `links[${index}]`));
}

function readLink(value: JsonValue, at: string): EvidenceLink {
  const keys = { required: ["predicateType"], optional: ["url", "digest", "bundle"] };
  const fields = read.object(value, keys, at);
  const predicateType = read.text(fields["predicateType"], EVIDENCE_LIMITS.maxUrlLength, `${at}.predicateType`);
  if (!isPredicateType(predicateType)) throw read.problem(`${at}.predicateType`, "an absolute URI");
  if (!Object.hasOwn(fields, "url") && !Object.hasOwn(fields, "bundle")) {
    throw read.problem(at, "followed: give its url or its bundle");
  }
  return {
    predicateType,
    ...member(fields, "url", (text) => read.url(text, EVIDENCE_LIMITS.maxUrlLength, `${at}.url`).href),
    ...member(fields, "digest", (digest) => read.digest(digest, `${at}.digest`)),
    ...member(fields, "bundle", (bundle) => readBundle(bundle, `${at}.bundle`)),
  };
}

/** Well formed, so that what can never be proven is told to its sender; verified only when it is judged. */
function readBundle(value: JsonValue | undefined, at: string): JsonObject {
  if (!isJsonObject(value)) throw read.problem(at, "a Sigstore bundle");
  try {
    parseBundle(JSON.stringify(value));
  } catch (cause) {
    const message = `${at} must be a Sigstore bundle: ${messageOf(cause)}`;
    throw new FormatError("EVIDENCE_INVALID", message, { cause });
  }
  return value;
}
