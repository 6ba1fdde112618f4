import { describe, expect, it } from "@jest/globals";
import { digestOf, PREDICATE_TYPES } from "@policy-pack/pack";
import { assessArtifact, assessPack } from "../../src/index.ts";
import type { VerificationReport, VerifyPackOptions } from "../../src/index.ts";
import { messageBundle } from "../support/bundles.ts";
import { packOf } from "../support/packs.ts";
import { at, statedBy } from "../support/signers.ts";
import { IDENTITY, ISSUER, NOW, rootJson } from "../support/world.ts";

const pack = packOf("7");
const dates = { issuedAt: at(-60), expires: at(60) };
const stated = (predicateType: string, predicate: object): string => statedBy(IDENTITY, { predicateType, predicate });
const denying = (...entries: object[]): string => stated(PREDICATE_TYPES.denylist, { version: 4, ...dates, entries });
const pausing = (paused: boolean): string =>
  stated(PREDICATE_TYPES.pause, { version: 2, ...dates, paused, reason: "a drill" });
const rule = { name: "publisher", certificateIdentity: IDENTITY, certificateOidcIssuer: ISSUER };
const options: VerifyPackOptions = {
  pack,
  bundle: JSON.stringify(messageBundle({ artifact: pack })),
  trustedRoot: JSON.stringify(rootJson()),
  policy: { signers: [rule], denylist: { signers: [rule] }, pause: { signers: [rule] } },
  denylist: denying(),
  pause: pausing(false),
  now: new Date(NOW),
};

function rulesOf(changed: Partial<VerifyPackOptions>): readonly string[] {
  return outcomes(assessPack({ ...options, ...changed }).report);
}
const outcomes = ({ rules }: VerificationReport): readonly string[] =>
  rules.map(({ step, outcome }) => `${step} ${outcome}`);

describe("the demands on a pack", () => {
  it("when all are met says by whom, where somebody met them", () => {
    const { rules } = assessPack(options).report;
    const publisher = [{ signer: "publisher", bundle: 0 }];
    expect(rules.map(({ step, metBy }) => [step, metBy])).toEqual([
      ["threshold", publisher],
      ["denylist", publisher],
      ["pause", publisher],
      ["pack id", []],
      ["revision", []],
    ]);
  });

  it("when its signature does not hold looks at nothing of the pack", () => {
    const bundle = JSON.stringify(messageBundle({ artifact: packOf("8") }));
    const later = ["pause skipped", "pack id skipped", "revision skipped"];
    expect(rulesOf({ bundle })).toEqual(["threshold unmet", "denylist met", ...later]);
  });

  it("when its digest is denied looks at nothing of the pack, though its signature holds", () => {
    const changed = { ...options, denylist: denying({ digest: digestOf(pack), reason: "x" }) };
    const { report } = assessPack(changed);
    expect(report.packId).toBeUndefined();
    const later = ["pause skipped", "pack id skipped", "revision skipped"];
    expect(outcomes(report)).toEqual(["threshold met", "denylist unmet", ...later]);
  });

  it("when it cannot be read says so once, and looks at nothing else", () => {
    const junk = Buffer.from("x");
    const bundle = JSON.stringify(messageBundle({ artifact: junk }));
    const { report } = assessPack({ ...options, pack: junk, bundle });
    expect(report.failure).toMatchObject({ code: "ARCHIVE_INVALID", step: "pack id" });
    expect(outcomes(report)).toEqual([
      "threshold met",
      "denylist met",
      "pack id unmet",
      "pause skipped",
      "revision skipped",
    ]);
  });

  it("when no pause status is demanded has no rule about it", () => {
    const policy = { signers: [rule] };
    const bundle = JSON.stringify(messageBundle({ artifact: packOf("8") }));
    const changed = { policy, bundle, denylist: undefined, pause: undefined };
    expect(rulesOf(changed)).toEqual(["threshold unmet", "pack id skipped", "revision skipped"]);
  });

  it("when there are too many bundles looks at none", () => {
    const { report } = assessPack({ ...options, bundle: Array<string>(101).fill("{}") });
    expect([report.failure?.code, report.failure?.step, report.bundles]).toEqual([
      "LIMIT_EXCEEDED",
      "parse bundle",
      [],
    ]);
  });
});

describe("an artifact whose digest is denied", () => {
  it("is refused as a whole, and not for who signed it", () => {
    const artifact = { bytes: pack };
    const denylist = denying({ digest: digestOf(pack), reason: "x" });
    const { bundles, failure } = assessArtifact({ ...options, artifact, denylist });
    expect([bundles[0]?.outcome, failure?.code, failure?.step]).toEqual(["accepted", "DENYLISTED", "denylist"]);
  });

  it("when its signer is denied is refused for that", () => {
    const artifact = { bytes: pack };
    const denylist = denying({ identity: IDENTITY, issuer: ISSUER, reason: "x" });
    const { bundles, failure } = assessArtifact({ ...options, artifact, denylist });
    expect([bundles[0]?.outcome, failure?.code, failure?.step]).toEqual(["rejected", "DENYLISTED", "signer"]);
  });
});
