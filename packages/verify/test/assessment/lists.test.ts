import { describe, expect, it } from "@jest/globals";
import { digestOf, PREDICATE_TYPES } from "@policy-pack/pack";
import { assessArtifact, verifyArtifact } from "../../src/index.ts";
import type { SignerRule, VerificationPolicy, VerifyArtifactOptions } from "../../src/index.ts";
import { messageBundle } from "../support/bundles.ts";
import { codeOf } from "../support/expect.ts";
import { at, hintOf, pemOf, signedBy, signedWithKey, statedBy } from "../support/signers.ts";
import { ARTIFACT, ISSUER, keys, NOW, rootJson } from "../support/world.ts";

const person = (name: string): SignerRule => ({
  name,
  certificateIdentity: `${name}@example.com`,
  certificateOidcIssuer: ISSUER,
});
const policy: VerificationPolicy = {
  signers: [person("ann"), person("bob")],
  denylist: { signers: [person("sec"), person("sec2")] },
  pause: { signers: [person("ops")] },
};
const subject = [{ name: "list", digest: { sha256: "1".repeat(64) } }];
const dates = { issuedAt: at(-60), expires: at(60) };
const list = (entries: object[] = [], version = 5, changed: object = {}): object => ({
  subject,
  predicateType: PREDICATE_TYPES.denylist,
  predicate: { version, ...dates, entries, ...changed },
});
const status = (paused: boolean, version = 3, changed: object = {}): object => ({
  subject,
  predicateType: PREDICATE_TYPES.pause,
  predicate: { version, ...dates, paused, reason: "a drill", ...changed },
});
const denying = (...entries: object[]): string =>
  statedBy("sec@example.com", list(entries.map((entry) => ({ ...entry, reason: "it leaks" }))));

const good: VerifyArtifactOptions = {
  artifact: { bytes: ARTIFACT },
  bundle: signedBy("ann@example.com"),
  trustedRoot: JSON.stringify(rootJson()),
  policy,
  denylist: statedBy("sec@example.com", list()),
  pause: statedBy("ops@example.com", status(false)),
  now: new Date(NOW),
};
const code = (changed: Partial<VerifyArtifactOptions>): string => codeOf(() => verifyArtifact({ ...good, ...changed }));

