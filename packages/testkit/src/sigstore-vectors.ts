import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** One case of the Sigstore conformance suite: a bundle over an artifact, and whether it must be accepted. */
export interface SigstoreVector {
  readonly name: string;
  readonly mustPass: boolean;
  readonly bundle: Uint8Array;
  readonly artifact: Uint8Array;
  readonly trustedRoot: string;
  /** Whether the case brings that trusted root; otherwise it is the public-good instance's. */
  readonly hasOwnRoot: boolean;
  /** PEM; when given, the bundle must be checked with this key and not by identity. */
  readonly key: string | undefined;
  readonly identity: string;
  readonly issuer: string;
}

const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

/**
 * Reads the vectors below a folder: one folder a case, `_fail` at the end of its name when it must be rejected. A case
 * without a trusted root of its own is checked against that of the public-good instance.
 */
export function sigstoreVectors(dir: string): readonly SigstoreVector[] {
  const cases = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return cases.map(({ name }) => readVector(dir, name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function readVector(dir: string, name: string): SigstoreVector {
  const read = (file: string): Buffer | undefined => {
    const path = join(dir, name, file);
    return existsSync(path) ? readFileSync(path) : undefined;
  };
  const ownRoot = read("trusted_root.json")?.toString();
  return {
    name,
    mustPass: !name.endsWith("_fail"),
    bundle: readFileSync(join(dir, name, "bundle.sigstore.json")),
    artifact: read("artifact") ?? readFileSync(join(dir, "a.txt")),
    trustedRoot: ownRoot ?? publicGoodTrustedRoot(),
    hasOwnRoot: ownRoot !== undefined,
    key: read("key.pub")?.toString(),
    identity: read("identity")?.toString().trim() ?? IDENTITY,
    issuer: read("issuer")?.toString().trim() ?? ISSUER,
  };
}

type TufSeeds = Readonly<Record<string, { readonly targets: Readonly<Record<string, string>> } | undefined>>;

/** The trusted root of Sigstore's public-good instance, as `@sigstore/tuf` carries it. */
export function publicGoodTrustedRoot(): string {
  const seeds = createRequire(import.meta.url).resolve("@sigstore/tuf/seeds.json");
  const { "https://tuf-repo-cdn.sigstore.dev": repository } = JSON.parse(readFileSync(seeds, "utf8")) as TufSeeds;
  const target = repository?.targets["trusted_root.json"];
  if (target === undefined) throw new Error("@sigstore/tuf carries no trusted_root.json");
  return Buffer.from(target, "base64").toString();
}
