import { describe, expect, it } from "@jest/globals";
import { digestOf, PREDICATE_TYPES } from "@policy-pack/pack";
import { assessPack, extractPack, VerifiedPack, verifyPack } from "../src/index.ts";
import type { VerificationPolicy, VerifyPackOptions } from "../src/index.ts";
import { envelopeBundle, messageBundle, STATEMENT } from "./support/bundles.ts";
import { codeOf } from "./support/expect.ts";
import { packOf } from "./support/packs.ts";
import { at, statedBy } from "./support/signers.ts";
import { IDENTITY, ISSUER, NOW, rootJson, sha256 } from "./support/world.ts";

const policy: VerificationPolicy = { signers: [{ certificateIdentity: IDENTITY, certificateOidcIssuer: ISSUER }] };

const pack = packOf("7");
const good: VerifyPackOptions = {
  pack,
  bundle: JSON.stringify(messageBundle({ artifact: pack })),
  trustedRoot: JSON.stringify(rootJson()),
  policy,
};
const signed = (tar: Uint8Array): Pick<VerifyPackOptions, "pack" | "bundle"> => ({
  pack: tar,
  bundle: JSON.stringify(messageBundle({ artifact: tar })),
});

describe("verifyPack", () => {
  it("when the pack is the one that the policy wants returns it", () => {
    const verified = verifyPack({ ...good, policy: { ...policy, packId: "test-pack-v0", minimumRevision: 7 } });
    expect(verified).toMatchObject({ digest: digestOf(pack), packId: "test-pack-v0", revision: "7" });
    expect(verified.signers).toEqual([
      { kind: "certificate", identity: IDENTITY, identityKind: "email", issuer: ISSUER },
    ]);
    expect(Object.isFrozen(verified)).toBe(true);
  });

  it("when the floor is the revision that a verified pack told accepts it again", () => {
    const { revision } = verifyPack(good);
    expect(verifyPack({ ...good, policy: { ...policy, minimumRevision: revision } }).revision).toBe(revision);
  });

  it("when the bundle is only a statement about the tar throws STATEMENT_INVALID", () => {
    const subject = [{ name: "pack", digest: { sha256: sha256(pack).toString("hex") } }];
    const bundle = JSON.stringify(envelopeBundle({ statement: { ...STATEMENT, subject } }));
    expect(() => verifyPack({ ...good, bundle })).toThrow(
      expect.objectContaining({ name: "VerificationError", code: "STATEMENT_INVALID" }),
    );
  });

  it.each<[string, Partial<VerifyPackOptions>, string]>([
    [
      "one byte of the pack is another",
      { pack: pack.map((byte, index) => (index === 600 ? byte ^ 1 : byte)) },
      "DIGEST_MISMATCH",
    ],
    ["bytes follow the pack", { pack: Buffer.concat([pack, Buffer.alloc(512)]) }, "DIGEST_MISMATCH"],
    ["the bundle is another pack's", { bundle: signed(packOf("8")).bundle }, "DIGEST_MISMATCH"],
    ["the pack is another one", { policy: { ...policy, packId: "other-pack-v0" } }, "PACK_MISMATCH"],
    ["the pack is too old", { policy: { ...policy, minimumRevision: 8 } }, "REVISION_ROLLBACK"],
    [
      "the pack is older than one that told its revision",
      { policy: { ...policy, minimumRevision: "8" } },
      "REVISION_ROLLBACK",
    ],
    [
      "the pack is older in numbers, newer in letters",
      { ...signed(packOf("9")), policy: { ...policy, minimumRevision: 10 } },
      "REVISION_ROLLBACK",
    ],
    [
      "the signer is another",
      { policy: { signers: [{ certificateIdentity: "x", certificateOidcIssuer: ISSUER }] } },
      "IDENTITY_MISMATCH",
    ],
    ["what is signed is no tar", signed(Buffer.from("x")), "ARCHIVE_INVALID"],
    [
      "the pack is larger than the cap",
      { limits: { maxPackBytes: 100, maxFiles: 9, maxFileBytes: 9, maxNameBytes: 9 } },
      "LIMIT_EXCEEDED",
    ],
  ])("when %s throws", (_, change, code) => {
    expect(codeOf(() => verifyPack({ ...good, ...change }))).toBe(code);
  });
});

