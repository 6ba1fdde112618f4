import { messageOf, PolicyPackError } from "@policy-pack/pack";
import type { Decision, DecisionContext, DecisionOutcome, DecisionTime, PolicyIdentity } from "@policy-pack/evaluate";

import { canonicalText } from "./log-value.ts";

/** The members of a record while it is made, each as its JSON text. */
export type Members = Map<string, string>;

export interface EventStart {
  readonly decisionId: string;
  readonly nowMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly entrypoint: string;
  readonly policy: PolicyIdentity;
  readonly context: DecisionContext | undefined;
}

/** What is known when a question is asked, but its input; names and forms as of OPA's decision events where it has one. */
export function startEvent({ decisionId, nowMs, labels, entrypoint, policy, context }: EventStart): Members {
  const { packId = "policy-pack", revision, digest } = policy;
  const members: Members = new Map();
  put(members, "bundles", { [packId]: { revision } });
  put(members, "decision_id", decisionId);
  put(members, "labels", labels);
  put(members, "pack_digest", digest);
  put(members, "path", nameOf(entrypoint));
  put(members, "requested_by", nameOf(context?.requestedBy));
  put(members, "span_id", nameOf(context?.spanId));
  put(members, "timestamp", new Date(nowMs).toISOString());
  put(members, "trace_id", nameOf(context?.traceId));
  return members;
}

/** Whatever callers and attackers name. */
const MAX_NAME = 1024;

/** What is no text is the caller's mistake, and no reason to decide otherwise. */
function nameOf(name: unknown): string | undefined {
  return typeof name === "string" ? name.slice(0, MAX_NAME) : undefined;
}

export function put(members: Members, name: string, value: unknown): void {
  if (value !== undefined) members.set(name, canonicalText(value, Infinity));
}

/** What was answered, or why nothing was. As in OPA's events, an undefined decision is one without a result. */
export function resultOf(outcome: DecisionOutcome | { readonly error: unknown }): Decision | undefined {
  return "decision" in outcome ? outcome.decision : undefined;
}

/** @param withMessages false where they may quote what was masked */
export function putFailure(members: Members, error: unknown, withMessages: boolean): void {
  if (error === undefined) return;
  const code = error instanceof PolicyPackError ? error.code : undefined;
  if (code === "DECISION_UNDEFINED") return;
  const message = withMessages ? messageOf(error).slice(0, MAX_NAME) : undefined;
  put(members, "error", { code: code ?? "UNEXPECTED", message });
}

export function putBuiltinErrors(members: Members, decision: Decision | undefined, withMessages: boolean): void {
  if (decision === undefined || decision.builtinErrors.length === 0) return;
  const reports = decision.builtinErrors.map(({ builtin, message }) =>
    withMessages ? { builtin, message } : { builtin },
  );
  put(members, "builtin_errors", reports);
}

export function putTime(members: Members, time: DecisionTime | undefined): void {
  if (time === undefined) return;
  const name = time.kind === "evaluation" ? "timer_rego_query_eval_ns" : "timer_server_handler_ns";
  put(members, "metrics", { [name]: time.nanoseconds });
}
