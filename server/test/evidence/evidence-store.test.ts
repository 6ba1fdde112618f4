import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { JsonValue } from "@policy-pack/pack";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { EvidenceStore, parseEvidence } from "../../src/evidence/evidence.ts";
import type { Evidence, WriteResult } from "../../src/evidence/evidence.ts";
import { SQL } from "../../src/evidence/evidence-queries.ts";
import type { Query } from "../../src/evidence/evidence-queries.ts";
import { EVIDENCE_LIMITS } from "../../src/evidence/limits.ts";
import { evidenceOf, NOW } from "../support/promotion.ts";

const RELEASE = ["graph-api", "2026-03-01.1"] as const;
const API = { source: "api", writer: "ci", receivedAt: NOW } as const;
const URL_LINK = { predicateType: "https://slsa.dev/provenance/v1", url: "https://ci.test/1" };

let folder: TempDir;
let path: string;
let store: EvidenceStore;

beforeEach(async () => {
  folder = await createTempDir();
  path = join(folder.path, "evidence.sqlite");
  store = EvidenceStore.open(path, { environment: "production" });
});

afterEach(async () => {
  store.close();
  await folder.remove();
});

function evidence(fields: object = {}): Evidence {
  const body = JSON.parse(JSON.stringify(evidenceOf(fields))) as JsonValue;
  return parseEvidence(body, { services: ["graph-api"], now: NOW });
}

function write(fields: object = {}): WriteResult {
  return store.write(evidence(fields), API);
}

function at(minute: number, fields: object = {}): object {
  return { measuredAt: `2026-03-01T11:${String(minute).padStart(2, "0")}:00Z`, ...fields };
}

const NOTHING = { snapshot: undefined, cost: undefined };

describe("write", () => {
  it("returns the record with who wrote it and when, and an id by its content", () => {
    const { record, created } = write();
    expect(created).toBe(true);
    expect(record).toEqual({
      ...evidence(),
      id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as unknown,
      source: "api",
      writer: "ci",
      receivedAt: NOW.toISOString(),
    });
  });

  it("returns what was kept when the same comes again, from anyone at any time", () => {
    const { record } = write();
    const later = { source: "api", writer: "other", receivedAt: new Date(0) } as const;
    expect(store.write(evidence(), later)).toEqual({ record, created: false });
  });

  it("throws EVIDENCE_CONFLICT for other content of the same moment, and keeps the first", () => {
    const { record } = write();
    expect(() => write({ soakSeconds: 1 })).toThrow(expect.objectContaining({ code: "EVIDENCE_CONFLICT" }));
    expect(store.history(...RELEASE).records).toEqual([record]);
  });

  it("keeps what has another source, environment, release or moment beside it", () => {
    write();
    for (const other of [{ environment: "staging" }, { releaseId: "2" }, at(1)])
      expect(write(other).created).toBe(true);
    const measured = { source: "prometheus", writer: "x", receivedAt: NOW } as const;
    expect(store.write(evidence(), measured).created).toBe(true);
  });
});

describe("newest", () => {
  it("returns the newest by its own time, each part for itself", () => {
    write(at(50, { cost: undefined }));
    write(at(40, { soakSeconds: 40 }));
    write(at(55, { ...NOTHING, links: [URL_LINK] }));
    write(at(30, { soakSeconds: 30 }));
    expect(store.newest(...RELEASE)?.measuredAt).toBe("2026-03-01T11:50:00.000Z");
    expect(store.newest(...RELEASE, "cost")?.measuredAt).toBe("2026-03-01T11:40:00.000Z");
    expect(store.newest(...RELEASE, "soakSeconds")?.soakSeconds).toBe(40);
  });

  it("returns nothing of other environments, services and releases", () => {
    write({ environment: "staging" });
    expect(store.newest(...RELEASE)).toBeUndefined();
    expect(store.newest("ingest", RELEASE[1])).toBeUndefined();
    expect(store.newest(RELEASE[0], "2026-03-01.2")).toBeUndefined();
  });

  it("returns what came last of two of the same moment", () => {
    const measured = { source: "prometheus", writer: "x", receivedAt: NOW } as const;
    write();
    store.write(evidence({ soakSeconds: 1 }), measured);
    expect(store.newest(...RELEASE)?.source).toBe("prometheus");
  });
});

describe("links", () => {
  it("returns those of this environment with the evidence that brought them, the newest first", () => {
    const url = (path: string): object => ({ ...URL_LINK, url: `https://ci.test/${path}` });
    write(at(10, { links: [url("old")] }));
    write(at(20, { links: [url("a"), url("b")] }));
    write(at(30, { environment: "staging", links: [url("staging")] }));
    const links = store.links(...RELEASE);
    expect(links.map(({ link }) => link.url?.slice(16))).toEqual(["a", "b", "old"]);
    expect(links[2]?.record.measuredAt).toBe("2026-03-01T11:10:00.000Z");
  });

  it("returns at most so many", () => {
    const links = Array.from({ length: 32 }, () => URL_LINK);
    for (let minute = 0; minute < 10; minute += 1) write(at(minute, { links }));
    expect(store.links(...RELEASE)).toHaveLength(EVIDENCE_LIMITS.maxJudgedLinks);
  });

  it("returns what the newest documents of so many bytes bring, of few large ones", () => {
    const large = { ...API, writer: "large" };
    const link = { predicateType: URL_LINK.predicateType, bundle: { text: "x".repeat(2 * 1024 * 1024) } };
    for (let i = 0; i < 6; i += 1) {
      const measuredAt = new Date(NOW.getTime() - i).toISOString();
      store.write({ ...evidence(), measuredAt, links: [link] }, large);
    }
    const found = store.links(...RELEASE);
    expect(found.map(({ record }) => record.measuredAt)[0]).toBe(NOW.toISOString());
    expect(found).toHaveLength(3);
  });
});

