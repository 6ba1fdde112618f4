import { describe, expect, it } from "@jest/globals";
import { parseTrustedRoot, verifyArtifact } from "../../src/index.ts";
import type { VerificationPolicy } from "../../src/index.ts";
import { entry, hashedRekord, messageBundle } from "../support/bundles.ts";
import type { BundleSpec } from "../support/bundles.ts";
import { keyPair, name } from "../support/certificates.ts";
import type { KeyPair } from "../support/certificates.ts";
import { codeOf } from "../support/expect.ts";
import { pemOf, signedWithKey } from "../support/signers.ts";
import {
  ARTIFACT,
  caJson,
  certificates,
  IDENTITY,
  ISSUER,
  keys,
  logJson,
  NOW,
  pem,
  rootJson,
  selfSigned,
  sha256,
  token,
  TSA_ROOT_NAME,
  tsaCertificate,
} from "../support/world.ts";
import type { CaJson, RootJson } from "../support/world.ts";

const signers = [{ certificateIdentity: IDENTITY, certificateOidcIssuer: ISSUER }];
const secondLog = keyPair();

function judge(bundle: object | string, policy: Partial<VerificationPolicy>, root: RootJson = rootJson()): boolean {
  return verifyArtifact({
    artifact: { bytes: ARTIFACT },
    bundle: typeof bundle === "string" ? bundle : JSON.stringify(bundle),
    trustedRoot: JSON.stringify(root),
    policy: { signers, ...policy },
  }).report.verified;
}

/** A bundle with an entry in each of the logs. */
function loggedIn(...logs: readonly KeyPair[]): object {
  return messageBundle({
    entries: (signature, certificate) =>
      logs.map((key) =>
        entry({ key, body: hashedRekord(sha256(ARTIFACT), signature, pem("CERTIFICATE", certificate)) }),
      ),
  });
}

const twoLogs = (baseUrl: string): RootJson =>
  rootJson({ tlogs: [logJson(keys.log), { ...logJson(secondLog), baseUrl }] });

/** The root with who runs its first and its second log and timestamp authority. */
function operatedBy(first: string, second: string, root: RootJson): RootJson {
  const operators = [first, second];
  return {
    ...root,
    tlogs: root.tlogs.map((log, index) => ({ ...log, operator: operators[index] })),
    timestampAuthorities: root.timestampAuthorities.map((ca, index) => ({ ...ca, operator: operators[index] })),
  };
}

describe("minimumLogEntries", () => {
  it("when it is not said wants one for a certificate and none for a key", () => {
    expect(codeOf(() => judge(messageBundle({ entries: () => [] }), {}))).toBe("LOG_ENTRY_MISSING");
    expect(judge(signedWithKey(keys.signer), { signers: [{ publicKey: pemOf(keys.signer) }] })).toBe(true);
  });

  it("when it is 0 accepts a certificate with a timestamp alone, and not without", () => {
    const policy = { minimumLogEntries: 0 };
    expect(judge(messageBundle({ entries: () => [] }), policy)).toBe(true);
    expect(codeOf(() => judge(messageBundle({ entries: () => [], tokens: () => [] }), policy))).toBe(
      "TIMESTAMP_INVALID",
    );
  });

  it("when it is 1 wants one for a key too", () => {
    const policy = { signers: [{ publicKey: pemOf(keys.signer) }], minimumLogEntries: 1 };
    expect(codeOf(() => judge(signedWithKey(keys.signer), policy))).toBe("LOG_ENTRY_MISSING");
    expect(judge(signedWithKey(keys.signer, { loggedAt: NOW }), policy)).toBe(true);
  });

  it("when it is 2 accepts entries in two logs", () => {
    const root = twoLogs("https://second.example.com");
    expect(judge(loggedIn(keys.log, secondLog), { minimumLogEntries: 2 }, root)).toBe(true);
    const apart = operatedBy("example.com", "example.org", root);
    expect(judge(loggedIn(keys.log, secondLog), { minimumLogEntries: 2 }, apart)).toBe(true);
  });

  it.each<[string, object, RootJson]>([
    ["one entry", loggedIn(keys.log), twoLogs("https://second.example.com")],
    ["one entry twice", loggedIn(keys.log, keys.log), twoLogs("https://second.example.com")],
    ["two keys of one log", loggedIn(keys.log, secondLog), twoLogs("https://LOG.example.com/")],
    [
      "two logs of one operator",
      loggedIn(keys.log, secondLog),
      operatedBy("example.com", "EXAMPLE.com", twoLogs("https://second.example.com")),
    ],
  ])("when it is 2 and there is %s throws LOG_ENTRY_MISSING", (_, bundle, root) => {
    expect(codeOf(() => judge(bundle, { minimumLogEntries: 2 }, root))).toBe("LOG_ENTRY_MISSING");
  });
});

