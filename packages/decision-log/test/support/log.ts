import { createInstance } from "@policy-pack/evaluate";
import type { DecisionOutcome, PolicyInstance, RecordedQuestion } from "@policy-pack/evaluate";
import { digestOf, EvaluationError } from "@policy-pack/pack";
import type { PackContents } from "@policy-pack/pack";
import { compilePack } from "@policy-pack/testkit";

import { createDecisionLog, callbackSink } from "../../src/index.ts";
import type { Clock, DecisionLog, DecisionLogOptions } from "../../src/index.ts";

/** 2026-06-01T12:00:00Z */
export const NOW_MS = 1_780_315_200_000;
export const POLICY = { digest: digestOf(Buffer.from("pack")), revision: "7" };

export type Line = Record<string, unknown> & {
  readonly chain: { readonly id: string; readonly sequence: number; readonly previous: string | null };
};

export function parseLine(line: string): Line {
  return JSON.parse(line) as Line;
}

export interface Recorded {
  readonly log: DecisionLog;
  /** As they were written. */
  readonly lines: string[];
  readonly records: () => Line[];
}

/** A log into memory, with ids `id-0`, `id-1` and so on. */
export async function openLog(options: Partial<DecisionLogOptions> = {}): Promise<Recorded> {
  const lines: string[] = [];
  let ids = 0;
  const log = await createDecisionLog({
    sinks: [callbackSink((line) => void lines.push(line))],
    now: () => NOW_MS,
    newId: () => `id-${ids++}`,
    ...options,
  });
  return { log, lines, records: () => lines.map(parseLine) };
}

export interface Asked extends Partial<RecordedQuestion> {
  readonly outcome?: DecisionOutcome | { readonly error: unknown };
}

/** One decision, `true` on `t/allow` unless said otherwise. */
export function record(log: DecisionLog, { outcome, ...question }: Asked = {}): void {
  const pending = log.begin({
    input: { n: 1 },
    entrypoint: "t/allow",
    policy: POLICY,
    context: undefined,
    ...question,
  });
  pending.end(outcome ?? answer(true));
}

export function answer(value: unknown): DecisionOutcome {
  return { decision: { value: value as never, ...POLICY, builtinErrors: [] } };
}

export const undefinedDecision = { error: new EvaluationError("DECISION_UNDEFINED", "nothing") };

const ENTRYPOINT = "# METADATA\n# entrypoint: true\n";

/** A pack whose `system.log` has these rules; `@` marks entrypoints. */
export async function compileMask(rules: string): Promise<PackContents> {
  const rego = `package system.log\n\n${rules.replaceAll("@", ENTRYPOINT)}\n`;
  return (await compilePack({ "opa/system/log/log.rego": rego })).contents;
}

export async function loadMask(rules: string): Promise<PolicyInstance> {
  return createInstance(await compileMask(rules), { limits: { maxMemoryBytes: 8 * 1024 * 1024 } });
}

/** A clock that goes when it is told to. */
export class ManualClock implements Clock {
  #nowMs = NOW_MS;
  readonly #timers = new Map<object, { readonly atMs: number; readonly action: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, action: () => void): () => void {
    const timer = {};
    this.#timers.set(timer, { atMs: this.#nowMs + ms, action });
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** The times until the waiting timers, in order. */
  waiting(): readonly number[] {
    return [...this.#timers.values()].map(({ atMs }) => atMs - this.#nowMs).sort((left, right) => left - right);
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    for (const [timer, { atMs, action }] of [...this.#timers]) {
      if (atMs > this.#nowMs) continue;
      this.#timers.delete(timer);
      action();
    }
  }
}
