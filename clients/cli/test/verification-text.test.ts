import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "@jest/globals";
import type { BundleReport, VerificationReport } from "@policy-pack/verify";
import type { Explanation } from "../src/explain.ts";
import { formatExplanation } from "../src/explanation-text.ts";
import { formatVerification } from "../src/verification-text.ts";
import type { VerificationView } from "../src/verification-text.ts";
import { bundleReport, CERTIFICATE, DIGEST, KEY, LIST, MET, verificationReport } from "./report-fixture.ts";
import { createTerminal } from "./support.ts";

const view = { subject: "app.tar", source: "root.json", steps: false };

function format(report: VerificationReport, isTTY = false, changed: Partial<VerificationView> = {}): string {
  const terminal = createTerminal({ isTTY });
  return formatVerification(terminal, terminal.stdout, report, { ...view, ...changed });
}

/** A bundle of which it is not known who signed it. */
function unsigned(fields: Partial<BundleReport>): BundleReport {
  const report = bundleReport(fields);
  Reflect.deleteProperty(report, "signer");
  return report;
}

/** Every text and number of a report, which its readable form has to show too. */
function leavesOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leavesOf);
}

describe("formatVerification", () => {
  it("shows every fact of the report with its steps", () => {
    const certificate = {
      serial: "0a0b",
      notBefore: "2026-01-01T00:00:00.000Z",
      notAfter: "2026-01-01T00:10:00.000Z",
      sha256: "5e".repeat(32),
    };
    const statement = { predicateType: "urn:x", subjects: [{ name: "app.tar", digest: DIGEST }] };
    const signer = { ...CERTIFICATE, certificate, github: { repository: "acme/app" } };
    const report = verificationReport({
      packId: "access-v0",
      revision: "4",
      bundles: [
        bundleReport({ file: "a.json", signer, statement, trustedRoot: "public" }),
        bundleReport({
          index: 1,
          outcome: "rejected",
          file: "b.json",
          signer: KEY,
          steps: [{ step: "key", outcome: "failed", saw: "s", code: "KEY_MISMATCH" }],
        }),
      ],
      rules: [MET, { ...MET, step: "pause", outcome: "unmet", code: "PAUSED" }],
      denylist: LIST,
      pause: { ...LIST, bundles: [bundleReport({ signer: KEY })] },
    });
    const text = format(report, false, { steps: true });
    for (const leaf of leavesOf(report)) expect(text).toContain(leaf);
  });

  it("says at once whether it is verified", () => {
    expect(format(verificationReport())).toMatch(/^verified: app\.tar\n/);
    expect(format(verificationReport({ verified: false }))).toMatch(/^rejected: app\.tar\n/);
  });

  it("says who, when and in which log in a line each, and no steps, when it is verified", () => {
    const bundles = [bundleReport({ file: "a.json" }), bundleReport({ index: 1, file: "b.json", outcome: "unused" })];
    expect(format(verificationReport({ bundles })).split("\n")).toEqual([
      "verified: app.tar",
      `digest        ${DIGEST}`,
      "signer        release@example.com",
      "issuer        https://issuer.example.com",
      "log entry     7 in https://log.example.com",
      "time          2026-01-02T03:04:05.000Z (timestamp authority https://time.example.com)",
      "trusted root  root.json",
      "",
      "met       threshold  signers (1 of 1)  1 distinct signer",
      "accepted  signature  a.json            release@example.com",
      "unused    signature  b.json            release@example.com",
    ]);
  });

  it("calls a signer by the policy's name where it has one, and says that the key alone vouches", () => {
    const bundles = [bundleReport({ signer: KEY, rules: ["signers: alice"], times: [], logEntries: [] })];
    const text = format(verificationReport({ bundles }));
    expect(text).toMatch(/^signer +alice \(the key aGludA==\)$/m);
    expect(text).toMatch(/^trusted root +none: the key alone$/m);
    expect(text).toMatch(/^accepted .* alice$/m);
  });

  it("shows of a rejection the steps of the bundle that decided it, as far as it got", () => {
    const failure = { code: "KEY_MISMATCH", step: "key", message: "too few: another key", needed: "n" } as const;
    const steps = [
      { step: "content", outcome: "passed", saw: "s" },
      { step: "key", outcome: "failed", saw: "another key", code: "KEY_MISMATCH" },
      { step: "signature", outcome: "skipped", saw: "not reached" },
    ] as const;
    const other = { step: "content", outcome: "failed", saw: "other bytes", code: "DIGEST_MISMATCH" } as const;
    const bundles = [
      unsigned({ file: "a.json", outcome: "rejected", steps }),
      unsigned({ index: 1, file: "b.json", outcome: "rejected", steps: [other] }),
    ];
    const text = format(verificationReport({ verified: false, bundles, rules: [], failure }));
    expect(text).toMatch(/\n\nsteps of a\.json\n {2}passed +content +s\n {2}failed +key +KEY_MISMATCH: another key$/);
    expect(text).toMatch(/^rejected +signature +b\.json +DIGEST_MISMATCH: other bytes$/m);
    expect(text).not.toContain("steps of b.json");
    expect(text).not.toContain("root.json");
  });

  it("says where it failed and what is needed, and leaves the message to the error before it", () => {
    const failure = { code: "PAUSED", step: "pause", message: "stopped today", needed: "a newer status" } as const;
    const rules = [{ ...MET, step: "pause", outcome: "unmet", code: "PAUSED", saw: "stopped today" } as const];
    const text = format(verificationReport({ verified: false, rules, failure }));
    expect(text).toMatch(/^failed at +pause\nneeded +a newer status$/m);
    expect(text).not.toContain("stopped today");
  });

  it("has colours on a terminal, and the same words without", () => {
    const report = verificationReport();
    expect(stripVTControlCharacters(format(report, true))).toBe(format(report));
    expect(format(report, true)).toContain("\u001b[32maccepted\u001b[0m");
  });

  it("keeps what others wrote from steering the terminal", () => {
    const signer = { ...CERTIFICATE, identity: "a\u001b[2J\nverified: b" };
    const text = format(verificationReport({ bundles: [bundleReport({ signer })] }));
    expect(text).not.toContain("\u001b");
    expect(text).not.toMatch(/^verified: b/m);
  });
});

describe("formatExplanation", () => {
  const format = (explanation: Explanation, file = "app.tar"): string => {
    const terminal = createTerminal();
    return formatExplanation(terminal, terminal.stdout, file, explanation);
  };

  it("wraps each point and keeps it from steering the terminal", () => {
    const long = Array.from({ length: 60 }, (_, i) => `word${i}`).join(" ");
    const text = format({ proven: ["a\u001b[2J"], notProven: [long, "x".repeat(200)] }, "f\u001b[2J\ng");
    expect(text).not.toContain("\u001b");
    expect(text).toMatch(/^f.* g is what your policy asks for\.\n\nWhat is proven\n {2}- a/);
    expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThan(210);
    expect(text.split("\n").filter((line) => line.startsWith("    "))).not.toHaveLength(0);
  });

  it("says at once not to use what is rejected, and has no heading for what is not there", () => {
    expect(format({ proven: [], notProven: ["a"] })).toBe("Do not use app.tar.\n\nWhat is not proven\n  - a");
  });
});
