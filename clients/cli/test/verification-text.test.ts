import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "@jest/globals";
import type { VerificationReport } from "@policy-pack/verify";
import type { Explanation } from "../src/explain.ts";
import { formatExplanation } from "../src/explanation-text.ts";
import { formatVerification } from "../src/verification-text.ts";
import { bundleReport, CERTIFICATE, DIGEST, KEY, LIST, MET, verificationReport } from "./report-fixture.ts";
import { createTerminal } from "./support.ts";

const names = { subject: "app.tar", source: "root.json", bundles: ["a.json", "b.json"] };

function format(report: VerificationReport, isTTY = false): string {
  const terminal = createTerminal({ isTTY });
  return formatVerification(terminal, terminal.stdout, report, names);
}

/** Every text and number of a report, which its readable form has to show too. */
function leavesOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leavesOf);
}

describe("formatVerification", () => {
  it("shows every fact of the report", () => {
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
        bundleReport({ signer, statement, trustedRoot: "public" }),
        bundleReport({
          index: 1,
          outcome: "rejected",
          signer: KEY,
          steps: [{ step: "key", outcome: "failed", saw: "s", code: "KEY_MISMATCH" }],
        }),
      ],
      rules: [MET, { ...MET, step: "pause", outcome: "unmet", code: "PAUSED" }],
      denylist: LIST,
      pause: { ...LIST, bundles: [bundleReport({ signer: KEY })] },
    });
    const text = format(report);
    for (const leaf of leavesOf(report)) expect(text).toContain(leaf);
    for (const name of names.bundles) expect(text).toContain(name);
  });

  it("says at once whether it is verified", () => {
    expect(format(verificationReport())).toMatch(/^verified: app\.tar\n/);
    expect(format(verificationReport({ verified: false }))).toMatch(/^rejected: app\.tar\n/);
  });

  it("says where it failed and what is needed, and the reason once", () => {
    const failure = { code: "PAUSED", step: "pause", message: "stopped today", needed: "a newer status" } as const;
    const rules = [{ ...MET, step: "pause", outcome: "unmet", code: "PAUSED", saw: "stopped today" } as const];
    const text = format(verificationReport({ verified: false, rules, failure }));
    expect(text).toMatch(/^failed at +pause\nbecause +PAUSED: stopped today\nneeded +a newer status$/m);
    expect(text.match(/stopped today/g)).toHaveLength(1);
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
