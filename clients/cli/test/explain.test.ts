import { describe, expect, it } from "@jest/globals";
import { BUNDLE_STEPS, DEMAND_STEPS } from "@policy-pack/verify";
import type { VerificationPolicy } from "@policy-pack/verify";
import { explainReport } from "../src/explain.ts";
import type { Explanation } from "../src/explain.ts";
import {
  bundleReport,
  CERTIFICATE,
  DEVELOPMENT,
  DIGEST,
  ENTRY,
  KEY,
  LIST,
  TIME,
  verificationReport,
} from "./report-fixture.ts";

const RULE = { certificateIdentity: "release@example.com", certificateOidcIssuer: "https://issuer.example.com" };
const ROLE = { signers: [RULE] };
const TYPE = "https://slsa.dev/provenance/v1";

/** Everything that an explanation depends on. */
interface Case {
  readonly signer: "certificate" | "development" | "key";
  readonly logged: boolean;
  readonly timed: boolean;
  readonly threshold: 1 | 2;
  readonly attested: boolean;
  readonly denylist: boolean;
  readonly pause: boolean;
  readonly state: boolean;
  readonly pack: boolean;
}

const BOTH = [false, true] as const;

function* cases(): Generator<Case> {
  for (const signer of ["certificate", "development", "key"] as const)
    for (const logged of BOTH)
      for (const timed of BOTH)
        for (const threshold of [1, 2] as const)
          for (const attested of BOTH)
            for (const denylist of BOTH)
              for (const pause of BOTH)
                for (const state of BOTH)
                  for (const pack of BOTH)
                    yield { signer, logged, timed, threshold, attested, denylist, pause, state, pack };
}

const SIGNERS = { certificate: CERTIFICATE, development: DEVELOPMENT, key: KEY };

function explain(given: Case): Explanation {
  const { threshold, attested, denylist, pause, pack } = given;
  const policy: VerificationPolicy = {
    signers: [RULE],
    threshold,
    ...(attested ? { attestations: [{ predicateType: TYPE }] } : {}),
    ...(denylist ? { denylist: ROLE } : {}),
    ...(pause ? { pause: ROLE } : {}),
    ...(pack ? { minimumRevision: 2 } : {}),
  };
  const bundle = bundleReport({
    signer: SIGNERS[given.signer],
    logEntries: given.logged ? [ENTRY] : [],
    times: given.timed ? [TIME] : [],
  });
  const report = verificationReport({
    bundles: [bundle],
    ...(denylist ? { denylist: LIST } : {}),
    ...(pause ? { pause: LIST } : {}),
    ...(pack ? { packId: "access-v0", revision: "4" } : {}),
  });
  return explainReport(report, { policy, source: "root.json", hasState: given.state });
}

