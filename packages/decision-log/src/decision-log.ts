import { randomUUID } from "node:crypto";

import { ConfigError, EvaluationError } from "@policy-pack/pack";
import type {
  DecisionOutcome,
  DecisionRecorder,
  DecisionTime,
  PendingRecord,
  PolicyInstance,
  RecordedQuestion,
} from "@policy-pack/evaluate";

import type { ChainHead } from "./chain.ts";
import { recordText } from "./chain.ts";
import type { DropCounts, DropReason } from "./drops.ts";
import { put, putBuiltinErrors, putFailure, putTime, resultOf, startEvent } from "./event.ts";
import type { Members } from "./event.ts";
import { LOG_DEFAULTS, MAX_RECORD_BYTES } from "./limits.ts";
import { canonicalText, parseLogValue, UnwritableError } from "./log-value.ts";
import { applyMask } from "./mask/apply.ts";
import type { MaskedParts } from "./mask/apply.ts";
import { MaskPolicy, reasonOf } from "./mask/mask-policy.ts";
import { ChainedSink } from "./sinks/chained-sink.ts";
import type { LogSink, SinkStats } from "./sinks/sink.ts";

type Outcome = DecisionOutcome | { readonly error: unknown };

export interface DecisionLogOptions {
  /** At least one; each gets every record, in a chain of its own. */
  readonly sinks: readonly LogSink[];
  /** A policy with `system/log/mask`, `system/log/drop` or both among its entrypoints; it sees records as OPA shows them. */
  readonly mask?: PolicyInstance | undefined;
  /** Of every record; who wrote it, such as `{ id, version }`. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** A decision stands only when every sink took its record; otherwise asking throws. Off unless set. */
  readonly required?: boolean | undefined;
  /** An input or a result that is larger as JSON is left out of its record; 1 MiB unless given. */
  readonly maxRecordBytes?: number | undefined;
  /** Milliseconds since 1970; the system's clock unless given. */
  readonly now?: (() => number) | undefined;
  /** A new id for each record; random UUIDs unless given. */
  readonly newId?: (() => string) | undefined;
}

export interface DecisionLogStats {
  /** Decisions that were to be recorded, dropped ones among them. */
  readonly decisions: number;
  /** Records whose mask could not be found out: without input and result. */
  readonly maskFailures: number;
  /** Records that a failing drop rule could not judge: kept. */
  readonly dropFailures: number;
  /** Records without an input that cannot be written as JSON, or without input and result that are too large. */
  readonly unwritable: number;
  readonly sinks: readonly (SinkStats & {
    readonly name: string;
    readonly dropped: DropCounts;
    readonly head: ChainHead;
  })[];
}

export interface DecisionLog extends DecisionRecorder {
  stats(): DecisionLogStats;
  /** Passes on what is kept; resolved when that is done or the time is over. `stats` says what is left. */
  flush(options?: { readonly timeoutMs?: number | undefined }): Promise<void>;
  /** Takes no more records, passes on what is kept within the grace, and lets go. What is left then is counted as lost. */
  close(options?: { readonly graceMs?: number | undefined }): Promise<void>;
}

/**
 * Opens the sinks of a log. Records are made while the decision is answered, and passed on behind its back: what a sink
 * cannot do changes no decision unless `required` is set, and is counted.
 *
 * @throws TypeError without sinks, or for a mask without its entrypoints
 * @throws ConfigError CONFIG_INVALID
 * @throws ConfigError, FormatError of the sinks that cannot be opened
 */
export async function createDecisionLog(options: DecisionLogOptions): Promise<DecisionLog> {
  if (options.sinks.length === 0) throw new TypeError("A decision log needs at least one sink.");
  const { maxRecordBytes = LOG_DEFAULTS.maxRecordBytes } = options;
  if (!Number.isInteger(maxRecordBytes) || maxRecordBytes < 1 || maxRecordBytes > MAX_RECORD_BYTES) {
    const message = `maxRecordBytes is ${maxRecordBytes}; give a whole number from 1 to ${MAX_RECORD_BYTES}.`;
    throw new ConfigError("CONFIG_INVALID", message);
  }
  const log = new ChainedLog(options);
  await log.open(options.sinks);
  return log;
}

class ChainedLog implements DecisionLog {
  readonly #options: DecisionLogOptions;
  readonly #mask: MaskPolicy | undefined;
  readonly #labels: Readonly<Record<string, string>>;
  readonly #maxBytes: number;
  readonly #now: () => number;
  readonly #newId: () => string;
  readonly #counts = { decisions: 0, maskFailures: 0, dropFailures: 0, unwritable: 0 };
  #sinks: readonly ChainedSink[] = [];
  #isClosed = false;

  constructor(options: DecisionLogOptions) {
    this.#options = options;
    this.#mask = options.mask === undefined ? undefined : new MaskPolicy(options.mask);
    this.#labels = { ...options.labels };
    this.#maxBytes = options.maxRecordBytes ?? LOG_DEFAULTS.maxRecordBytes;
    this.#now = options.now ?? Date.now;
    this.#newId = options.newId ?? randomUUID;
  }