describe("minimumTimestamps", () => {
  const otherRootName = name("other tsa root");
  const other = { root: keyPair(), leaf: keyPair() };
  const otherRoot = selfSigned(otherRootName, other.root);
  const tsaOf = (issuer: Buffer, issuerKey: KeyPair, key: KeyPair, serial = 5): Buffer =>
    tsaCertificate({ subject: name("second tsa"), issuer, issuerKey, key, serial });
  const second = tsaOf(otherRootName, other.root, other.leaf);
  const sibling = tsaOf(TSA_ROOT_NAME, keys.tsaRoot, other.leaf, 6);
  const renewed = tsaOf(otherRootName, other.root, keys.tsa);

  const world: CaJson = { ...caJson(certificates.tsa, certificates.tsaRoot), uri: "https://tsa.example.com" };
  const withAuthority = (leaf: Buffer, anchor: Buffer, uri = "https://second.example.com"): RootJson =>
    rootJson({ timestampAuthorities: [world, { ...caJson(leaf, anchor), uri }] });
  const byOther = (certificate: Buffer, issuer: Buffer, key: KeyPair, serial = 5): BundleSpec => ({
    tokens: (signature) => [token(signature), token(signature, { certificate, issuer, key, serial })],
  });

  it("when it is 2 accepts tokens of two authorities", () => {
    const bundle = messageBundle(byOther(second, otherRootName, other.leaf));
    expect(judge(bundle, { minimumTimestamps: 2 }, withAuthority(second, otherRoot))).toBe(true);
  });

  it.each<[string, BundleSpec, RootJson]>([
    ["no token", { tokens: () => [] }, withAuthority(second, otherRoot)],
    ["one token", {}, withAuthority(second, otherRoot)],
    ["one token twice", { tokens: (it) => [token(it), token(it)] }, withAuthority(second, otherRoot)],
    [
      "two tokens of one authority",
      { tokens: (it) => [token(it), token(it, { timeMs: NOW + 1000 })] },
      withAuthority(second, otherRoot),
    ],
    [
      "two authorities of one root",
      byOther(sibling, TSA_ROOT_NAME, other.leaf, 6),
      withAuthority(sibling, certificates.tsaRoot),
    ],
    ["one key under two roots", byOther(renewed, otherRootName, keys.tsa), withAuthority(renewed, otherRoot)],
    [
      "two authorities at one address",
      byOther(second, otherRootName, other.leaf),
      withAuthority(second, otherRoot, "https://tsa.example.com"),
    ],
    [
      "two authorities of one operator",
      byOther(second, otherRootName, other.leaf),
      operatedBy("example.com", "example.com", withAuthority(second, otherRoot)),
    ],
    [
      "a second token by the log's key",
      byOther(certificates.tsa, TSA_ROOT_NAME, keys.log),
      withAuthority(second, otherRoot),
    ],
    ["a second token of an authority that is not trusted", byOther(second, otherRootName, other.leaf), rootJson()],
  ])("when it is 2 and there is %s throws TIMESTAMP_MISSING", (_, spec, root) => {
    expect(codeOf(() => judge(messageBundle(spec), { minimumTimestamps: 2 }, root))).toBe("TIMESTAMP_MISSING");
  });

  it("when a bundle names no key proves its timestamps once, and not for each key of the policy", () => {
    const root = parseTrustedRoot(JSON.stringify(rootJson()));
    let looks = 0;
    const trustedRoot = {
      ...root,
      get timestampAuthorities(): (typeof root)["timestampAuthorities"] {
        looks += 1;
        return root.timestampAuthorities;
      },
    };
    const bundle = signedWithKey(keys.signer, { stampedAt: [NOW] });
    const looksFor = (...others: readonly KeyPair[]): number => {
      looks = 0;
      const rules = [...others, keys.signer].map((key) => ({ publicKey: pemOf(key) }));
      const policy = { signers: rules, minimumTimestamps: 1 };
      expect(verifyArtifact({ artifact: { bytes: ARTIFACT }, bundle, trustedRoot, policy }).times).toHaveLength(1);
      return looks;
    };
    expect(looksFor(keyPair(), keyPair())).toBe(looksFor());
  });

  it("when it is 1 takes no log's time for a timestamp", () => {
    expect(codeOf(() => judge(messageBundle({ tokens: () => [] }), { minimumTimestamps: 1 }))).toBe(
      "TIMESTAMP_MISSING",
    );
  });
});
