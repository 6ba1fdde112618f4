import { EVIDENCE_LIMITS } from "./limits.ts";

export type Query =
  "insert" | "byKey" | "snapshot" | "cost" | "soakSeconds" | "links" | "history" | "digests" | "environments";

const OF_RELEASE = "service = :service AND release_id = :releaseId";
const HERE = `${OF_RELEASE} AND environment = :environment`;
const NEWEST_FIRST = "ORDER BY measured_at DESC, seq DESC";

/** Every statement; none but `history` looks at more rows than it returns, however many a writer has brought. */
export const SQL: Readonly<Record<Query, string>> = {
  insert: `INSERT INTO evidence (id, service, release_id, environment, source, measured_at, received_at, writer,
             has_snapshot, has_cost, has_soak, has_links, artifact_digest, content)
           VALUES (:id, :service, :releaseId, :environment, :source, :measuredAt, :receivedAt, :writer,
             :snapshot, :cost, :soak, :links, :artifactDigest, :content) ON CONFLICT DO NOTHING`,
  byKey: `SELECT * FROM evidence WHERE ${HERE} AND source = :source AND measured_at = :measuredAt`,
  snapshot: `SELECT * FROM evidence WHERE ${HERE} AND has_snapshot = 1 ${NEWEST_FIRST} LIMIT 1`,
  cost: `SELECT * FROM evidence WHERE ${HERE} AND has_cost = 1 ${NEWEST_FIRST} LIMIT 1`,
  soakSeconds: `SELECT * FROM evidence WHERE ${HERE} AND has_soak = 1 ${NEWEST_FIRST} LIMIT 1`,
  links: `SELECT * FROM evidence WHERE ${HERE} AND has_links = 1 ${NEWEST_FIRST}`,
  history: `SELECT * FROM evidence WHERE ${OF_RELEASE} ${NEWEST_FIRST}`,
  digests: `SELECT artifact_digest FROM evidence WHERE ${HERE} AND artifact_digest IS NOT NULL ${NEWEST_FIRST}
            LIMIT ${EVIDENCE_LIMITS.maxJudgedLinks}`,
  // One step for each environment rather than one for each row.
  environments: `WITH RECURSIVE known(environment) AS (
      SELECT min(environment) FROM evidence WHERE ${OF_RELEASE}
      UNION ALL
      SELECT (SELECT min(environment) FROM evidence WHERE ${OF_RELEASE} AND environment > known.environment)
      FROM known WHERE known.environment IS NOT NULL
      LIMIT ${EVIDENCE_LIMITS.maxEnvironments}
    ) SELECT environment FROM known WHERE environment IS NOT NULL`,
};