describe("verifyPack, with a denylist and a pause status", () => {
  const rule = { certificateIdentity: IDENTITY, certificateOidcIssuer: ISSUER };
  const dates = { issuedAt: at(-60), expires: at(60) };
  const stated = (predicateType: string, predicate: object): string => statedBy(IDENTITY, { predicateType, predicate });
  const denying = (...entries: object[]): string => stated(PREDICATE_TYPES.denylist, { version: 1, ...dates, entries });
  const pausing = (paused: boolean, packIds?: string[]): string =>
    stated(PREDICATE_TYPES.pause, { version: 1, ...dates, paused, packIds, reason: "a drill" });
  const strict: VerifyPackOptions = {
    ...good,
    policy: { signers: [rule], denylist: { signers: [rule] }, pause: { signers: [rule] } },
    denylist: denying({ packId: "test-pack-v0", revisionsUpTo: "6", reason: "old" }),
    pause: pausing(true, ["other-pack-v0"]),
    now: new Date(NOW),
  };

  it("when other revisions and packs are named accepts", () => {
    const { report, revision } = verifyPack(strict);
    expect([report.packId, report.revision]).toEqual(["test-pack-v0", revision]);
    expect(report.rules.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      "threshold met",
      "denylist met",
      "pause met",
      "pack id met",
      "revision met",
    ]);
  });

  it.each<[string, Partial<VerifyPackOptions>, string]>([
    [
      "its revision is denied",
      { denylist: denying({ packId: "test-pack-v0", revision: "7", reason: "x" }) },
      "DENYLISTED",
    ],
    [
      "a later revision and all before are denied",
      { denylist: denying({ packId: "test-pack-v0", revisionsUpTo: "10", reason: "x" }) },
      "DENYLISTED",
    ],
    ["its digest is denied", { denylist: denying({ digest: digestOf(pack), reason: "x" }) }, "DENYLISTED"],
    ["it is paused", { pause: pausing(true, ["test-pack-v0"]) }, "PAUSED"],
    ["every pack is paused", { pause: pausing(true) }, "PAUSED"],
    ["the denylist is withheld", { denylist: undefined }, "METADATA_MISSING"],
    ["the pause status is withheld", { pause: undefined }, "METADATA_MISSING"],
  ])("when %s throws", (_, change, code) => {
    expect(codeOf(() => verifyPack({ ...strict, ...change }))).toBe(code);
    const { report, pack: none } = assessPack({ ...strict, ...change });
    expect([report.verified, report.failure?.code, none]).toEqual([false, code, undefined]);
  });

  it("when what is denied is no pack does not read it", () => {
    const tar = Buffer.from("not a pack");
    const denylist = denying({ digest: digestOf(tar), reason: "it crashes readers" });
    expect(codeOf(() => verifyPack({ ...strict, ...signed(tar), denylist }))).toBe("DENYLISTED");
  });
});

describe("assessPack", () => {
  it("when the pack is what the policy wants gives it too", () => {
    const { report, pack: verified } = assessPack(good);
    expect([report.verified, verified?.digest, verified?.report]).toEqual([true, digestOf(pack), report]);
  });

  it.each<[string, Partial<VerifyPackOptions>, string[]]>([
    ["is not signed", { bundle: [] }, ["threshold unmet", "pack id skipped", "revision skipped"]],
    ["is no tar", signed(Buffer.from("x")), ["threshold met", "pack id unmet", "revision skipped"]],
    ["is another", { policy: { ...policy, packId: "other-v0" } }, ["threshold met", "pack id unmet", "revision met"]],
    ["is old", { policy: { ...policy, minimumRevision: 8 } }, ["threshold met", "pack id met", "revision unmet"]],
  ])("when it %s says which demands were met", (_, change, expected) => {
    const { report } = assessPack({ ...good, ...change });
    expect(report.rules.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual(expected);
  });

  it("when the policy accepts statements still takes none for a signature of a pack", () => {
    const subject = [{ name: "pack", digest: { sha256: sha256(pack).toString("hex") } }];
    const bundle = JSON.stringify(envelopeBundle({ statement: { ...STATEMENT, subject } }));
    const { report } = assessPack({ ...good, bundle, policy: { ...policy, acceptStatements: true } });
    expect(report.failure?.code).toBe("STATEMENT_INVALID");
  });

  it("when the policy names no signer of the pack throws CONFIG_INVALID", () => {
    const { signers = [] } = policy;
    const attestations = [{ predicateType: "https://example.com/predicate/v1", signers }];
    expect(codeOf(() => assessPack({ ...good, policy: { attestations } }))).toBe("CONFIG_INVALID");
  });
});

describe("extractPack", () => {
  it("when a caller ruins what it was given returns whole contents to the next", () => {
    const verified = verifyPack(good);
    const ruined = extractPack(verified);
    ruined.wasm.fill(0);
    (ruined.files as Map<string, Uint8Array>).clear();
    const { wasm, files } = extractPack(verified);
    expect([digestOf(wasm), files.size > 0]).toEqual([digestOf(Buffer.from("not looked at")), true]);
  });

  it("returns the contents", () => {
    const contents = extractPack(verifyPack(good));
    expect([...contents.files.keys()]).toContain("README.md");
    expect([contents.digest, contents.data]).toEqual([digestOf(pack), { test: { limit: 3 } }]);
  });

  it("when the caller's bytes are changed after verification still returns what was signed", () => {
    const bytes = Uint8Array.from(pack);
    const verified = verifyPack({ ...good, pack: bytes });
    bytes.fill(0);
    expect(digestOf(extractPack(verified).wasm)).toBe(digestOf(Buffer.from("not looked at")));
  });

  it("when limits are given reads the pack again under them", () => {
    const limits = { maxPackBytes: 1 << 20, maxFiles: 1, maxFileBytes: 1 << 20, maxNameBytes: 255 };
    expect(codeOf(() => extractPack(verifyPack(good), limits))).toBe("LIMIT_EXCEEDED");
  });

  it.each<[string, () => unknown]>([
    ["an object with the same fields", () => Object.assign({}, verifyPack(good))],
    ["an object with its prototype", () => Object.create(VerifiedPack.prototype) as unknown],
    [
      "a copy with its prototype",
      () => Object.assign(Object.create(VerifiedPack.prototype) as object, verifyPack(good)),
    ],
    ["a structured clone", () => structuredClone(Object.assign({}, verifyPack(good)))],
    ["a proxy", () => new Proxy(verifyPack(good), {})],
    ["undefined", () => undefined],
    ["null", () => null],
  ])("when given %s throws TypeError", (_, make) => {
    const lookAlike = make() as VerifiedPack;
    expect(() => extractPack(lookAlike)).toThrow(TypeError);
  });

  it("when someone calls the constructor throws TypeError", () => {
    const construct = VerifiedPack as unknown as new (maker: symbol, evidence: object) => VerifiedPack;
    expect(() => new construct(Symbol("verifyPack"), {})).toThrow(TypeError);
    expect(() => Reflect.construct(construct, []) as VerifiedPack).toThrow(TypeError);
  });
});
