import { describe, expect, it } from "@jest/globals";
import { canonicalEntries, digestOf, encodeOpaManifest, encodeTar } from "@policy-pack/pack";
import { extractPack, VerifiedPack, verifyPack } from "../src/index.ts";
import type { VerificationPolicy, VerifyPackOptions } from "../src/index.ts";
import { envelopeBundle, messageBundle, STATEMENT } from "./support/bundles.ts";
import { codeOf } from "./support/expect.ts";
import { IDENTITY, ISSUER, rootJson, sha256 } from "./support/world.ts";

const policy: VerificationPolicy = { signers: [{ certificateIdentity: IDENTITY, certificateOidcIssuer: ISSUER }] };

function packOf(revision: string, packId = "test-pack-v0"): Uint8Array {
  const manifest = encodeOpaManifest({
    revision,
    roots: ["test"],
    rego_version: 1,
    metadata: { packId, previousDigest: null, entrypoints: ["test/allow"], opaVersion: "1.0.0" },
  });
  return encodeTar(
    canonicalEntries([
      { path: "README.md", bytes: Buffer.from("# Test\n") },
      { path: "opa/.manifest", bytes: manifest },
      { path: "opa/policy.wasm", bytes: Buffer.from("not looked at") },
      { path: "data/test/data.json", bytes: Buffer.from('{"limit":3}') },
    ]),
  );
}

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
