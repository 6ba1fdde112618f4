import { createHash, createPublicKey } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import {
  canonicalEntries,
  digestOf,
  encodeOpaManifest,
  encodeTar,
  hexOf,
  MEDIA_TYPES,
  PREDICATE_TYPES,
} from "@policy-pack/pack";
import { startHttpServer } from "@policy-pack/testkit";
import { createKeyHolder, denylist, FILE, runJson, writeFiles } from "./signed-files.ts";
import type { KeyHolder, Outcome } from "./signed-files.ts";
import { withFolder } from "./support.ts";

let alice: KeyHolder;
let bob: KeyHolder;
let mallory: KeyHolder;
let signers: readonly object[];

beforeAll(async () => {
  [alice, bob, mallory] = [await createKeyHolder(), await createKeyHolder(), await createKeyHolder()];
  signers = [
    { name: "alice", publicKey: alice.publicKey },
    { name: "bob", publicKey: bob.publicKey },
  ];
});

const role = (holder: KeyHolder): object => ({ signers: [{ publicKey: holder.publicKey }] });
const verify = (cwd: string, ...flags: readonly string[]): Promise<Outcome> =>
  runJson(cwd, "verify", "file", "--policy", "policy.json", ...flags);

describe("policy-pack verify --denylist --state, when several must sign", () => {
  it("remembers the list that left the file with too few signers", () =>
    withFolder(async (cwd) => {
      const hint = createHash("sha256").update(
        createPublicKey(alice.publicKey).export({ type: "spki", format: "der" }),
      );
      const entry = { keyHint: hint.digest("base64"), reason: "a lost key" };
      const policy = { signers, threshold: 2, denylist: role(mallory) };
      const bundles = { "a.json": await alice.sign(), "b.json": await bob.sign() };
      await writeFiles(cwd, { file: FILE.toString(), "policy.json": policy, ...bundles });
      await writeFiles(cwd, { "old.json": await denylist(mallory, [], { version: 4 }) });
      await writeFiles(cwd, { "new.json": await denylist(mallory, [entry], { version: 5 }) });
      const flags = ["--bundle", "a.json", "--bundle", "b.json", "--state", "seen.json", "--denylist"];
      expect((await verify(cwd, ...flags, "old.json")).status).toBe(0);
      expect((await verify(cwd, ...flags, "new.json")).code).toBe("THRESHOLD_NOT_MET");
      expect((await verify(cwd, ...flags, "old.json")).code).toBe("METADATA_ROLLBACK");
    }));
});

describe("policy-pack verify --pause, when some packs are paused", () => {
  const dates = { issuedAt: new Date(0).toISOString(), expires: new Date(Date.now() + 3_600_000).toISOString() };

  it.each([
    ["its own", "test-pack-v0", "PAUSED"],
    ["another's", "other-pack-v0", undefined],
  ])("judges a pack by %s name", (_, packId, code) =>
    withFolder(async (cwd) => {
      const tar = packOf("test-pack-v0");
      const status = { version: 1, ...dates, paused: true, packIds: [packId], reason: "an incident" };
      await writeFile(join(cwd, "file"), tar);
      await writeFiles(cwd, {
        "policy.json": { signers, pause: role(bob) },
        "a.json": await alice.sign(tar),
        "pause.json": await bob.state(PREDICATE_TYPES.pause, status),
      });
      expect((await verify(cwd, "--bundle", "a.json", "--pause", "pause.json")).code).toBe(code);
    }),
  );
});

describe("policy-pack eval and fetch --denylist --state", () => {
  const tar = packOf("test-pack-v0");
  const path = "/v1/policy/packs/test-pack-v0";

  it.each([
    ["eval of a tar", (): string[] => ["eval", "file", "--bundle", "a.json", "--entrypoint", "test/allow"]],
    ["eval of an address", (url: string): string[] => ["eval", url, "--entrypoint", "test/allow"]],
    ["fetch", (url: string): string[] => ["fetch", url, "--dir", "out"]],
  ])("%s remembers the list that refused the pack", (_, command) =>
    withFolder(async (cwd) => {
      const signature = await alice.sign(tar);
      const server = await startHttpServer((_request, response) => {
        const digest = `sha-256=${hexOf(digestOf(tar))}`;
        response.writeHead(200, { "content-type": MEDIA_TYPES.packTar, digest, "x-cosign-bundle": signature });
        response.end(tar);
      });
      try {
        const entry = { packId: "test-pack-v0", revision: 1, reason: "a leak" };
        await writeFile(join(cwd, "file"), tar);
        await writeFiles(cwd, {
          "policy.json": { signers, denylist: role(mallory) },
          "a.json": signature,
          "old.json": await denylist(mallory, [], { version: 4 }),
          "new.json": await denylist(mallory, [entry], { version: 5 }),
        });
        const run = (list: string): Promise<Outcome> =>
          runJson(
            cwd,
            ...command(server.url + path),
            "--policy",
            "policy.json",
            "--state",
            "seen.json",
            "--denylist",
            list,
          );
        expect((await run("new.json")).code).toBe("DENYLISTED");
        expect((await run("old.json")).code).toBe("METADATA_ROLLBACK");
      } finally {
        await server.close();
      }
    }),
  );
});

/** The tar of a small pack. */
function packOf(packId: string): Uint8Array {
  const manifest = encodeOpaManifest({
    revision: "1",
    roots: ["test"],
    rego_version: 1,
    metadata: { packId, previousDigest: null, entrypoints: ["test/allow"], opaVersion: "1.0.0" },
  });
  return encodeTar(
    canonicalEntries([
      { path: "README.md", bytes: Buffer.from("# Test\n") },
      { path: "opa/.manifest", bytes: manifest },
      { path: "opa/policy.wasm", bytes: Buffer.from("not looked at") },
      { path: "data/test/data.json", bytes: Buffer.from("{}") },
    ]),
  );
}
