import { PolicyPackError } from "@policy-pack/pack";
import type { FastifyBaseLogger } from "fastify";
import { isReleaseId } from "../evidence/evidence.ts";
import type { Cost, Snapshot } from "../evidence/evidence.ts";
import { absence, ageReasons, mixture, readMeasurement, toKnown } from "./measurement.ts";
import type { Measurement, MeasurementSource } from "./measurement.ts";
import { askPolicy, PROMOTION_PACKAGE } from "./policy-decision.ts";
import { toPolicyInput } from "./promotion-input.ts";
import { toFailure } from "./reason.ts";
import type { Reason } from "./reason.ts";
import type { LoadedPack } from "./running-pack.ts";

/** What the server makes of a release's measurements. */
export interface Judgement {
  readonly service: string;
  readonly releaseId: string;
  /** Whether the running pack says yes to whole and current evidence: true exactly when there is no reason. */
  readonly ok: boolean;
  readonly reasons: readonly Reason[];
  /** What the policy's input would need and the evidence does not have: `snapshot.p95Ms`, `cost.graphqlPerMillionUsd`. */
  readonly missing: readonly string[];
  readonly stale: boolean;
  readonly snapshot: Snapshot | undefined;
  readonly cost: Cost | undefined;
  /** What was judged; undefined when the store could not be read. */
  readonly measurement: Measurement | undefined;
  /** The pack that decided; undefined when there is none that may. */
  readonly pack: LoadedPack | undefined;
  /** ISO 8601, UTC. */
  readonly decidedAt: string;
}

/** What judging needs from elsewhere. */
export interface JudgeOptions {
  /** Evidence of any other counts nothing. */
  readonly environment: string;
  readonly services: readonly string[];
  readonly pack: { load(): Promise<LoadedPack> };
  readonly evidence: MeasurementSource;
  /** Brings the newest measurements into the store before they are judged. */
  readonly pull?: ((service: string, releaseId: string) => Promise<unknown>) | undefined;
  readonly now: () => Date;
  readonly log: Pick<FastifyBaseLogger, "error" | "warn">;
}

/**
 * Judges releases by the running pack. Whatever fails on the way (the pack, the store, Prometheus, the evaluation) is a
 * reason of a judgement that is not ok; `judge` does not throw.
 */
export class Judge {
  readonly #options: JudgeOptions;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  async judge(service: string, releaseId: string): Promise<Judgement> {
    const { now } = this.#options;
    const unknown = this.#unknown(service, releaseId);
    const pulled = unknown === undefined ? await this.#pull(service, releaseId) : [unknown];
    const pack = await this.#attempt(() => this.#options.pack.load());
    // Nothing waits from here on: a pack or measurements that were replaced meanwhile would decide otherwise.
    const found = unknown === undefined ? this.#measure(service, releaseId, pulled) : { reasons: pulled };
    const decidedAt = now();
    const decided = this.#decide(pack.value, found.value, { service, releaseId });
    const isJudged = pack.value !== undefined && found.value?.snapshot !== undefined;
    const { snapshot, cost } = found.value ?? {};
    const aged = isJudged ? ageReasons(pack.value.limits, { snapshot, cost }, decidedAt) : [];
    const reasons = [...pack.reasons, ...found.reasons, ...aged, ...decided.reasons];
    return {
      service,
      releaseId,
      ok: isJudged && decided.isAllowed && reasons.length === 0,
      reasons,
      missing: decided.missing,
      stale: reasons.some(({ kind }) => kind === "stale"),
      snapshot: snapshot?.snapshot,
      cost: cost?.cost,
      measurement: found.value,
      pack: pack.value,
      decidedAt: decidedAt.toISOString(),
    };
  }

  /** Names that no evidence can have are not looked for. */
  #unknown(service: string, releaseId: string): Reason | undefined {
    if (!this.#options.services.includes(service)) {
      const message = `${quote(service)} is not a service of this server's configuration`;
      return { kind: "failed", code: "service_unknown", message };
    }
    if (isReleaseId(releaseId)) return undefined;
    return { kind: "failed", code: "release_invalid", message: `${quote(releaseId)} cannot be a release's id` };
  }

  async #pull(service: string, releaseId: string): Promise<readonly Reason[]> {
    const { pull } = this.#options;
    return pull === undefined ? [] : (await this.#attempt(() => pull(service, releaseId))).reasons;
  }

  #measure(service: string, releaseId: string, before: readonly Reason[]): Found<Measurement> {
    const { evidence, environment } = this.#options;
    try {
      const value = readMeasurement(evidence, service, releaseId);
      const elsewhere = evidence.environments(service, releaseId).filter((name) => name !== environment);
      const problem = absence(value, elsewhere, environment) ?? mixture(value);
      return { value, reasons: problem === undefined ? before : [...before, problem] };
    } catch (thrown) {
      return { reasons: [...before, this.#toFailure(thrown)] };
    }
  }

  #decide(pack: LoadedPack | undefined, measurement: Measurement | undefined, about: About): Decided {
    const undecided = { isAllowed: false, missing: [] };
    if (pack === undefined || measurement === undefined) return { ...undecided, reasons: [] };
    try {
      const schema = pack.inputSchema(PROMOTION_PACKAGE);
      if (schema === undefined) return { ...undecided, reasons: [noSchema()] };
      const { environment } = this.#options;
      const { input, missing } = toPolicyInput(schema, toKnown(measurement, { ...about, environment }));
      // Of what was never measured the policy's complaints would only repeat that.
      if (measurement.snapshot === undefined) return { ...undecided, missing, reasons: [] };
      const incomplete = missing.length === 0 ? [] : [incompleteness(missing)];
      const denied = askPolicy(pack.instance, input);
      return { isAllowed: denied.length === 0, missing, reasons: [...incomplete, ...denied] };
    } catch (thrown) {
      return { ...undecided, reasons: [this.#toFailure(thrown)] };
    }
  }

  async #attempt<T>(call: () => Promise<T>): Promise<Found<T>> {
    try {
      return { value: await call(), reasons: [] };
    } catch (thrown) {
      return { reasons: [this.#toFailure(thrown)] };
    }
  }

  #toFailure(thrown: unknown): Reason {
    const { log } = this.#options;
    if (thrown instanceof PolicyPackError) log.warn({ err: thrown }, "a release cannot be judged");
    else log.error({ err: thrown }, "judging a release failed");
    return toFailure(thrown);
  }
}

interface About {
  readonly service: string;
  readonly releaseId: string;
}

interface Found<T> {
  readonly value?: T;
  readonly reasons: readonly Reason[];
}

interface Decided {
  readonly isAllowed: boolean;
  readonly missing: readonly string[];
  readonly reasons: readonly Reason[];
}

function noSchema(): Reason {
  const message = `the pack has no opa/schemas/${PROMOTION_PACKAGE}/input.json, so its input cannot be made`;
  return { kind: "failed", code: "input_schema_missing", message };
}

function incompleteness(missing: readonly string[]): Reason {
  return { kind: "missing", code: "evidence_incomplete", message: `without ${missing.join(", ")}` };
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
