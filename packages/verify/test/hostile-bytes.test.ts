import { describe, expect, it } from "@jest/globals";
import { PolicyPackError } from "@policy-pack/pack";
import { parseBundle, parseTrustedRoot, verifyBundle } from "../src/index.ts";
import type { CertificateAuthority, SigstoreBundle, TrustedRoot } from "../src/index.ts";
import { entry, envelopeBundle, hashedRekordV2, messageBundle } from "./support/bundles.ts";
import type { BundleJson } from "./support/bundles.ts";
import { ARTIFACT, caJson, certificates, leaf, rootJson, sha256 } from "./support/world.ts";

const artifact = { bytes: ARTIFACT };
const rootText = JSON.stringify(rootJson());
const root = parseTrustedRoot(rootText);

const certificate = leaf();
const v1 = messageBundle({ certificate });
const v2 = messageBundle({
  certificate,
  entries: (signature) => [
    entry({
      version: "0.0.2",
      withPromise: false,
      body: hashedRekordV2(sha256(ARTIFACT), signature, certificate, "PKIX_ECDSA_P256_SHA_256"),
    }),
  ],
});
const bundles: [string, BundleJson][] = [
  ["a Rekor v1 bundle", v1],
  ["a Rekor v2 bundle", v2],
  ["an envelope", envelopeBundle({ certificate })],
];

/** What a hostile input led to; anything but an acceptance or a coded error fails the test. */
function outcome<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (thrown) {
    if (thrown instanceof PolicyPackError) return undefined;
    throw thrown;
  }
}

function accepted(source: Uint8Array | string): SigstoreBundle | undefined {
  return outcome(() => {
    const bundle = parseBundle(source);
    verifyBundle(bundle, artifact, root);
    return bundle;
  });
}

function withFlip(bytes: Uint8Array, index: number, mask: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[index] = (copy[index] ?? 0) ^ mask;
  return copy;
}

/** mulberry32: small, seeded, and the same everywhere. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const MASKS = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff];

describe("one flipped byte", () => {
  it.each(bundles)("of %s is never accepted with another meaning", (_, json) => {
    const bytes = Buffer.from(JSON.stringify(json));
    const original = parseBundle(bytes);
    expect(accepted(bytes)).toEqual(original);
    for (let index = 0; index < bytes.length; index += 1) {
      const bundle = accepted(withFlip(bytes, index, MASKS[index % 9] ?? 1));
      if (bundle !== undefined) expect(bundle).toEqual(original);
    }
  });

  it("of the trusted root never makes a bundle pass under other keys, or with another meaning", () => {
    const authority = caJson(certificates.intermediate);
    const bytes = Buffer.from(JSON.stringify(rootJson({ certificateAuthorities: [authority] })));
    const bundle = parseBundle(JSON.stringify(v1));
    const meaning = (source: Uint8Array): unknown =>
      outcome(() => {
        const trustedRoot = parseTrustedRoot(source);
        const { signer, times } = verifyBundle(bundle, artifact, trustedRoot);
        return { keys: keysOf(trustedRoot), signer, times: times.map(({ timeMs }) => timeMs) };
      });
    const original = meaning(bytes);
    expect(original).toBeDefined();
    for (let index = 0; index < bytes.length; index += 1) {
      const flipped = meaning(withFlip(bytes, index, MASKS[index % 9] ?? 1));
      if (flipped !== undefined) expect(flipped).toEqual(original);
    }
  });
});

describe("parts of another good bundle", () => {
  const other = messageBundle({ certificate });

  it("put in the place of this one's are never accepted, unless they are the same", () => {
    const changed = swaps(v1, other);
    expect(changed.length).toBeGreaterThan(15);
    for (const { path, bundle } of changed) {
      const isAccepted = accepted(JSON.stringify(bundle)) !== undefined;
      expect([path, isAccepted]).toEqual([path, false]);
    }
  });
});

describe("random changes", () => {
  const seed = 20_261_120;

  it(`give an acceptance of the same meaning or a coded error (seed ${seed})`, () => {
    const next = random(seed);
    const texts = bundles.map(([, json]) => JSON.stringify(json));
    const originals = texts.map((text) => parseBundle(text));
    for (let round = 0; round < 1500; round += 1) {
      const text = texts[next(texts.length)] ?? "";
      const bundle = accepted(mutated(Buffer.from(text), next));
      if (bundle !== undefined) expect(originals).toContainEqual(bundle);
    }
  });

  it(`of the trusted root give a root or a coded error (seed ${seed})`, () => {
    const next = random(seed);
    for (let round = 0; round < 1000; round += 1) {
      outcome(() => parseTrustedRoot(mutated(Buffer.from(rootText), next)));
    }
  });

  it(`of DER inside the JSON give a coded error (seed ${seed})`, () => {
    const next = random(seed);
    const original = parseBundle(JSON.stringify(v1));
    for (let round = 0; round < 1000; round += 1) {
      const copy = structuredClone(v1);
      const [token] = copy.verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? [];
      const target = next(2) === 0 ? copy.verificationMaterial.certificate : token;
      for (const [name, value] of Object.entries<string>(target ?? {})) {
        const der = mutated(Buffer.from(value, "base64"), next);
        Object.assign(target ?? {}, { [name]: Buffer.from(der).toString("base64") });
      }
      const bundle = accepted(JSON.stringify(copy));
      if (bundle !== undefined) expect(bundle).toEqual(original);
    }
  });
});

/**
 * Whom a root believes: keys with the names that certificates and entries call them by. Nothing in a root is signed, so
 * that its remarks may change unseen: names for people, wider windows, what an anchor says of itself.
 */
