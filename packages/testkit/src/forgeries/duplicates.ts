import { messageBundle, STATEMENT, envelopeBundle } from "../forge/bundles.ts";
import type { BundleJson } from "../forge/bundles.ts";
import { caJson, certificates, keys, logJson, MINUTE, NOW, rootJson, token } from "../forge/world.ts";
import { bentBundle, DEFAULT_POLICY, forgeryGroup, v1Entry } from "./forgery.ts";
import type { Trial } from "./forgery.ts";

const repeated = (change: (bundle: BundleJson) => void): Trial => ({ bundle: bentBundle(change) });

function timesEntry(count: number): Trial {
  return repeated(({ verificationMaterial }) => {
    const [entry] = verificationMaterial.tlogEntries;
    if (entry !== undefined) verificationMaterial.tlogEntries = Array<typeof entry>(count).fill(entry);
  });
}

function timesToken(count: number): Trial {
  return { bundle: messageBundle({ tokens: (signature) => Array<Buffer>(count).fill(token(signature)) }) };
}

const logs = (minimumLogEntries: number) => ({ ...DEFAULT_POLICY, minimumLogEntries });
const timestamps = (minimumTimestamps: number) => ({ ...DEFAULT_POLICY, minimumTimestamps });

function subjects(count: number): Trial {
  const [subject] = STATEMENT.subject;
  return {
    bundle: envelopeBundle({ statement: { ...STATEMENT, subject: Array<typeof subject>(count).fill(subject) } }),
  };
}

const tsaTwice = rootJson({
  timestampAuthorities: [
    caJson(certificates.tsa, certificates.tsaRoot),
    { ...caJson(certificates.tsa, certificates.tsaRoot), uri: "https://another-name.example.com" },
  ],
});

const logTwice = rootJson({ tlogs: [logJson(keys.log), logJson(keys.log, "https://another-name.example.com")] });

/** Saying a thing twice makes it no truer, and a bundle does not choose how much work its verifier does. */
export const duplicateForgeries = forgeryGroup("duplicates and numbers", [
  [
    "one log entry twice, where two logs are wanted",
    "LOG_ENTRY_MISSING",
    "one entry in one log is one",
    () => ({ ...timesEntry(2), policy: logs(2) }),
  ],
  [
    "two entries in one log, where two logs are wanted",
    "LOG_ENTRY_MISSING",
    "logs are counted, not entries",
    () => ({
      bundle: messageBundle({
        entries: (signature, certificate) => [v1Entry(signature, certificate), v1Entry(signature, certificate)],
      }),
      policy: logs(2),
    }),
  ],
  [
    "one log under two names, where two logs are wanted",
    "LOG_ENTRY_MISSING",
    "a log is its key, whatever it is called",
    () => ({ ...timesEntry(2), root: logTwice, policy: logs(2) }),
  ],
  [
    "one timestamp twice, where two are wanted",
    "TIMESTAMP_MISSING",
    "one token is one",
    () => ({ ...timesToken(2), policy: timestamps(2) }),
  ],
  [
    "two timestamps of one authority, where two are wanted",
    "TIMESTAMP_MISSING",
    "authorities are counted, not tokens",
    () => ({
      bundle: messageBundle({ tokens: (signature) => [token(signature), token(signature, { timeMs: NOW + MINUTE })] }),
      policy: timestamps(2),
    }),
  ],
  [
    "one authority under two names, where two are wanted",
    "TIMESTAMP_MISSING",
    "an authority is its certificate, whatever it is called",
    () => ({
      bundle: messageBundle({ tokens: (signature) => [token(signature), token(signature, { timeMs: NOW + MINUTE })] }),
      root: tsaTwice,
      policy: timestamps(2),
    }),
  ],
  ["a good log entry twice", "accepted", "it is one, and one is enough", () => timesEntry(2)],
  ["a good timestamp twice", "accepted", "it is one, and one is enough", () => timesToken(2)],
  [
    "a broken timestamp beside a good one",
    "accepted",
    "the good one proves the time; the other proves nothing and is not counted",
    () => ({ bundle: messageBundle({ tokens: (signature) => [Buffer.from("broken"), token(signature)] }) }),
  ],
  [
    "a copy of the log entry with another index",
    "LOG_ENTRY_INVALID",
    "whatever a bundle brings must hold; a copy is one only when it is the same in all",
    () =>
      repeated(({ verificationMaterial: { tlogEntries } }) => {
        tlogEntries.forEach((entry) => {
          tlogEntries[1] = { ...entry, logIndex: "999999" };
        });
      }),
  ],
  [
    "a copy of the log entry with a broken proof",
    "INCLUSION_PROOF_INVALID",
    "whatever a bundle brings must hold; a copy is one only when it is the same in all",
    () =>
      repeated(({ verificationMaterial: { tlogEntries } }) => {
        tlogEntries.forEach((entry) => {
          const copy = structuredClone(entry);
          if (copy.inclusionProof !== undefined) copy.inclusionProof.hashes = [];
          tlogEntries[1] = copy;
        });
      }),
  ],
  ["33 log entries", "LIMIT_EXCEEDED", "each costs signature checks", () => timesEntry(33)],
  [
    "10 000 log entries",
    "LIMIT_EXCEEDED",
    "they would be more than the bundle may have bytes",
    () => timesEntry(10_000),
  ],
  ["33 timestamps", "LIMIT_EXCEEDED", "each costs signature checks", () => timesToken(33)],
  ["5 000 subjects", "accepted", "a release may have many files", () => subjects(5000)],
  [
    "10 001 subjects",
    "LIMIT_EXCEEDED",
    "a statement must not choose how long it is looked through",
    () => subjects(10_001),
  ],
]);
