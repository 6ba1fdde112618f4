import {
  DSSEBundleBuilder,
  FulcioSigner,
  MessageSignatureBundleBuilder,
  RekorWitness,
  TSAWitness,
} from "@sigstore/sign";
import { bundleToJSON } from "@sigstore/bundle";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startAuthorityServer } from "@policy-pack/dev-authority";
import type { AuthorityServer } from "@policy-pack/dev-authority";
import { digestOf, PREDICATE_TYPES, toStatement } from "@policy-pack/pack";
import { createTestAuthority } from "@policy-pack/testkit";
import type { TestAuthority } from "@policy-pack/testkit";
import { parseBundle, parseTrustedRoot, verifyBundle } from "@policy-pack/verify";

const IDENTITY = { identity: "sigstore-js@example.com", issuer: "https://issuer.example" };
const artifact = Buffer.from("signed by Sigstore's own clients for JavaScript");
const digest = digestOf(artifact);
const statement = toStatement({
  subjects: [{ digest }],
  predicateType: PREDICATE_TYPES.release,
  predicate: { releaseId: "x" },
});

let authority: TestAuthority;
let instance: AuthorityServer;

beforeAll(async () => {
  authority = await createTestAuthority();
  instance = await startAuthorityServer(authority.authority);
});
afterAll(async () => {
  await instance.close();
  await authority.close();
});

describe("@sigstore/sign with the development authority's services", () => {
  const message = { data: artifact };
  const envelope = { data: Buffer.from(statement), type: "application/vnd.in-toto+json" };
  it.each([
    ["a message in a v1 log", MessageSignatureBundleBuilder, message, 1],
    ["a statement in a v1 log", DSSEBundleBuilder, envelope, 1],
    ["a message in a v2 log", MessageSignatureBundleBuilder, message, 2],
  ])("makes a bundle that is verified: %s", async (_name, Builder, content, majorApiVersion) => {
    const token = authority.authority.identityToken(IDENTITY);
    const builder = new Builder({
      signer: new FulcioSigner({
        fulcioBaseURL: instance.url,
        identityProvider: { getToken: () => Promise.resolve(token) },
      }),
      witnesses: [
        new RekorWitness({ rekorBaseURL: instance.url, majorApiVersion }),
        new TSAWitness({ tsaBaseURL: instance.url }),
      ],
    });
    const bundle = JSON.stringify(bundleToJSON(await builder.create(content)));
    const root = parseTrustedRoot(authority.trustedRoot);
    const { signer } = verifyBundle(parseBundle(bundle), { digest }, root, {
      minimumLogEntries: 1,
      minimumTimestamps: 1,
    });
    expect(signer).toMatchObject(IDENTITY);
  });
});
