import { compilePack, createTestAuthority } from "@policy-pack/testkit";
import type { CompiledPack, TestAuthority } from "@policy-pack/testkit";

const REGO = `package test

# METADATA
# scope: document
# entrypoint: true
allow := input.tenant == data.config.tenant

# METADATA
# scope: document
# entrypoint: true
clock := time.now_ns()
`;

export interface SignedPack extends CompiledPack {
  readonly bundle: string;
}

export interface Signed {
  readonly authority: TestAuthority;
  /** Revision 2 of test-pack-v0. */
  readonly pack: SignedPack;
  /** Another packId, signed by the same authority. */
  readonly other: SignedPack;
}

/** Two real packs, built by OPA and signed by one authority; call `authority.close` afterwards. */
export async function createSignedPacks(): Promise<Signed> {
  const authority = await createTestAuthority();
  const make = async (packId: string): Promise<SignedPack> => {
    const files = { "opa/test/test.rego": REGO, "data/config/data.json": '{"tenant": "acme"}' };
    const pack = await compilePack(files, { packId, revision: 2 });
    return { ...pack, bundle: await authority.sign(pack.tar) };
  };
  return { authority, pack: await make("test-pack-v0"), other: await make("other-pack-v0") };
}

/** As a server puts it into a header field: one line of ASCII (the note of a log holds a dash that is neither). */
export function inline(bundle: string): string {
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(JSON.parse(bundle)).replace(/[^\x20-\x7e]/g, escape);
}
