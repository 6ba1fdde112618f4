import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { afterAll, describe, expect, it } from "@jest/globals";
import { verifyArtifact } from "@policy-pack/verify";
import { createTestAuthority } from "../src/test-authority.ts";

const bytes = Buffer.from("the artifact");
const now = new Date("2030-01-01T00:00:00Z");
const authority = await createTestAuthority({ now: () => now });
const { trustedRoot } = authority;
const policy = { ...authority.policy, acceptStatements: true };
afterAll(() => authority.close());

const verified = (bundle: string) => verifyArtifact({ artifact: { bytes }, bundle, trustedRoot, policy });

describe("createTestAuthority", () => {
  it("signs what packages/verify accepts under its policy, at the time that it was given", async () => {
    const { times } = verified(await authority.sign(bytes));
    expect(times.map(({ timeMs }) => timeMs)).toEqual([now.getTime(), now.getTime()]);
  });

  it.each([{ rekorVersion: 2 }, { timestamps: 0 }, { timestamps: 2 }] as const)("signs with %p", async (options) => {
    const bundle = await authority.sign(bytes, options);
    expect(() => verified(bundle)).not.toThrow();
  });

  it("signs a statement, given as an object or as bytes", async () => {
    const digest = { sha256: createHash("sha256").update(bytes).digest("hex") };
    const statement = {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "artifact", digest }],
      predicateType: "https://predicate.example/v1",
      predicate: {},
    };
    for (const given of [statement, Buffer.from(JSON.stringify(statement))]) {
      expect(verified(await authority.signStatement(given)).statement).toMatchObject({ predicate: {} });
    }
  });

  it("signs for another identity, which its own policy does not accept", async () => {
    const identity = { identity: "https://ci.example/flow@main", issuer: "https://issuer.example" };
    const bundle = await authority.sign(bytes, identity);
    expect(() => verified(bundle)).toThrow(expect.objectContaining({ code: "IDENTITY_MISMATCH" }));
    const rule = { certificateIdentity: identity.identity, certificateOidcIssuer: identity.issuer };
    expect(() =>
      verifyArtifact({ artifact: { bytes }, bundle, trustedRoot, policy: { signers: [rule] } }),
    ).not.toThrow();
  });

  it("leaves the log out, which no verifier takes from a certificate", async () => {
    const bundle = await authority.sign(bytes, { withLog: false });
    expect(() => verified(bundle)).toThrow(expect.objectContaining({ code: "LOG_ENTRY_MISSING" }));
  });

  it("removes its folder when it is closed", async () => {
    const other = await createTestAuthority();
    expect(existsSync(other.authority.dir)).toBe(true);
    await other.close();
    expect(existsSync(other.authority.dir)).toBe(false);
  });
});
