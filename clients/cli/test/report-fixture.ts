import type {
  BundleReport,
  ListReport,
  LogEntryReport,
  RuleReport,
  SignerReport,
  VerificationReport,
} from "@policy-pack/verify";

export const DIGEST = `sha256:${"a".repeat(64)}`;
export const CERTIFICATE: SignerReport = {
  kind: "certificate",
  identity: "release@example.com",
  identityKind: "email",
  issuer: "https://issuer.example.com",
};
export const DEVELOPMENT: SignerReport = {
  kind: "certificate",
  identity: "dev@policy-pack.localhost",
  identityKind: "email",
  issuer: "https://dev-authority.policy-pack.localhost",
};
export const KEY: SignerReport = { kind: "key", keyHint: "aGludA==" };

export const ENTRY: LogEntryReport = {
  log: "https://log.example.com",
  logIndex: "7",
  kind: "hashedrekord 0.0.1",
  checkpoint: { origin: "log.example.com", treeSize: "9", rootHash: "cm9vdA==" },
};
export const TIME = {
  source: "timestamp authority",
  name: "https://time.example.com",
  time: "2026-01-02T03:04:05.000Z",
} as const;

export const LIST: ListReport = {
  version: 3,
  issuedAt: "2026-01-01T00:00:00.000Z",
  expires: "2026-02-01T00:00:00.000Z",
  bundles: [],
};

export function bundleReport(fields: Partial<BundleReport> = {}): BundleReport {
  return {
    index: 0,
    kind: "signature",
    outcome: "accepted",
    signer: CERTIFICATE,
    rules: ["release"],
    times: [TIME],
    logEntries: [ENTRY],
    steps: [{ step: "signature", outcome: "passed", saw: "P-256" }],
    ...fields,
  };
}

export const MET: RuleReport = {
  step: "threshold",
  rule: "signers (1 of 1)",
  outcome: "met",
  metBy: [{ signer: "release", bundle: 0 }],
  saw: "1 distinct signer",
};

export function verificationReport(fields: Partial<VerificationReport> = {}): VerificationReport {
  return {
    reportVersion: 1,
    verified: true,
    artifact: { digest: DIGEST },
    bundles: [bundleReport()],
    rules: [MET],
    ...fields,
  };
}
