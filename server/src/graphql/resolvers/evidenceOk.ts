import type { Digest } from "@policy-pack/pack";
import type { Caller } from "../../auth/bearer.ts";
import type { Cost, Snapshot } from "../../evidence/evidence.ts";
import type { Judge, Judgement } from "../../promotion/judge.ts";
import { formatReason } from "../../promotion/reason.ts";

/** What every resolver is given beside its arguments. */
export interface QueryContext {
  readonly caller: Caller;
}

export interface EvidenceOkArguments {
  readonly service: string;
  readonly releaseId: string;
}

/** The object of the schema's type `EvidenceOk`. */
export interface EvidenceOk {
  readonly ok: boolean;
  readonly reasons: readonly string[];
  readonly missing: readonly string[];
  readonly stale: boolean;
  readonly snapshot: Snapshot | null;
  readonly cost: Cost | null;
  readonly packDigest: Digest | null;
  readonly revision: string | null;
  readonly decidedAt: string;
}

export type EvidenceOkResolver = (args: EvidenceOkArguments, context: QueryContext) => Promise<EvidenceOk>;

/**
 * Resolves `Query.evidenceOk`. Only who may not ask gets an error; whatever fails while judging is `ok: false`.
 * @throws TrustError TOKEN_FORBIDDEN, TOKEN_EXPIRED from the resolver
 */
export function createEvidenceOkResolver(judge: Judge): EvidenceOkResolver {
  return async ({ service, releaseId }, { caller }) => {
    caller.permit({ scope: "evidence:read", service });
    return toEvidenceOk(await judge.judge(service, releaseId));
  };
}

function toEvidenceOk(judgement: Judgement): EvidenceOk {
  const { ok, reasons, missing, stale, snapshot, cost, pack, decidedAt } = judgement;
  return {
    ok,
    reasons: reasons.map(formatReason),
    missing,
    stale,
    snapshot: snapshot ?? null,
    cost: cost ?? null,
    packDigest: pack?.digest ?? null,
    revision: pack?.revision ?? null,
    decidedAt,
  };
}
