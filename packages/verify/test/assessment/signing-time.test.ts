import { describe, expect, it } from "@jest/globals";
import { verifyArtifact } from "../../src/index.ts";
import type { SignerRule, VerificationPolicy } from "../../src/index.ts";
import { entry } from "../support/bundles.ts";
import type { BundleJson } from "../support/bundles.ts";
import { codeOf } from "../support/expect.ts";
import { at, pemOf, signedBy, signedWithKey } from "../support/signers.ts";
import { ARTIFACT, ISSUER, keys, NOW, rootJson } from "../support/world.ts";

const ann: SignerRule = { name: "ann", certificateIdentity: "ann@example.com", certificateOidcIssuer: ISSUER };
const byKey: SignerRule = { name: "ann", publicKey: pemOf(keys.signer) };

function judge(bundle: string, policy: VerificationPolicy): unknown {
  const trustedRoot = JSON.stringify(rootJson());
  return verifyArtifact({ artifact: { bytes: ARTIFACT }, bundle, trustedRoot, policy }).report.verified;
}

describe("a signer's window", () => {
  it.each<[string, Partial<SignerRule>]>([
    ["lies around the time", { notBefore: at(-1), notAfter: at(1) }],
    ["begins and ends at the time", { notBefore: at(0), notAfter: at(0) }],
    ["is open at the end", { notBefore: at(-1) }],
    ["is open at the start", { notAfter: at(1) }],
  ])("when it %s accepts", (_, window) => {
    expect(judge(signedBy("ann@example.com"), { signers: [{ ...ann, ...window }] })).toBe(true);
    expect(judge(signedWithKey(keys.signer, { stampedAt: [NOW] }), { signers: [{ ...byKey, ...window }] })).toBe(true);
  });

  it.each<[string, Partial<SignerRule>]>([
    ["begins later", { notBefore: at(1) }],
    ["has ended", { notAfter: at(-1) }],
  ])("when it %s throws SIGNING_TIME_REJECTED", (_, window) => {
    const signers = [{ ...ann, ...window } as SignerRule];
    expect(codeOf(() => judge(signedBy("ann@example.com"), { signers }))).toBe("SIGNING_TIME_REJECTED");
  });

  it.each<[string, Parameters<typeof signedWithKey>[1]]>([
    ["no time is proven", {}],
    ["the one time is too late", { stampedAt: [NOW + 120_000] }],
    ["one of two timestamps is too late", { stampedAt: [NOW, NOW + 120_000] }],
    ["log and timestamp disagree, and the log is too late", { stampedAt: [NOW], loggedAt: NOW + 120_000 }],
    ["log and timestamp disagree, and the timestamp is too late", { stampedAt: [NOW + 120_000], loggedAt: NOW }],
  ])("when a key signed and %s throws SIGNING_TIME_REJECTED", (_, how) => {
    const signers = [{ ...byKey, notAfter: at(1) } as SignerRule];
    expect(codeOf(() => judge(signedWithKey(keys.signer, how), { signers }))).toBe("SIGNING_TIME_REJECTED");
  });

  it("when the same was logged once more, too late, throws SIGNING_TIME_REJECTED", () => {
    const bundle = JSON.parse(signedWithKey(keys.signer, { loggedAt: NOW })) as BundleJson;
    const { tlogEntries } = bundle.verificationMaterial;
    const body = Buffer.from(tlogEntries[0]?.canonicalizedBody ?? "", "base64");
    tlogEntries.push(entry({ body, integratedTime: NOW / 1000 + 120 }));
    const signers = [{ ...byKey, notAfter: at(1) } as SignerRule];
    expect(codeOf(() => judge(JSON.stringify(bundle), { signers }))).toBe("SIGNING_TIME_REJECTED");
  });

  it("when a rotation overlaps accepts the old key and the new", () => {
    const signers: SignerRule[] = [
      { name: "ann", publicKey: pemOf(keys.signer), notAfter: at(5) },
      { name: "ann", publicKey: pemOf(keys.other), notBefore: at(-5) },
    ];
    expect(judge(signedWithKey(keys.signer, { stampedAt: [NOW] }), { signers })).toBe(true);
    expect(judge(signedWithKey(keys.other, { stampedAt: [NOW] }), { signers })).toBe(true);
    const late = signedWithKey(keys.signer, { stampedAt: [NOW + 6 * 60_000] });
    expect(codeOf(() => judge(late, { signers }))).toBe("SIGNING_TIME_REJECTED");
  });
});

describe("oldestSigningTime", () => {
  it.each([
    ["the same", at(0)],
    ["earlier", at(-1)],
  ])("when it is %s accepts", (_, oldestSigningTime) => {
    expect(judge(signedBy("ann@example.com"), { signers: [ann], oldestSigningTime })).toBe(true);
  });

  it.each<[string, string, SignerRule]>([
    ["it was signed earlier", signedBy("ann@example.com"), ann],
    ["no time is proven", signedWithKey(keys.signer), byKey],
    ["one proven time is earlier", signedWithKey(keys.signer, { stampedAt: [NOW + 120_000, NOW] }), byKey],
  ])("when %s throws SIGNING_TIME_REJECTED", (_, bundle, rule) => {
    expect(codeOf(() => judge(bundle, { signers: [rule], oldestSigningTime: at(1) }))).toBe("SIGNING_TIME_REJECTED");
  });
});