function keysOf(root: TrustedRoot): unknown {
  const ofAuthority = ({ certificates: chain }: CertificateAuthority): unknown =>
    chain.map(({ subject, publicKey }) => [subject, publicKey.spki]);
  return {
    certificateAuthorities: root.certificateAuthorities.map(ofAuthority),
    timestampAuthorities: root.timestampAuthorities.map(ofAuthority),
    logs: root.logs.map(({ logId, publicKey }) => [logId, publicKey.spki]),
    ctLogs: root.ctLogs.map(({ logId, publicKey }) => [logId, publicKey.spki]),
  };
}

/** One to three edits: a byte replaced, a stretch removed, doubled, or moved. */
function mutated(bytes: Uint8Array, next: (below: number) => number): Uint8Array {
  let result = Buffer.from(bytes);
  for (let edits = 1 + next(3); edits > 0 && result.length > 0; edits -= 1) {
    const at = next(result.length);
    const stretch = result.subarray(at, at + 1 + next(40));
    const [before, after] = [result.subarray(0, at), result.subarray(at + stretch.length)];
    const forms = [
      [before, Buffer.from([next(256)]), result.subarray(at + 1)],
      [before, after],
      [before, stretch, stretch, after],
      [after, stretch, before],
    ];
    result = Buffer.concat(forms[next(forms.length)] ?? [result]);
  }
  return result;
}

interface Swap {
  readonly path: string;
  readonly bundle: unknown;
}

/** Copies of a document in which one part, at any depth, is the other document's, where the two differ. */
function swaps(mine: unknown, theirs: unknown, path = ""): readonly Swap[] {
  if (JSON.stringify(mine) === JSON.stringify(theirs)) return [];
  if (typeof mine !== "object" || mine === null || typeof theirs !== "object" || theirs === null) {
    return [{ path, bundle: theirs }];
  }
  const inside = Object.entries(mine).flatMap(([key, value]) =>
    swaps(value, (theirs as Record<string, unknown>)[key], `${path}/${key}`).map((swap) => ({
      path: swap.path,
      bundle: Array.isArray(mine) ? mine.with(Number(key), swap.bundle) : { ...mine, [key]: swap.bundle },
    })),
  );
  return path === "" ? inside : [...inside, { path, bundle: theirs }];
}
