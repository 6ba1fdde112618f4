import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { canonicalJson, digestOf, FormatError, isDigest, TransportError } from "@policy-pack/pack";
import type { Digest, JsonValue } from "@policy-pack/pack";
import { openDatabase } from "./database.ts";
import type { DatabaseOptions } from "./database.ts";
import { SQL } from "./evidence-queries.ts";
import type { Query } from "./evidence-queries.ts";
import { EVIDENCE_LIMITS } from "./limits.ts";
import type { Evidence, EvidenceLink, EvidenceRecord, EvidenceSource } from "./record.ts";

export interface StoreOptions extends DatabaseOptions {
  /** Evidence of other environments is kept; what judges by is only ever of this one. */
  readonly environment: string;
}

export interface Origin {
  readonly source: EvidenceSource;
  readonly writer: string;
  readonly receivedAt: Date;
}

export interface WriteResult {
  readonly record: EvidenceRecord;
  /** False when the very same evidence was kept before: the record is then that one. */
  readonly created: boolean;
}

/** A link and the evidence that brought it. */
export interface LinkedEvidence {
  readonly link: EvidenceLink;
  readonly record: EvidenceRecord;
}

export interface HistoryPage {
  /** Of every environment, by `measuredAt`, the newest first. */
  readonly records: readonly EvidenceRecord[];
  /** Whether there are older ones. */
  readonly more: boolean;
}

/** A part of evidence, of which the newest counts whatever came after it. */
export type EvidencePart = "snapshot" | "cost" | "soakSeconds";

type Row = Readonly<Record<string, SQLOutputValue>>;
/** What was read of a row, and the row's own text, by which a row that was changed since is told. */
interface RecentRow {
  readonly id: SQLOutputValue | undefined;
  readonly content: SQLOutputValue | undefined;
  readonly source: SQLOutputValue | undefined;
  readonly record: EvidenceRecord;
}

/**
 * The evidence of releases in one SQLite file. Append-only: nothing that was kept is changed or removed, and what `write`
 * returned is there after a crash. Several processes may write to one file.
 */
export class EvidenceStore {
  readonly #database: DatabaseSync;
  readonly #environment: string;
  readonly #statements = new Map<Query, StatementSync>();
  #recent: readonly RecentRow[] = [];

  private constructor(database: DatabaseSync, environment: string) {
    this.#database = database;
    this.#environment = environment;
  }

  /**
   * @param path absolute; made when it is not there
   * @throws TransportError STORE_FAILED
   */
  static open(path: string, options: StoreOptions): EvidenceStore {
    return new EvidenceStore(openDatabase(path, options), options.environment);
  }