describe("a policy that demands a denylist and a pause status", () => {
  it("when neither denies accepts, and tells their versions", () => {
    const { seen, report } = verifyArtifact(good);
    expect(seen).toEqual({ denylistVersion: 5, pauseVersion: 3 });
    expect(report.denylist).toMatchObject({ version: 5, bundles: [{ outcome: "accepted" }] });
    expect(report.rules.map(({ step, outcome }) => [step, outcome])).toEqual([
      ["threshold", "met"],
      ["denylist", "met"],
      ["pause", "met"],
    ]);
  });

  it("when the versions are those seen before accepts", () => {
    expect(verifyArtifact({ ...good, seen: { denylistVersion: 5, pauseVersion: 3 } }).report.verified).toBe(true);
  });

  it.each<[string, Partial<VerifyArtifactOptions>, string]>([
    ["the denylist is withheld", { denylist: undefined }, "METADATA_MISSING"],
    ["the denylist is an empty list of bundles", { denylist: [] }, "METADATA_MISSING"],
    ["the pause status is withheld", { pause: undefined }, "METADATA_MISSING"],
    ["the denylist is the pause status", { denylist: good.pause }, "METADATA_MISSING"],
    ["the pause status is the denylist", { pause: good.denylist }, "METADATA_MISSING"],
    ["the denylist is a signed file", { denylist: good.bundle }, "STATEMENT_INVALID"],
    ["the denylist cannot be read", { denylist: "{}" }, "BUNDLE_INVALID"],
    ["there are too many denylists", { denylist: Array<string>(101).fill("{}") }, "LIMIT_EXCEEDED"],
    ["a stranger signed the denylist", { denylist: statedBy("eve@example.com", list()) }, "IDENTITY_MISMATCH"],
    ["the artifact's signer signed it", { denylist: statedBy("ann@example.com", list()) }, "IDENTITY_MISMATCH"],
    ["the other role signed it", { denylist: statedBy("ops@example.com", list()) }, "IDENTITY_MISMATCH"],
    ["the denylist is malformed", { denylist: statedBy("sec@example.com", list([{}])) }, "METADATA_INVALID"],
    ["the denylist is of version 0", { denylist: statedBy("sec@example.com", list([], 0)) }, "METADATA_INVALID"],
    [
      "a malformed denylist stands beside a good one",
      { denylist: [statedBy("sec@example.com", list([{}])), good.denylist as string] },
      "METADATA_INVALID",
    ],
    ["the denylist has expired", { now: new Date(NOW + 61 * 60_000) }, "METADATA_EXPIRED"],
    ["the denylist is of the future", { now: new Date(NOW - 66 * 60_000) }, "METADATA_EXPIRED"],
    ["the denylist is older than one seen", { seen: { denylistVersion: 6 } }, "METADATA_ROLLBACK"],
    ["the pause status is older than one seen", { seen: { pauseVersion: 4 } }, "METADATA_ROLLBACK"],
    ["it is paused", { pause: statedBy("ops@example.com", status(true)) }, "PAUSED"],
    ["some packs are paused", { pause: statedBy("ops@example.com", status(true, 3, { packIds: ["a-v0"] })) }, "PAUSED"],
    ["the digest is denied", { denylist: denying({ digest: digestOf(ARTIFACT) }) }, "DENYLISTED"],
    ["the identity is denied", { denylist: denying({ identity: "ann@example.com", issuer: ISSUER }) }, "DENYLISTED"],
    ["the certificate's key is denied", { denylist: denying({ keyHint: hintOf(keys.signer) }) }, "DENYLISTED"],
  ])("when %s throws", (_, changed, expected) => {
    expect(code(changed)).toBe(expected);
    expect(assessArtifact({ ...good, ...changed }).failure?.code).toBe(expected);
  });

  it("when some packs are paused and the policy alone says which one it is throws PAUSED", () => {
    const named = { ...policy, packId: "b-v0" };
    const pause = statedBy("ops@example.com", status(true, 3, { packIds: ["a-v0"] }));
    expect(code({ policy: named, pause })).toBe("PAUSED");
  });

  it("when a bare key is denied throws DENYLISTED", () => {
    const signers = [{ publicKey: pemOf(keys.signer) }];
    const changed = { bundle: signedWithKey(keys.signer), policy: { ...policy, signers } };
    expect(code({ ...changed, denylist: denying({ keyHint: hintOf(keys.signer) }) })).toBe("DENYLISTED");
    expect(verifyArtifact({ ...good, ...changed }).signer.kind).toBe("key");
  });

  it("when one of two signers is denied counts the other alone", () => {
    const bundle = [signedBy("ann@example.com"), signedBy("bob@example.com", { key: keys.other })];
    const denylist = denying({ identity: "ann@example.com", issuer: ISSUER });
    expect(verifyArtifact({ ...good, bundle, denylist }).signers).toMatchObject([{ identity: "bob@example.com" }]);
    expect(code({ bundle, denylist, policy: { ...policy, threshold: 2 } })).toBe("THRESHOLD_NOT_MET");
  });

  it("when who made the attestation is denied does not count it", () => {
    const attestations = [{ predicateType: "https://example.com/predicate/v1", signers: [person("ci")] }];
    const bundle = [good.bundle as string, statedBy("ci@example.com", {}, { key: keys.other })];
    const changed = { bundle, policy: { ...policy, attestations } };
    expect(verifyArtifact({ ...good, ...changed }).attestations).toHaveLength(1);
    const denylist = denying({ identity: "ci@example.com", issuer: ISSUER });
    expect(code({ ...changed, denylist })).toBe("PREDICATE_MISSING");
  });

  it("when who signed the pause status is denied does not believe it", () => {
    expect(code({ denylist: denying({ identity: "ops@example.com", issuer: ISSUER }) })).toBe("DENYLISTED");
  });

  it("when an older denylist stands beside the newest looks at the newest alone", () => {
    const older = statedBy("sec@example.com", list([{ digest: digestOf(ARTIFACT), reason: "x" }], 4));
    expect(verifyArtifact({ ...good, denylist: [older, good.denylist as string] }).seen.denylistVersion).toBe(5);
    expect(
      code({ denylist: [denying({ digest: digestOf(ARTIFACT) }), statedBy("sec@example.com", list([], 4))] }),
    ).toBe("DENYLISTED");
  });

  it("when two denylists of one version differ looks at both", () => {
    expect(code({ denylist: [good.denylist as string, denying({ digest: digestOf(ARTIFACT) })] })).toBe("DENYLISTED");
  });

  it("when the newest is a stranger's looks at the newest that is believed", () => {
    const denylist = [statedBy("eve@example.com", list([], 9)), good.denylist as string];
    expect(verifyArtifact({ ...good, denylist }).seen.denylistVersion).toBe(5);
  });

  it("when two must have signed the denylist wants the same bytes of both", () => {
    const two = { ...policy, denylist: { signers: [person("sec"), person("sec2")], threshold: 2 } };
    const first = statedBy("sec@example.com", list());
    const second = (version: number): string => statedBy("sec2@example.com", list([], version), { key: keys.other });
    expect(verifyArtifact({ ...good, policy: two, denylist: [first, second(5)] }).seen.denylistVersion).toBe(5);
    expect(code({ policy: two, denylist: [first] })).toBe("THRESHOLD_NOT_MET");
    expect(code({ policy: two, denylist: [first, first] })).toBe("THRESHOLD_NOT_MET");
    expect(code({ policy: two, denylist: [first, second(6)] })).toBe("THRESHOLD_NOT_MET");
    expect(code({ policy: two, denylist: [first, statedBy("sec2@example.com", list())] })).toBe("THRESHOLD_NOT_MET");
  });

  it("when the signature fails says that first", () => {
    const bundle = JSON.stringify(messageBundle({ artifact: Buffer.from("x") }));
    expect(code({ bundle, denylist: undefined })).toBe("DIGEST_MISMATCH");
  });
});

