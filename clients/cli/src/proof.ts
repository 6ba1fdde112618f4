import type { Signer, VerifiedBundle } from "@policy-pack/verify";
import { formatTable } from "./report.ts";
import type { Report } from "./report.ts";

/**
 * What a verified bundle proves about a file, and nothing besides.
 * @param subject the file as it was named, or its digest
 * @param source whose trusted root it was checked against
 */
export function describeVerified(subject: string, verified: VerifiedBundle, source: string): Report {
  const { digest, signer, statement } = verified;
  const times = verified.times.map(({ source: kind, name, timeMs }) => ({ time: toIso(timeMs), source: kind, name }));
  const logEntries = verified.logEntries.map(({ log, logIndex, kind, version, checkpoint }) => ({
    log,
    logIndex: String(logIndex),
    kind: `${kind} ${version}`,
    checkpoint: checkpoint === undefined ? null : { ...checkpoint, treeSize: String(checkpoint.treeSize) },
  }));
  const rows = [
    ["digest", digest],
    ...signerRows(signer),
    ...(statement === undefined ? [] : [["statement", statement.predicateType]]),
    ...logEntries.map(({ log, logIndex }) => ["log entry", `${logIndex} in ${log}`]),
    ...times.map(({ time, source: kind, name }) => ["time", `${time} (${kind} ${name})`]),
    ["trusted root", source],
  ];
  return {
    json: {
      verified: true,
      file: subject,
      digest,
      signer,
      statement: statement ?? null,
      times,
      logEntries,
      trustedRoot: source,
    },
    text: `verified: ${formatTable([[subject]])}\n${formatTable(rows)}`,
  };
}

function signerRows(signer: Signer): string[][] {
  if (signer.kind === "key") return [["signer", `the key ${signer.keyHint}`]];
  return [
    ["signer", signer.identity],
    ["issuer", signer.issuer],
  ];
}

function toIso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
