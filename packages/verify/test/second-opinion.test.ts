import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createTestAuthority } from "@policy-pack/testkit";
import type { TestAuthority } from "@policy-pack/testkit";
import { bundleFromJSON, bundleToJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { parseBundle, parseTrustedRoot, verifyBundle } from "../src/index.ts";
import type { SigstoreBundle } from "../src/index.ts";
import { messageBundle } from "./support/bundles.ts";
import type { BundleJson } from "./support/bundles.ts";
import { ARTIFACT } from "./support/world.ts";

/** Whether Sigstore's own library accepts the bundle; whatever it throws is a no. */
function theirs(text: string, root: string): boolean {
  try {
    const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(root)));
    new Verifier(material).verify(toSignedEntity(bundleFromJSON(JSON.parse(text)), ARTIFACT));
    return true;
  } catch {
    return false;
  }
}

function ours(text: string, root: string): boolean {
  try {
    verifyBundle(parseBundle(text), { bytes: ARTIFACT }, parseTrustedRoot(root));
    return true;
  } catch {
    return false;
  }
}

/** Every part of the document that is a string, as a copy of the document in which it is changed a little. */
function changes(value: unknown): readonly unknown[] {
  if (typeof value === "string") return [`${value.slice(0, -3)}${value.endsWith("AAA") ? "AAE" : "AAA"}`];
  if (Array.isArray(value))
    return value.flatMap((item, index) => changes(item).map((other): unknown => value.with(index, other)));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => changes(item).map((other) => ({ ...value, [key]: other })));
}

describe("@sigstore/verify as a second opinion", () => {
  let authority: TestAuthority;
  beforeAll(async () => {
    authority = await createTestAuthority();
  });
  afterAll(() => authority.close());

  it.each([{ rekorVersion: 1 }, { rekorVersion: 1, timestamps: 0 }, { rekorVersion: 2 }] as const)(
    "agrees that a bundle made with %j is good, and prints it as it was",
    async (how) => {
      const text = await authority.sign(ARTIFACT, how);
      expect([ours(text, authority.trustedRoot), theirs(text, authority.trustedRoot)]).toEqual([true, true]);
      const printed: SigstoreBundle = parseBundle(JSON.stringify(bundleToJSON(bundleFromJSON(JSON.parse(text)))));
      expect(printed).toEqual(parseBundle(text));
    },
  );

  it("accepts whatever is accepted here, for every field that was changed", async () => {
    const text = await authority.sign(ARTIFACT, { rekorVersion: 1 });
    const changed = changes(JSON.parse(text)).map((bundle) => JSON.stringify(bundle));
    expect(changed.length).toBeGreaterThan(10);
    for (const one of changed) {
      if (ours(one, authority.trustedRoot)) expect(theirs(one, authority.trustedRoot)).toBe(true);
    }
  });

  it.each<[string, (bundle: BundleJson) => void]>([
    ["a media type with trailing garbage", (bundle) => (bundle.mediaType += "x")],
    ["an unknown field", (bundle) => Object.assign(bundle, { extra: 1 })],
  ])("still accepts %s, which is why it does not decide", async (_, change) => {
    const bundle = JSON.parse(await authority.sign(ARTIFACT)) as BundleJson;
    change(bundle);
    const text = JSON.stringify(bundle);
    expect([ours(text, authority.trustedRoot), theirs(text, authority.trustedRoot)]).toEqual([false, true]);
  });

  it("reads the bundles that this package's own tests forge", () => {
    expect(() => bundleFromJSON(messageBundle())).not.toThrow();
  });
});
