import type { DatabaseSync } from "node:sqlite";

/** Marks the file as an evidence store: "PPev" in ASCII. */
const APPLICATION_ID = 0x50_50_65_76;

/**
 * What makes each version of the file out of the one before; a file's `user_version` says how many it has seen. Never
 * changed once released: a new one is added.
 *
 * `content` is the evidence as canonical JSON, and the columns before it are taken from it so that they can be sought.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE evidence (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     service TEXT NOT NULL,
     release_id TEXT NOT NULL,
     environment TEXT NOT NULL,
     source TEXT NOT NULL CHECK (source IN ('api', 'prometheus')),
     measured_at INTEGER NOT NULL,
     received_at INTEGER NOT NULL,
     writer TEXT NOT NULL,
     has_snapshot INTEGER NOT NULL,
     has_cost INTEGER NOT NULL,
     has_soak INTEGER NOT NULL,
     has_links INTEGER NOT NULL,
     artifact_digest TEXT,
     content TEXT NOT NULL,
     UNIQUE (service, release_id, environment, source, measured_at)
   ) STRICT;
   CREATE INDEX evidence_by_time ON evidence (service, release_id, measured_at);
   CREATE INDEX evidence_with_snapshot ON evidence (service, release_id, environment, measured_at) WHERE has_snapshot = 1;
   CREATE INDEX evidence_with_cost ON evidence (service, release_id, environment, measured_at) WHERE has_cost = 1;
   CREATE INDEX evidence_with_soak ON evidence (service, release_id, environment, measured_at) WHERE has_soak = 1;
   CREATE INDEX evidence_with_links ON evidence (service, release_id, environment, measured_at) WHERE has_links = 1;
   CREATE INDEX evidence_with_artifact ON evidence (service, release_id, environment, measured_at)
     WHERE artifact_digest IS NOT NULL;`,
];

export type SchemaProblem = "foreign" | "newer";

/**
 * Brings the file to the newest version, all steps or none, also when several processes open it at once. A file that
 * another program made or a newer version of this one wrote is not touched.
 * @returns why it was left alone
 */
export function migrate(database: DatabaseSync, migrations: readonly string[] = MIGRATIONS): SchemaProblem | undefined {
  const problem = schemaProblem(database, migrations.length);
  if (problem !== undefined || versionOf(database) === migrations.length) return problem;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const step of migrations.slice(versionOf(database))) database.exec(step);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}; COMMIT`);
    return undefined;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Why the file is not to be touched; reads only, and all at one moment: another process may be making the tables. */
export function schemaProblem(database: DatabaseSync, newest = MIGRATIONS.length): SchemaProblem | undefined {
  database.exec("BEGIN");
  try {
    return problemOf(database, newest);
  } finally {
    if (database.isTransaction) database.exec("ROLLBACK");
  }
}

function problemOf(database: DatabaseSync, newest: number): SchemaProblem | undefined {
  const applicationId = readPragma(database, "application_id");
  const isEmpty = Number(database.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.["n"]) === 0;
  if (applicationId !== APPLICATION_ID && !(applicationId === 0 && isEmpty)) return "foreign";
  return versionOf(database) > newest ? "newer" : undefined;
}

function versionOf(database: DatabaseSync): number {
  return readPragma(database, "user_version");
}

function readPragma(database: DatabaseSync, name: "application_id" | "user_version"): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