/** A point, by words that only it has; when it must be proven and when it must be called unproven. */
const POINTS: readonly (readonly [RegExp, (given: Case) => boolean, "proven" | "notProven"])[] = [
  [/exactly the one that was signed/, () => true, "proven"],
  [
    /was known to https:\/\/issuer\.example\.com as release@example\.com/,
    (it) => it.signer === "certificate",
    "proven",
  ],
  [/taken over that account/, (it) => it.signer === "certificate", "notProven"],
  [/holds the private key/, (it) => it.signer === "key", "proven"],
  [/a key has no name/, (it) => it.signer === "key", "notProven"],
  [/used a development authority/, (it) => it.signer === "development", "proven"],
  [/^Anything to others/, (it) => it.signer === "development", "notProven"],
  [/stands in the log .* as entry 7/, (it) => it.logged, "proven"],
  [/it is in no log/, (it) => !it.logged, "notProven"],
  [/anyone has looked at that log/, (it) => it.logged && it.signer !== "development", "notProven"],
  [/anyone else sees that log/, (it) => it.logged && it.signer === "development", "notProven"],
  [/existed at 2026-01-02T03:04:05\.000Z/, (it) => it.timed, "proven"],
  [/nobody who is believed told the time/, (it) => !it.timed, "notProven"],
  [/one whom the policy accepts\./, (it) => it.threshold === 1, "proven"],
  [/one signer is enough/, (it) => it.threshold === 1, "notProven"],
  [/At least 2 different signers/, (it) => it.threshold === 2, "proven"],
  [/they are different people/, (it) => it.threshold === 2, "notProven"],
  [/1 attestation that the policy asks for/, (it) => it.attested, "proven"],
  [/they prove who said it/, (it) => it.attested, "notProven"],
  [/no attestation was asked for/, (it) => !it.attested, "notProven"],
  [/not on the denylist \(version 3/, (it) => it.denylist, "proven"],
  [/not withdrawn after 2026-01-01/, (it) => it.denylist, "notProven"],
  [/no revision of a pack/, (it) => it.denylist && !it.pack, "notProven"],
  [/nobody has withdrawn it/, (it) => !it.denylist, "notProven"],
  [/denylist is the newest/, (it) => it.denylist && !it.state, "notProven"],
  [/was not paused \(version 3/, (it) => it.pause, "proven"],
  [/not paused after 2026-01-01/, (it) => it.pause, "notProven"],
  [/nobody has stopped its use/, (it) => !it.pause, "notProven"],
  [/pause status is the newest/, (it) => it.pause && !it.state, "notProven"],
  [/revision 4 of the pack access-v0, not older than revision 2/, (it) => it.pack, "proven"],
  [/a newer one may exist/, (it) => it.pack, "notProven"],
  [/an older one that the same signer signed/, (it) => !it.pack, "notProven"],
  [/never what/, () => true, "notProven"],
  [/rests on root\.json/, (it) => it.signer !== "key" || it.logged || it.timed, "notProven"],
  [/rests on the key alone/, (it) => it.signer === "key" && !it.logged && !it.timed, "notProven"],
];

describe("explainReport", () => {
  const explained = [...cases()].map((given) => ({ given, ...explain(given) }));

  it.each(POINTS.map(([words, holds, list]) => ({ words, holds, list })))(
    "says $words exactly when it is so, in every combination",
    ({ words, holds, list }) => {
      const says = (lines: readonly string[]): boolean => lines.some((line) => words.test(line));
      const other = list === "proven" ? "notProven" : "proven";
      const wrong = explained.filter((it) => says(it[list]) !== holds(it.given) || says(it[other]));
      expect(wrong).toEqual([]);
    },
  );

  it("has no other points than those above", () => {
    const lines = new Set(explained.flatMap(({ proven, notProven }) => [...proven, ...notProven]));
    expect([...lines].filter((line) => !POINTS.some(([words]) => words.test(line)))).toEqual([]);
  });

  const context = { policy: { signers: [RULE] }, source: "root.json", hasState: false };
  const linesOf = (fields: Parameters<typeof verificationReport>[0]): Explanation =>
    explainReport(verificationReport(fields), context);

  it("tells a promise of a log from an entry in it", () => {
    const { proven } = linesOf({ bundles: [bundleReport({ logEntries: [{ ...ENTRY, checkpoint: null }] })] });
    expect(proven.join("\n")).toMatch(/has promised to list/);
    expect(proven.join("\n")).not.toMatch(/stands in the log/);
  });

  it("names the workflow that GitHub vouched for", () => {
    const github = { repository: "acme/app", ref: "refs/heads/main", event: "push" };
    const { proven } = linesOf({ bundles: [bundleReport({ signer: { ...CERTIFICATE, github } })] });
    expect(proven.join("\n")).toContain('ran for acme/app from refs/heads/main, started by "push"');
  });

  it("says of a statement who stated it, and not that it is true", () => {
    const statement = { predicateType: TYPE, subjects: [{ name: "app.tar", digest: DIGEST }] };
    const { proven, notProven } = linesOf({ bundles: [bundleReport({ kind: "statement", statement })] });
    expect(proven.join("\n")).toContain(`a statement of the type ${TYPE}`);
    expect(notProven.join("\n")).toContain("stated is true");
  });

  it("takes nothing from bundles that did not count", () => {
    const others = ["rejected", "unused"] as const;
    const bundles = [
      bundleReport(),
      ...others.map((outcome, i) => bundleReport({ index: i + 1, outcome, signer: KEY })),
    ];
    const { proven, notProven } = linesOf({ bundles });
    expect(proven.join("\n")).not.toContain("private key");
    expect(notProven).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/1 bundle that was rejected/),
        expect.stringMatching(/1 bundle that nothing/),
      ]),
    );
  });

  it("says that nobody signed the file itself when the policy names no signer", () => {
    const policy: VerificationPolicy = { attestations: [{ predicateType: TYPE, signers: [RULE] }] };
    const { proven, notProven } = explainReport(verificationReport(), { ...context, policy });
    expect(notProven.join("\n")).toContain("anyone signed the file itself");
    expect(proven.join("\n")).toContain("exactly the one that the statements are about");
    expect(proven.join("\n")).not.toContain("whom the policy accepts.");
  });

  it.each([...BUNDLE_STEPS, ...DEMAND_STEPS])("proves nothing when %s failed, and says what is needed", (step) => {
    const failure = { code: "SIGNATURE_INVALID", step, message: "m", needed: "another one" } as const;
    const { proven, notProven } = linesOf({ verified: false, failure });
    expect(proven).toEqual([]);
    expect(notProven).toHaveLength(3);
    expect(notProven[0]).toMatch(/do not use/);
    expect(notProven[2]).toContain("another one");
  });
});
