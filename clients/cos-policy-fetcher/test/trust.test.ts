import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { PREDICATE_TYPES } from "@policy-pack/pack";
import { fetchAssessedPack, fetchVerifiedPack, loadVerifiedPolicy } from "../src/load.ts";
import type { VerifiedFetchOptions } from "../src/load.ts";
import { expectFailure, PACK_PATH, requestCount, serve, server, stopServer } from "./serve.ts";
import type { Failure } from "./serve.ts";
import { createSignedPacks } from "./signed-pack.ts";
import type { Signed } from "./signed-pack.ts";

let signed: Signed;
let denylist: string;
let pause: string;
let provenance: string;

const DAY = 86_400_000;
const now = new Date();
const dated = { issuedAt: now.toISOString(), expires: new Date(now.getTime() + DAY).toISOString() };

/** A statement about the pack, signed by the authority's one identity. */
function state(predicateType: string, predicate: object): Promise<string> {
  const subject = [{ name: "pack", digest: { sha256: signed.pack.digest.slice("sha256:".length) } }];
  return signed.authority.signStatement({
    _type: "https://in-toto.io/Statement/v1",
    subject,
    predicateType,
    predicate,
  });
}

beforeAll(async () => {
  signed = await createSignedPacks();
  denylist = await state(PREDICATE_TYPES.denylist, { version: 4, ...dated, entries: [] });
  pause = await state(PREDICATE_TYPES.pause, { version: 6, ...dated, paused: false, reason: "all is well" });
  provenance = await state("https://example.com/reviewed/v1", { by: "two people" });
});
afterAll(async () => {
  await signed.authority.close();
});
afterEach(stopServer);

/** Good options of a policy that demands a denylist, a pause status and an attestation. */
async function strictOptions(): Promise<VerifiedFetchOptions> {
  const { pack, authority } = signed;
  const { url } = await serve(server({ bytes: pack.tar, bundle: pack.bundle }));
  const { signers } = authority.policy;
  const attestations = [{ predicateType: "https://example.com/reviewed/v1" }];
  return {
    url: url + PACK_PATH,
    trustedRoot: authority.trustedRoot,
    verificationPolicy: { signers, attestations, denylist: { signers }, pause: { signers } },
    bundles: [provenance],
    denylist,
    pause,
  };
}

describe("fetchVerifiedPack", () => {
  it("when everything that the policy demands is given returns the pack, and the versions to keep", async () => {
    const verified = await fetchVerifiedPack(await strictOptions());
    expect(verified.evidence.seen).toEqual({ denylistVersion: 4, pauseVersion: 6 });
    expect(verified.report).toMatchObject({ verified: true, packId: "test-pack-v0" });
  });

  it("when the policy holds its own trusted root needs none beside it", async () => {
    const { trustedRoot, ...options } = await strictOptions();
    const trustedRoots = { dev: JSON.parse(signed.authority.trustedRoot) as never };
    const verificationPolicy = { ...options.verificationPolicy, trustedRoots };
    expect((await fetchVerifiedPack({ ...options, verificationPolicy })).revision).toBe("2");
    await expectFailure(fetchVerifiedPack({ ...options, verificationPolicy, trustedRoot }), {
      name: "ConfigError",
      code: "CONFIG_INVALID",
    });
  });

  it.each<[string, (options: VerifiedFetchOptions) => Partial<VerifiedFetchOptions>, Failure]>([
    ["no denylist", () => ({ denylist: undefined }), { name: "TrustError", code: "METADATA_MISSING" }],
    ["no pause status", () => ({ pause: undefined }), { name: "TrustError", code: "METADATA_MISSING" }],
    [
      "a denylist that the policy does not name",
      ({ verificationPolicy: { signers = [] } }) => ({ verificationPolicy: { signers } }),
      { name: "ConfigError", code: "CONFIG_INVALID" },
    ],
    ["bundles that are none", () => ({ bundles: [5] as never }), { name: "TypeError" } as Failure],
  ])("when given %s throws before it asks the server", async (_, change, failure) => {
    const options = await strictOptions();
    await expectFailure(fetchVerifiedPack({ ...options, ...change(options) }), failure);
    expect(requestCount()).toBe(0);
  });

  it.each<[string, () => Partial<VerifiedFetchOptions> | Promise<Partial<VerifiedFetchOptions>>, string]>([
    ["the attestation is left out", () => ({ bundles: [] }), "PREDICATE_MISSING"],
    ["the denylist is a pause status", () => ({ denylist: pause }), "METADATA_MISSING"],
    ["the denylist is older than one seen", () => ({ seen: { denylistVersion: 5 } }), "METADATA_ROLLBACK"],
    ["the pause status is older than one seen", () => ({ seen: { pauseVersion: 7 } }), "METADATA_ROLLBACK"],
    ["the lists have expired", () => ({ now: new Date(now.getTime() + 2 * DAY) }), "METADATA_EXPIRED"],
    [
      "the denylist denies the revision",
      async () => ({
        denylist: await state(PREDICATE_TYPES.denylist, {
          version: 5,
          ...dated,
          entries: [{ packId: "test-pack-v0", revisionsUpTo: "2", reason: "wrong purposes" }],
        }),
      }),
      "DENYLISTED",
    ],
    [
      "the pack is paused",
      async () => ({
        pause: await state(PREDICATE_TYPES.pause, { version: 7, ...dated, paused: true, reason: "incident" }),
      }),
      "PAUSED",
    ],
  ])("when %s throws", async (_, change, code) => {
    const options = { ...(await strictOptions()), ...(await change()) };
    await expectFailure(fetchVerifiedPack(options), { name: "TrustError", code });
    await expectFailure(loadVerifiedPolicy(options), { name: "TrustError", code });
    const { report, pack } = await fetchAssessedPack(options);
    expect([report.failure?.code, pack]).toEqual([code, undefined]);
  });
});

describe("fetchAssessedPack", () => {
  it("when all demands are met returns the pack and its report", async () => {
    const { report, pack } = await fetchAssessedPack(await strictOptions());
    expect([pack?.packId, pack?.report]).toEqual(["test-pack-v0", report]);
  });

  it("when a list refuses the pack tells which version of it did", async () => {
    const refusing = await state(PREDICATE_TYPES.denylist, {
      version: 5,
      ...dated,
      entries: [{ digest: signed.pack.digest, reason: "wrong purposes" }],
    });
    const { report } = await fetchAssessedPack({ ...(await strictOptions()), denylist: refusing });
    expect([report.denylist?.version, report.pause?.version]).toEqual([5, 6]);
  });
});
