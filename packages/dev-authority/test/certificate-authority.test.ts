import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { belongsTogether, issueLeaf } from "../src/certificate-authority.ts";
import { createState } from "../src/state.ts";
import { codeOf } from "./support/folder.ts";

const now = new Date("2026-11-20T07:08:09.500Z");
const { keys, certificates } = createState(now);
const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const signer = { intermediateKey: keys.intermediate, ctLogKey: keys.ctLog };
const issuer = "https://issuer.example";
const leafFor = (identity: string, from = issuer) => issueLeaf({ identity, issuer: from, publicKey }, signer, now);

describe("issueLeaf", () => {
  const leaf = leafFor("a@b.example");
  const certificate = new X509Certificate(leaf);

  it("is for the key, from the intermediate", () => {
    expect(belongsTogether(leaf, publicKey, certificates.intermediate)).toBe(true);
    expect(certificate.checkIssued(new X509Certificate(certificates.intermediate))).toBe(true);
  });

  it("lives ten minutes from this second", () => {
    expect(new Date(certificate.validFrom).toISOString()).toBe("2026-11-20T07:08:09.000Z");
    expect(new Date(certificate.validTo).toISOString()).toBe("2026-11-20T07:18:09.000Z");
  });

  it("names one identity, an e-mail address or a URI, and nobody else", () => {
    expect(certificate.subjectAltName).toBe("email:a@b.example");
    expect(new X509Certificate(leafFor("https://ci.example/flow@main")).subjectAltName).toBe(
      "URI:https://ci.example/flow@main",
    );
    expect(certificate.subject).toBeUndefined();
  });

  it("is for signing code, and not an authority", () => {
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.3"]);
    expect(certificate.ca).toBe(false);
  });

  it("says the issuer twice: bare, and as a UTF8String", () => {
    const text = Buffer.from(issuer).toString("hex");
    const hex = leaf.toString("hex");
    expect(hex).toContain(`060a2b0601040183bf3001010416${text}`);
    expect(hex).toContain(`060a2b0601040183bf30010804180c16${text}`);
  });

  it.each([
    "",
    "nobody",
    "a b@c.example",
    "a@b@c.example",
    "ftp://x.example",
    "https://",
    "a@b.example\u0000",
    "ä@b.example",
  ])("throws CONFIG_INVALID for the identity %p", async (identity) => {
    expect(await codeOf(() => leafFor(identity))).toBe("CONFIG_INVALID");
  });

  it.each(["", "issuer.example", "https://a b"])("throws CONFIG_INVALID for the issuer %p", async (from) => {
    expect(await codeOf(() => leafFor("a@b.example", from))).toBe("CONFIG_INVALID");
  });
});

describe("belongsTogether", () => {
  it("is false for another key or another issuer", () => {
    expect(belongsTogether(certificates.intermediate, createPublicKey(keys.intermediate), certificates.root)).toBe(
      true,
    );
    expect(belongsTogether(certificates.intermediate, createPublicKey(keys.tsa), certificates.root)).toBe(false);
    expect(belongsTogether(certificates.intermediate, createPublicKey(keys.intermediate), certificates.tsaRoot)).toBe(
      false,
    );
  });
});