  async open(sinks: readonly LogSink[]): Promise<void> {
    const opened: ChainedSink[] = [];
    try {
      for (const sink of sinks) opened.push(await ChainedSink.open(sink, (dropped) => this.#toGap(dropped)));
    } catch (error) {
      await Promise.all(opened.map((sink) => sink.close(0)));
      throw error;
    }
    this.#sinks = opened;
  }

  begin({ input, entrypoint, policy, context }: RecordedQuestion): PendingRecord {
    if (this.#isClosed) this.#refuse("closed");
    const decisionId = context?.decisionId ?? this.#newId();
    const labels = this.#labels;
    const members = startEvent({ decisionId, nowMs: this.#now(), labels, entrypoint, policy, context });
    const isWhole = this.#putPart(members, "input", input);
    return {
      decisionId,
      end: (outcome, time) => {
        this.#end(members, isWhole, outcome, time);
      },
    };
  }

  stats(): DecisionLogStats {
    return { ...this.#counts, sinks: this.#sinks.map((sink) => sink.stats()) };
  }

  async flush({ timeoutMs = LOG_DEFAULTS.graceMs }: { readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.flush(timeoutMs)));
  }

  async close({ graceMs = LOG_DEFAULTS.graceMs }: { readonly graceMs?: number | undefined } = {}): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#sinks.map((sink) => sink.close(graceMs)));
  }

  #end(members: Members, inputIsWhole: boolean, outcome: Outcome, time: DecisionTime | undefined): void {
    this.#counts.decisions += 1;
    const decision = resultOf(outcome);
    const isWhole = this.#putPart(members, "result", decision?.value) && inputIsWhole;
    const event = this.#mask === undefined ? undefined : Buffer.from(recordText(seenByMask(members)));
    if (event !== undefined && this.#isDropped(event)) {
      for (const sink of this.#sinks) sink.drop("drop_rule");
      return;
    }
    const isMasked = event !== undefined && this.#applyMask(members, event);
    if (!isWhole) this.#counts.unwritable += 1;
    putFailure(members, outcome.error, !isMasked);
    putBuiltinErrors(members, decision, !isMasked);
    putTime(members, time);
    this.#write(members);
  }

  /** Whether it is written down; where it cannot be, the record says that it is not there. */
  #putPart(members: Members, name: "input" | "result", value: unknown): boolean {
    if (value === undefined) return true;
    try {
      members.set(name, canonicalText(value, this.#maxBytes));
      return true;
    } catch (thrown) {
      // A getter may throw whatever its author likes; what cannot be read is no reason to decide otherwise.
      members.set(
        "unwritable",
        JSON.stringify(thrown instanceof UnwritableError ? thrown.message : "it cannot be read"),
      );
      erase(members, [name]);
      return false;
    }
  }

  #isDropped(event: Uint8Array): boolean {
    try {
      return this.#mask?.drops(event) === true;
    } catch {
      this.#counts.dropFailures += 1;
      return false;
    }
  }

  /** Whether anything was masked. Nothing that a mask might have hidden is written when it cannot say. */
  #applyMask(members: Members, event: Uint8Array): boolean {
    try {
      const rules = this.#mask?.rulesFor(event) ?? [];
      if (rules.length === 0) return false;
      const parts: MaskedParts = { input: parsePart(members.get("input")), result: parsePart(members.get("result")) };
      const { erased, masked } = applyMask(parts, rules);
      for (const name of ["input", "result"] as const) {
        members.delete(name);
        put(members, name, parts[name]);
      }
      if (erased.length > 0) put(members, "erased", [...listOf(members, "erased"), ...erased]);
      if (masked.length > 0) put(members, "masked", masked);
    } catch (thrown) {
      this.#counts.maskFailures += 1;
      put(members, "mask_error", reasonOf(thrown));
      erase(members, ["input", "result"]);
    }
    return true;
  }

  #write(members: Members): void {
    let refused: DropReason | undefined;
    for (const sink of this.#sinks) {
      if (this.#isClosed) sink.drop("closed");
      refused = (this.#isClosed ? "closed" : sink.write(members)) ?? refused;
    }
    if (refused !== undefined) this.#refuse(refused);
  }

  #refuse(reason: DropReason): void {
    if (this.#options.required !== true) return;
    throw new EvaluationError(
      "DECISION_LOG_FAILED",
      `The decision is not recorded (${reason}), and so does not stand. Treat it as a refusal; see the log's stats.`,
    );
  }

  #toGap(dropped: DropCounts): Members {
    const members: Members = new Map();
    put(members, "decision_id", this.#newId());
    put(members, "dropped", dropped);
    put(members, "labels", this.#labels);
    put(members, "timestamp", new Date(this.#now()).toISOString());
    return members;
  }
}

/** What OPA shows to masks: who asked in which trace is not among it. */
function seenByMask(members: Members): Members {
  const seen = new Map(members);
  for (const name of ["trace_id", "span_id", "unwritable"]) seen.delete(name);
  return seen;
}

function parsePart(text: string | undefined) {
  return text === undefined ? undefined : parseLogValue(text);
}

function listOf(members: Members, name: string): readonly string[] {
  return JSON.parse(members.get(name) ?? "[]") as string[];
}

function erase(members: Members, names: readonly string[]): void {
  const erased = new Set(listOf(members, "erased"));
  for (const name of names) {
    members.delete(name);
    erased.add(`/${name}`);
  }
  put(members, "erased", [...erased]);
}