describe("artifactDigests", () => {
  it("returns each once, the newest first", () => {
    const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
    write(at(10, { artifactDigest: digest("a") }));
    write(at(20, { artifactDigest: digest("b") }));
    write(at(30, { artifactDigest: digest("a") }));
    write(at(40));
    write(at(50, { artifactDigest: digest("c"), environment: "staging" }));
    expect(store.artifactDigests(...RELEASE)).toEqual([digest("a"), digest("b")]);
  });
});

describe("environments", () => {
  it("returns every one that there is evidence of", () => {
    write();
    write({ environment: "staging" });
    write({ environment: "canary", releaseId: "2" });
    expect(store.environments(...RELEASE)).toEqual(["production", "staging"]);
    expect(store.environments("graph-api", "unheard-of")).toEqual([]);
  });

  it("returns at most so many", () => {
    for (let i = 0; i <= EVIDENCE_LIMITS.maxEnvironments; i += 1) write({ environment: `e${i}` });
    expect(store.environments(...RELEASE)).toHaveLength(EVIDENCE_LIMITS.maxEnvironments);
  });
});

describe("history", () => {
  it("returns at most so many, and says that there are more", () => {
    const total = EVIDENCE_LIMITS.maxHistoryRecords + 1;
    for (let i = 0; i < total; i += 1) write({ measuredAt: new Date(NOW.getTime() - i).toISOString() });
    const { records, more } = store.history(...RELEASE);
    expect([records.length, more]).toEqual([total - 1, true]);
    expect(records[0]?.measuredAt).toBe(NOW.toISOString());
  });

  it("returns at most so many bytes", () => {
    const links = Array.from({ length: 32 }, (_, i) => ({
      ...URL_LINK,
      url: `https://ci.test/${"x".repeat(1_900)}${i}`,
    }));
    const each = JSON.stringify(links).length;
    const total = Math.ceil(EVIDENCE_LIMITS.maxHistoryBytes / each) + 1;
    for (let i = 0; i < total; i += 1) write({ measuredAt: new Date(NOW.getTime() - i).toISOString(), links });
    const { records, more } = store.history(...RELEASE);
    expect(more).toBe(true);
    expect(records.length).toBeLessThan(total);
    // What was begun and left there holds nothing up.
    expect(write(at(1)).created).toBe(true);
  });
});

describe("SQL", () => {
  /** How SQLite would go about a query: what it looks at beyond what it returns. */
  function planOf(query: Query): readonly string[] {
    const database = new DatabaseSync(path);
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${SQL[query]}`).all();
    database.close();
    return plan.map(({ detail }) => String(detail));
  }

  it.each([
    ["snapshot", "evidence_with_snapshot"],
    ["cost", "evidence_with_cost"],
    ["soakSeconds", "evidence_with_soak"],
    ["links", "evidence_with_links"],
    ["digests", "evidence_with_artifact"],
  ] as const)("seeks %s without walking over what a writer may have heaped up before it", (query, index) => {
    expect(planOf(query)).toEqual([
      `SEARCH evidence USING INDEX ${index} (service=? AND release_id=? AND environment=?)`,
    ]);
  });

  it("takes one step for each environment", () => {
    expect(planOf("environments").join()).toContain("(service=? AND release_id=? AND environment>?)");
    expect(planOf("environments").join()).not.toContain("TEMP B-TREE");
  });
});

describe("when the file fails", () => {
  it("throws STORE_FAILED for a row that was changed after it was read", () => {
    write();
    expect(store.newest(...RELEASE)?.snapshot?.p95Ms).toBe(210.5);
    const other = new DatabaseSync(path);
    other.exec("UPDATE evidence SET content = replace(content, '210.5', '10.5')");
    other.close();
    expect(() => store.newest(...RELEASE)).toThrow(expect.objectContaining({ code: "STORE_FAILED" }));
  });

  it("throws STORE_FAILED for a row that is not what was written", () => {
    write();
    const other = new DatabaseSync(path);
    other.exec("UPDATE evidence SET content = replace(content, '210.5', '10.5')");
    other.close();
    for (const read of [() => store.newest(...RELEASE), () => store.history(...RELEASE), () => write()]) {
      expect(read).toThrow(expect.objectContaining({ code: "STORE_FAILED", retryable: true }));
    }
  });

  it("throws STORE_FAILED beyond its size, and keeps what it has", () => {
    store.close();
    store = EvidenceStore.open(path, { environment: "production", maxBytes: 100_000 });
    const links = Array.from({ length: 10 }, (_, i) => ({
      ...URL_LINK,
      url: `https://ci.test/${"x".repeat(1_900)}${i}`,
    }));
    const fill = (): void => {
      for (let minute = 0; minute < 60; minute += 1) write(at(minute, { links }));
    };
    expect(fill).toThrow(expect.objectContaining({ code: "STORE_FAILED" }));
    const { records } = store.history(...RELEASE);
    expect(records.length).toBeGreaterThan(0);
    expect(store.newest(...RELEASE)).toEqual(records[0]);
  });

  it("throws STORE_FAILED while another process holds it for too long", () => {
    store.close();
    store = EvidenceStore.open(path, { environment: "production", busyTimeoutMs: 1 });
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    expect(() => write()).toThrow(expect.objectContaining({ code: "STORE_FAILED" }));
    other.exec("ROLLBACK");
    other.close();
    expect(write().created).toBe(true);
  });

  it("throws STORE_FAILED once it is closed, and says nothing of where it was", () => {
    store.close();
    store.close();
    expect(() => write()).toThrow(
      expect.objectContaining({ code: "STORE_FAILED", message: expect.not.stringContaining(path) as unknown }),
    );
  });
});
