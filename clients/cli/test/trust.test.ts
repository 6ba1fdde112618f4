import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { signBlob } from "@policy-pack/sign";
import { Command } from "commander";
import { runCli } from "../src/program.ts";
import { readPublicGoodRoot } from "../src/public-good.ts";
import { addTrustFlags, hasTrustFlags, readTrust } from "../src/trust.ts";
import type { TrustFlags } from "../src/trust.ts";
import { createTerminal, withFolder } from "./support.ts";

const signer = { certificateIdentity: "a@example.com", certificateOidcIssuer: "https://issuer.example.com" };

describe("readTrust", () => {
  it("returns the public-good root and the one signer when no root is given", async () => {
    const trust = await readTrust(createTerminal(), signer);
    expect(trust.trustedRoot).toBe(readPublicGoodRoot());
    expect(trust.verificationPolicy.signers).toEqual([signer]);
  });

  it("returns the bytes of the root that is given", () =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, "root.json"), readPublicGoodRoot());
      const { trustedRoot } = await readTrust(createTerminal({ cwd }), { ...signer, trustedRoot: "root.json" });
      expect(Buffer.from(trustedRoot ?? "").toString()).toBe(readPublicGoodRoot());
    }));

  it.each<[string, TrustFlags, string]>([
    ["a root that is none", { ...signer, trustedRoot: "x.json" }, "TRUSTED_ROOT_INVALID"],
    ["a key that is none", { key: "x.json" }, "CONFIG_INVALID"],
    ["a policy that is none", { policy: "x.json" }, "CONFIG_INVALID"],
    ["a policy that is not there", { policy: "none/x.json" }, "CONFIG_INVALID"],
    ["a root that is not there", { ...signer, trustedRoot: "none/x.json" }, "CONFIG_INVALID"],
  ])("names the file of %s", (_name, flags, code) =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, "x.json"), "{}");
      const message = expect.stringContaining("x.json");
      await expect(readTrust(createTerminal({ cwd }), flags)).rejects.toMatchObject({ code, message });
    }),
  );

  it("returns the development authority's root and its one identity, without making an authority", () =>
    withFolder(async (cwd) => {
      await mkdir(join(cwd, ".policy-pack/dev-authority"), { recursive: true });
      await writeFile(join(cwd, ".policy-pack/dev-authority/trusted_root.json"), "{}");
      const { trustedRoot, verificationPolicy } = await readTrust(createTerminal({ cwd }), { devAuthority: true });
      expect(Buffer.from(trustedRoot ?? "").toString()).toBe("{}");
      expect(verificationPolicy.signers).toEqual([
        {
          certificateIdentity: "dev@policy-pack.localhost",
          certificateOidcIssuer: "https://dev-authority.policy-pack.localhost",
        },
      ]);
    }));

  it.each<[string, TrustFlags]>([
    ["no signer", {}],
    ["a root alone", { trustedRoot: "/dev/null" }],
    ["an identity alone", { certificateIdentity: "a@example.com" }],
    ["an issuer alone", { certificateOidcIssuer: "https://issuer.example.com" }],
    ["a key that cannot be read", { key: "/nonexistent.pem" }],
    ["a development authority that is not there", { devAuthority: "/nonexistent" }],
    ["a development authority and a signer", { devAuthority: true, ...signer }],
    ["a development authority and a key", { devAuthority: true, key: "/dev/null" }],
    ["a development authority and a root", { devAuthority: true, trustedRoot: "/dev/null" }],
  ])("throws CONFIG_INVALID for %s", async (_name, flags) => {
    await expect(readTrust(createTerminal(), flags)).rejects.toMatchObject({ code: "CONFIG_INVALID", exitCode: 2 });
  });
});

describe("hasTrustFlags", () => {
  const names = new Set(addTrustFlags(new Command()).options.map((option) => option.attributeName()));

  it("returns whether any of the flags was given", () => {
    expect(hasTrustFlags({})).toBe(false);
    expect(names.size).toBe(16);
    for (const name of names) expect([name, hasTrustFlags({ [name]: "x" })]).toEqual([name, true]);
  });
});

/** A file and its bundle, signed with a key of its own; the key as a PEM file beside them. */
async function writeSignedFile(cwd: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const hint = createHash("sha256").update(spki).digest("base64");
  const bundle = await signBlob(Buffer.from("any file"), {
    signer: {
      sign: async (message) => {
        const pieces: Uint8Array[] = [];
        for await (const piece of message.chunks()) pieces.push(piece);
        return { signature: sign("sha256", Buffer.concat(pieces), privateKey), key: { kind: "publicKey", spki, hint } };
      },
    },
    witnesses: [],
  });
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
  await writeFile(join(cwd, "file"), "any file");
  await writeFile(join(cwd, "bundle.json"), bundle);
  await writeFile(join(cwd, "key.pem"), publicKey.export({ type: "spki", format: "pem" }));
  await writeFile(join(cwd, "other.pem"), other.export({ type: "spki", format: "pem" }));
}

describe("policy-pack verify --key", () => {
  it.each([
    ["the key that signed", ["file", "--key", "key.pem"], 0],
    ["another key", ["file", "--key", "other.pem"], 5],
    ["another file", ["key.pem", "--key", "key.pem"], 4],
    ["a key that is none", ["file", "--key", "file"], 2],
    ["a key and an identity", ["file", "--key", "key.pem", "--certificate-identity", "a@example.com"], 2],
  ])("ends as it must with %s", (_name, args, status) =>
    withFolder(async (cwd) => {
      await writeSignedFile(cwd);
      const terminal = createTerminal({ cwd });
      expect(await runCli(["verify", ...args, "--bundle", "bundle.json", "--json"], terminal)).toBe(status);
      const answer: unknown = JSON.parse(terminal.out());
      if (status === 0) expect(answer).toMatchObject({ verified: true, signer: { kind: "key" } });
      else expect(answer).toHaveProperty("error.code");
    }),
  );
});
