export { isReleaseId, parseEvidence } from "./parse-evidence.ts";
export type { EvidenceOptions } from "./parse-evidence.ts";
export { EvidenceStore } from "./evidence-store.ts";
export type { HistoryPage, LinkedEvidence, StoreOptions, WriteResult } from "./evidence-store.ts";
export type { Cost, Evidence, EvidenceLink, EvidenceRecord, EvidenceSource, Snapshot } from "./record.ts";