describe("the caller of a policy with lists", () => {
  it.each<[string, Partial<VerifyArtifactOptions>]>([
    ["no time", { now: undefined }],
    ["a denylist that the policy does not name", { policy: { signers: [person("ann")] }, pause: undefined }],
    ["a pause status that the policy does not name", { policy: { signers: [person("ann")] }, denylist: undefined }],
  ])("when it gives %s gets CONFIG_INVALID", (_, changed) => {
    expect(code(changed)).toBe("CONFIG_INVALID");
  });

  it.each<[string, Partial<VerifyArtifactOptions>]>([
    ["a time that is none", { now: new Date(Number.NaN) }],
    ["a time in words", { now: "today" as unknown as Date }],
    ["a version in words", { seen: { denylistVersion: "5" as unknown as number } }],
    ["a version under another name", { seen: { denylist: 5 } as object }],
    ["versions that are a number", { seen: 5 as unknown as object }],
    ["versions in a list", { seen: [5] as unknown as object }],
    ["half a version", { seen: { pauseVersion: 0.5 } }],
    ["a version below 0", { seen: { pauseVersion: -1 } }],
    ["a denylist that is no bundle", { denylist: 5 as unknown as string }],
  ])("when it gives %s gets a TypeError", (_, changed) => {
    expect(() => verifyArtifact({ ...good, ...changed })).toThrow(TypeError);
  });
});
