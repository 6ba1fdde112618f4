import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { openDevAuthority, startAuthorityServer } from "@policy-pack/dev-authority";
import type { AuthorityServer } from "@policy-pack/dev-authority";
import {
  cosignLimits,
  generateKeyPair,
  openPrivateKey,
  parseSigningConfig,
  signBlob,
  signingConfigWitnesses,
  signStatement,
} from "@policy-pack/sign";
import type { ContentKind, KeyPairKind, KeySigner, SigningConfig } from "@policy-pack/sign";
import { parseBundle, parsePublicKey, parseTrustedRoot, verifyBundle } from "@policy-pack/verify";
import { describeWith } from "./tools.ts";

const run = promisify(execFile);
const PASSWORD = "the password";
const DATA = Buffer.from("the artifact\n");
const DIGEST = createHash("sha256").update(DATA).digest("hex");
const STATEMENT = Buffer.from(
  JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "artifact", digest: { sha256: DIGEST } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: { buildDefinition: { buildType: "x", externalParameters: {} }, runDetails: { builder: { id: "x" } } },
  }),
);

const KINDS: readonly KeyPairKind[] = ["P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "Ed25519"];
const CONTENTS: readonly ContentKind[] = ["message", "statement"];
const WITNESSES = [
  "nobody",
  "a timestamp authority",
  "a v1 log",
  "a v2 log",
  "a v2 log and a timestamp authority",
] as const;

let folder = "";
let server: AuthorityServer;
let trustedRoot = "";
const at = (name: string) => path.join(folder, name);
const signers = new Map<KeyPairKind, KeySigner>();

function configOf(witnesses: (typeof WITNESSES)[number]): SigningConfig {
  const config = parseSigningConfig(server.signingConfig(witnesses.includes("v2") ? 2 : 1));
  const none = { services: [], selector: undefined };
  return {
    ...config,
    logs: witnesses.includes("log") ? config.logs : none,
    timestampAuthorities: witnesses.includes("timestamp") ? config.timestampAuthorities : none,
  };
}

describeWith("cosign", "cosign and keys", (cosign) => {
  const env = { ...process.env, COSIGN_PASSWORD: PASSWORD };
  const cosignRun = (args: readonly string[]) => run(cosign, [...args], { env, cwd: folder });

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "cosign-keys-"));
    writeFileSync(at("artifact"), DATA);
    const authority = await openDevAuthority(at("authority"));
    trustedRoot = authority.trustedRoot();
    writeFileSync(at("root.json"), trustedRoot);
    server = await startAuthorityServer(authority);
    writeFileSync(
      at("nobody.json"),
      JSON.stringify({ mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json" }),
    );
    for (const kind of KINDS) {
      const pair = await generateKeyPair({ kind, password: PASSWORD });
      writeFileSync(at(`${kind}.key`), pair.privateKey);
      writeFileSync(at(`${kind}.pub`), pair.publicKey);
      signers.set(kind, await openPrivateKey(pair.privateKey, { password: PASSWORD }));
    }
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const signerOf = (kind: KeyPairKind): KeySigner => {
    const signer = signers.get(kind);
    if (signer === undefined) throw new Error(`no key of the kind ${kind}`);
    return signer;
  };

  /** What cosign says of our bundle: "accepted", "refused", or "not made" when we refuse to sign so. */
  async function judge(
    kind: KeyPairKind,
    content: ContentKind,
    witnesses: (typeof WITNESSES)[number],
  ): Promise<string> {
    const parties = {
      signer: signerOf(kind),
      witnesses: signingConfigWitnesses(configOf(witnesses), { now: new Date() }),
    };
    try {
      const bundle = await (content === "message" ? signBlob(DATA, parties) : signStatement(STATEMENT, parties));
      writeFileSync(at("bundle.json"), bundle);
    } catch (error) {
      expect(error).toMatchObject({ code: "KEY_INVALID" });
      return "not made";
    }
    const verb = content === "message" ? ["verify-blob"] : ["verify-blob-attestation", "--type", "slsaprovenance1"];
    const flags = [
      ...["--key", `${kind}.pub`, "--bundle", "bundle.json"],
      ...(witnesses === "nobody" ? [] : ["--trusted-root", "root.json"]),
      ...(witnesses.includes("log") ? [] : ["--insecure-ignore-tlog"]),
      ...(witnesses.includes("timestamp") ? ["--use-signed-timestamps"] : []),
    ];
    return cosignRun([...verb, ...flags, "artifact"]).then(
      () => "accepted",
      () => "refused",
    );
  }

  it.each(KINDS.flatMap((kind) => CONTENTS.map((content) => [kind, content] as const)))(
    "verifies a %s %s with every witness that takes it, and nothing that it cannot verify is made",
    async (kind, content) => {
      const takesDigests = kind === "P-256" || kind.startsWith("RSA");
      for (const witnesses of WITNESSES) {
        const isTaken =
          takesDigests || !witnesses.includes("log") || (content === "statement" && witnesses === "a v1 log");
        const said = await judge(kind, content, witnesses);
        expect([witnesses, said]).toEqual([witnesses, isTaken ? "accepted" : "not made"]);
        const facts = kind.startsWith("RSA") ? "RSA" : (kind as "P-256");
        if (said === "accepted") expect(cosignLimits(facts, content, witnesses.includes("log"))).toBeUndefined();
      }
    },
  );

  it("opens our encrypted keys, and we verify what it signs with P-256 and RSA", async () => {
    for (const kind of ["P-256", "RSA-2048"] as const) {
      const flags = ["--key", `${kind}.key`, "--signing-config", "nobody.json", "--trusted-root", "root.json"];
      await cosignRun(["sign-blob", "-y", ...flags, "--bundle", "theirs.json", "artifact"]);
      const bundle = parseBundle(readFileSync(at("theirs.json")));
      const publicKey = parsePublicKey(signerOf(kind).publicKey);
      const verified = verifyBundle(bundle, { bytes: DATA }, parseTrustedRoot(trustedRoot), { publicKey });
      expect(verified.digest).toBe(`sha256:${DIGEST}`);
    }
  });

  it("makes encrypted keys that we open", async () => {
    await cosignRun(["generate-key-pair", "--output-key-prefix", "theirs"]);
    const signer = await openPrivateKey(readFileSync(at("theirs.key"), "utf8"), { password: PASSWORD });
    expect(signer.publicKey).toBe(readFileSync(at("theirs.pub"), "utf8"));
  });

  it.each(["P-384", "P-521", "Ed25519"] as const)(
    "makes no message signature with %s that it verifies",
    async (kind) => {
      const flags = ["--key", `${kind}.key`, "--signing-config", "nobody.json", "--trusted-root", "root.json"];
      const signing = cosignRun(["sign-blob", "-y", ...flags, "--bundle", `${kind}.json`, "artifact"]);
      const check = ["verify-blob", "--key", `${kind}.pub`, "--bundle", `${kind}.json`, "--insecure-ignore-tlog"];
      await expect(signing.then(() => cosignRun([...check, "artifact"]))).rejects.toMatchObject({ code: 1 });
    },
  );
});
