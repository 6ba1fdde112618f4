import { describe, expect, it } from "@jest/globals";
import { assessArtifact, VERIFY_LIMITS } from "../../src/index.ts";
import type { VerificationPolicy, VerifyArtifactOptions } from "../../src/index.ts";
import { PREDICATE_TYPES } from "@policy-pack/pack";
import { codeOf } from "../support/expect.ts";
import { at, signedBy, statedBy } from "../support/signers.ts";
import { ARTIFACT, ISSUER, NOW, rootJson } from "../support/world.ts";

const person = (name: string): object => ({
  name,
  certificateIdentity: `${name}@example.com`,
  certificateOidcIssuer: ISSUER,
});
const signers = [person("ann")] as NonNullable<VerificationPolicy["signers"]>;
const options: VerifyArtifactOptions = {
  artifact: { bytes: ARTIFACT },
  bundle: signedBy("ann@example.com"),
  trustedRoot: JSON.stringify(rootJson()),
  policy: { signers },
};

describe("assessArtifact, when no list is demanded", () => {
  it.each<[string, Partial<VerifyArtifactOptions>]>([
    ["a version in words", { seen: { denylistVersion: "5" as unknown as number } }],
    ["half a version", { seen: { pauseVersion: 0.5 } }],
    ["a version below 0", { seen: { pauseVersion: -1 } }],
    ["a time that is none", { now: new Date(Number.NaN) }],
    ["a time in words", { now: "today" as unknown as Date }],
  ])("and %s is given throws TypeError all the same", (_, changed) => {
    expect(() => assessArtifact({ ...options, ...changed })).toThrow(TypeError);
  });

  it.each<[string, Partial<VerifyArtifactOptions>]>([
    ["versions of 0 and none", { seen: { denylistVersion: 0, pauseVersion: undefined } }],
    ["a time", { now: new Date(NOW) }],
  ])("and %s is given verifies", (_, changed) => {
    expect(assessArtifact({ ...options, ...changed }).verified).toBe(true);
  });
});

describe("assessArtifact, when one list is demanded", () => {
  it.each(["denylist", "pause"])("and no time is given throws CONFIG_INVALID for the %s alone", (list) => {
    const policy = { signers, [list]: { signers } };
    expect(codeOf(() => assessArtifact({ ...options, policy, [list]: "{}" }))).toBe("CONFIG_INVALID");
  });
});

describe("assessArtifact, when bundles are many bytes together", () => {
  const megabyte = " ".repeat(1024 * 1024);
  const count = VERIFY_LIMITS.maxBundleBytesTotal / megabyte.length;

  it("reads them up to the cap, and none beyond it", () => {
    const within = assessArtifact({ ...options, bundle: Array<string>(count).fill(megabyte) });
    expect([within.bundles.length, within.failure?.code]).toEqual([count, "BUNDLE_INVALID"]);
    const bundle = [...Array<string>(count).fill(megabyte), " "];
    const beyond = assessArtifact({ ...options, bundle });
    expect([beyond.bundles.length, beyond.failure?.code]).toEqual([0, "LIMIT_EXCEEDED"]);
  });
});

describe("assessArtifact, when one of two trusted roots is too late for the signer", () => {
  it("tells of the other, which vouches", () => {
    const root = JSON.parse(JSON.stringify(rootJson())) as NonNullable<VerificationPolicy["trustedRoots"]>[string];
    const policy = {
      trustedRoots: { ours: root, theirs: root },
      signers: [
        { ...person("ann"), trustedRoot: "ours", notAfter: at(-1) },
        { ...person("ann"), trustedRoot: "theirs" },
      ],
    } as unknown as VerificationPolicy;
    const { verified, bundles } = assessArtifact({ ...options, policy, trustedRoot: undefined });
    expect(verified).toBe(true);
    expect(bundles[0]).toMatchObject({ outcome: "accepted", trustedRoot: "theirs" });
  });
});

describe("the rules that a bundle meets", () => {
  it("are told by list and name, or by their place", () => {
    const dates = { version: 1, issuedAt: at(-60), expires: at(60) };
    const stated = (predicateType: string, predicate: object): string =>
      statedBy("ann@example.com", { predicateType, predicate });
    const predicateType = "https://example.com/tested/v1";
    const unnamed = { ...person("ann"), name: undefined };
    const policy = {
      signers,
      attestations: [{ predicateType, signers: [unnamed] }],
      denylist: { signers },
      pause: { signers: [unnamed] },
    } as unknown as VerificationPolicy;
    const report = assessArtifact({
      ...options,
      policy: JSON.parse(JSON.stringify(policy)) as VerificationPolicy,
      bundle: [options.bundle as string, stated(predicateType, {})],
      denylist: stated(PREDICATE_TYPES.denylist, { ...dates, entries: [] }),
      pause: stated(PREDICATE_TYPES.pause, { ...dates, paused: false, reason: "none" }),
      now: new Date(NOW),
    });
    expect(report.verified).toBe(true);
    expect(report.bundles.map(({ rules }) => rules)).toEqual([["signers: ann"], ["attestations[0][0]"]]);
    expect(report.denylist?.bundles.map(({ rules }) => rules)).toEqual([["denylist: ann"]]);
    expect(report.pause?.bundles.map(({ rules }) => rules)).toEqual([["pause[0]"]]);
  });
});