  /**
   * Keeps the evidence. Writing the same again changes nothing.
   * @throws FormatError EVIDENCE_CONFLICT when other evidence of the same release, environment, source and time of
   *   measurement is kept
   * @throws TransportError STORE_FAILED; then nothing was kept
   */
  write(evidence: Evidence, { source, writer, receivedAt }: Origin): WriteResult {
    const id = idOf(evidence, source);
    const key = {
      ...releaseOf(evidence),
      environment: evidence.environment,
      source,
      measuredAt: Date.parse(evidence.measuredAt),
    };
    return this.#guard(() => {
      const { changes } = this.#prepare("insert").run({
        ...key,
        id,
        receivedAt: receivedAt.getTime(),
        writer,
        snapshot: Number(evidence.snapshot !== undefined),
        cost: Number(evidence.cost !== undefined),
        soak: Number(evidence.soakSeconds !== undefined),
        links: Number(evidence.links.length > 0),
        artifactDigest: evidence.artifactDigest ?? null,
        content: canonicalJson(evidence as unknown as JsonValue),
      });
      const kept = this.#prepare("byKey").get(key);
      if (kept === undefined) throw new Error("what was written is not there");
      const record = toRecord(kept);
      if (record.id === id) return { record, created: Number(changes) === 1 };
      throw new FormatError(
        "EVIDENCE_CONFLICT",
        `Other evidence of ${evidence.service} ${evidence.releaseId} that was measured at ${evidence.measuredAt} is kept ` +
          `already, as ${record.id}; send a correction with a time of its own.`,
      );
    });
  }

  /** The newest evidence here that has the part, by its own time. @throws TransportError STORE_FAILED */
  newest(service: string, releaseId: string, part: EvidencePart = "snapshot"): EvidenceRecord | undefined {
    return this.#guard(() => {
      const row = this.#prepare(part).get({ service, releaseId, environment: this.#environment });
      return row === undefined ? undefined : this.#toRecentRecord(row);
    });
  }

  /**
   * The links of a release here, the newest evidence first; at most `maxJudgedLinks`, of at most `maxJudgedBytes`.
   * @throws TransportError STORE_FAILED
   */
  links(service: string, releaseId: string): readonly LinkedEvidence[] {
    const found: LinkedEvidence[] = [];
    let bytes = 0;
    return this.#guard(() => {
      for (const row of this.#prepare("links").iterate({ service, releaseId, environment: this.#environment })) {
        bytes += Buffer.byteLength(String(row["content"]));
        if (bytes > EVIDENCE_LIMITS.maxJudgedBytes) break;
        const record = toRecord(row);
        found.push(...record.links.map((link) => ({ link, record })));
        if (found.length >= EVIDENCE_LIMITS.maxJudgedLinks) break;
      }
      return found.slice(0, EVIDENCE_LIMITS.maxJudgedLinks);
    });
  }

  /** What the newest of the release's evidence here says that it runs, the newest first. @throws TransportError STORE_FAILED */
  artifactDigests(service: string, releaseId: string): readonly Digest[] {
    return this.#guard(() => {
      const rows = this.#prepare("digests").all({ service, releaseId, environment: this.#environment });
      return [...new Set(rows.map((row) => String(row["artifact_digest"])).filter(isDigest))];
    });
  }

  /** The environments that there is evidence of; at most `maxEnvironments`. @throws TransportError STORE_FAILED */
  environments(service: string, releaseId: string): readonly string[] {
    return this.#guard(() => {
      return this.#prepare("environments")
        .all({ service, releaseId })
        .map((row) => String(row["environment"]));
    });
  }

  /** @throws TransportError STORE_FAILED */
  history(service: string, releaseId: string): HistoryPage {
    const records: EvidenceRecord[] = [];
    let bytes = 0;
    return this.#guard(() => {
      for (const row of this.#prepare("history").iterate({ service, releaseId })) {
        bytes += Buffer.byteLength(String(row["content"]));
        const isFull = records.length === EVIDENCE_LIMITS.maxHistoryRecords || bytes > EVIDENCE_LIMITS.maxHistoryBytes;
        if (isFull && records.length > 0) return { records, more: true };
        records.push(toRecord(row));
      }
      return { records, more: false };
    });
  }

  /** Reading and writing fail afterwards. Closing again changes nothing. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #prepare(query: Query): StatementSync {
    const known = this.#statements.get(query);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(SQL[query]);
    this.#statements.set(query, statement);
    return statement;
  }

  /** A row with large bundles takes as long to read as a query may, and each judgement looks at it several times. */
  #toRecentRecord(row: Row): EvidenceRecord {
    const { id, content, source } = row;
    const known = this.#recent.find((recent) => recent.id === id);
    if (known !== undefined && known.content === content && known.source === source) return known.record;
    const record = toRecord(row);
    this.#recent = [{ id, content, source, record }, ...this.#recent].slice(0, EVIDENCE_LIMITS.maxRecentRecords);
    return record;
  }

  #guard<T>(action: () => T): T {
    try {
      return action();
    } catch (cause) {
      if (cause instanceof FormatError) throw cause;
      const message = "The evidence store could not be read or written; nothing was kept. Its server's log says why.";
      throw new TransportError("STORE_FAILED", message, { cause });
    }
  }
}

function releaseOf({ service, releaseId }: Evidence): { readonly service: string; readonly releaseId: string } {
  return { service, releaseId };
}

function idOf(evidence: Evidence, source: EvidenceSource): Digest {
  return digestOf(Buffer.from(canonicalJson({ evidence: evidence as unknown as JsonValue, source })));
}

/** @throws Error when the row is not what was written */
function toRecord(row: Row): EvidenceRecord {
  const evidence = JSON.parse(String(row["content"])) as Evidence;
  const source = row["source"] === "prometheus" ? "prometheus" : "api";
  const id = idOf(evidence, source);
  if (id !== row["id"]) throw new Error(`row ${String(row["seq"])} is not what was written`);
  const receivedAt = new Date(Number(row["received_at"])).toISOString();
  return { ...evidence, id, source, receivedAt, writer: String(row["writer"]) };
}
