import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { openDevAuthority, startAuthorityServer } from "@policy-pack/dev-authority";
import type { AuthorityServer, DevAuthority, SigningOptions } from "@policy-pack/dev-authority";
import { keylessSigning, signBlob, signStatement } from "@policy-pack/sign";
import { describeWith } from "./tools.ts";

const run = promisify(execFile);

let folder = "";
const at = (name: string) => path.join(folder, name);
const DATA = Buffer.from("the artifact\n");
const STATEMENT = Buffer.from(
  JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "artifact", digest: { sha256: createHash("sha256").update(DATA).digest("hex") } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: { buildDefinition: { buildType: "x", externalParameters: {} }, runDetails: { builder: { id: "x" } } },
  }),
);

let authority: DevAuthority;
let server: AuthorityServer;

const LOGGED = ["--use-signed-timestamps"];
const TIMESTAMP_ONLY = ["--use-signed-timestamps", "--insecure-ignore-tlog"];

/** The ways of signing, and the flags with which cosign checks each. */
const WAYS: readonly (readonly [string, SigningOptions, readonly string[]])[] = [
  ["a v1 log entry alone", { timestamps: 0 }, []],
  ["a v1 log entry and a timestamp", {}, LOGGED],
  ["a v2 log entry and a timestamp", { rekorVersion: 2 }, LOGGED],
  ["a timestamp alone", { log: false }, TIMESTAMP_ONLY],
];

describeWith("cosign", "cosign and our signatures", (cosign) => {
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "cosign-interop-"));
    writeFileSync(at("artifact"), DATA);
    writeFileSync(at("predicate.json"), JSON.stringify({ buildDefinition: {}, runDetails: {} }));
    authority = await openDevAuthority(at("authority"));
    server = await startAuthorityServer(authority);
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Check {
    readonly bundle: string;
    readonly flags?: readonly string[];
    readonly identity?: string;
    readonly issuer?: string;
    readonly artifact?: string;
    readonly verb?: "verify-blob" | "verify-blob-attestation";
  }

  /** Whether cosign accepts the bundle. Any end but "verified" and "not verified" fails the test. */
  async function isAccepted(check: Check): Promise<boolean> {
    writeFileSync(at("bundle"), check.bundle);
    const identity = ["--certificate-identity", check.identity ?? authority.identity];
    const issuer = ["--certificate-oidc-issuer", check.issuer ?? authority.issuer];
    const root = ["--bundle", at("bundle"), "--trusted-root", at("authority/trusted_root.json")];
    const verb = check.verb ?? "verify-blob";
    const type = verb === "verify-blob" ? [] : ["--type", "slsaprovenance1"];
    const args = [
      verb,
      ...root,
      ...identity,
      ...issuer,
      ...(check.flags ?? LOGGED),
      ...type,
      at(check.artifact ?? "artifact"),
    ];
    try {
      await run(cosign, args, { timeout: 30_000 });
      return true;
    } catch (error) {
      expect((error as { code: unknown }).code).not.toBe("ENOENT");
      return false;
    }
  }

  it.each(WAYS)("accepts a blob's signature with %s", async (_name, options, flags) => {
    const bundle = await signBlob(DATA, authority.signing(options));
    expect(await isAccepted({ bundle, flags })).toBe(true);
    writeFileSync(at("changed"), "the artifact!");
    expect(await isAccepted({ bundle, flags, artifact: "changed" })).toBe(false);
  });

  it.each(WAYS)("accepts a statement's envelope with %s", async (_name, options, flags) => {
    const bundle = await signStatement(STATEMENT, authority.signing(options));
    expect(await isAccepted({ bundle, flags, verb: "verify-blob-attestation" })).toBe(true);
    writeFileSync(at("other"), "another artifact");
    expect(await isAccepted({ bundle, flags, verb: "verify-blob-attestation", artifact: "other" })).toBe(false);
  });

  it("accepts the identity and issuer that were signed for, and no others", async () => {
    const [identity, issuer] = ["https://ci.example/flow@main", "https://issuer.example"];
    const bundle = await signBlob(DATA, authority.signing({ identity, issuer }));
    expect(await isAccepted({ bundle, identity, issuer })).toBe(true);
    expect(await isAccepted({ bundle })).toBe(false);
    expect(await isAccepted({ bundle, identity })).toBe(false);
    expect(await isAccepted({ bundle, issuer })).toBe(false);
  });

  it.each(WAYS)("rejects the bundle with %s after a change to any part", async (_name, options, flags) => {
    const bundle = await signBlob(DATA, authority.signing(options));
    const accepted: string[] = [];
    for (const part of partsOf(JSON.parse(bundle) as JsonNode)) {
      if (await isAccepted({ bundle: JSON.stringify(part.change()), flags })) accepted.push(part.name);
      part.undo();
    }
    const entry = ".verificationMaterial.tlogEntries.0.";
    const unread = UNREAD_BY_COSIGN[options.log === false ? 0 : (options.rekorVersion ?? 1)];
    expect(accepted).toEqual(unread?.map((name) => entry + name));
  });

  it("rejects a bundle of another authority", async () => {
    const stranger = await openDevAuthority(at("stranger"));
    const bundle = await signBlob(DATA, stranger.signing());
    expect(await isAccepted({ bundle })).toBe(false);
  });

  it("accepts bundles from before a restart with the trusted root from after it", async () => {
    const before = await signBlob(DATA, authority.signing());
    const again = await openDevAuthority(at("authority"));
    expect(again.trustedRoot()).toBe(authority.trustedRoot());
    expect(await isAccepted({ bundle: before })).toBe(true);
    expect(await isAccepted({ bundle: await signBlob(DATA, again.signing()) })).toBe(true);
  });

  it.each([1, 2] as const)("accepts what Sigstore's clients signed against the front, v%p", async (rekorVersion) => {
    const parties = keylessSigning({
      identityProvider: { getToken: () => Promise.resolve(authority.identityToken()) },
      fulcioUrl: server.url,
      rekorUrl: server.url,
      rekorVersion,
      tsaUrl: `${server.url}/api/v1/timestamp`,
    });
    expect(await isAccepted({ bundle: await signBlob(DATA, parties) })).toBe(true);
    const attestation = await signStatement(STATEMENT, parties);
    expect(await isAccepted({ bundle: attestation, verb: "verify-blob-attestation" })).toBe(true);
  });

  it.each([1, 2] as const)("signs blob and statement against the front, with a v%p log", async (version) => {
    writeFileSync(at("signing-config.json"), server.signingConfig(version));
    writeFileSync(at("token"), authority.identityToken());
    const common = ["-y", "--identity-token", at("token"), "--signing-config", at("signing-config.json")];
    const output = ["--trusted-root", at("authority/trusted_root.json"), "--bundle", at("signed")];
    await run(cosign, ["sign-blob", ...common, ...output, at("artifact")]);
    expect(await isAccepted({ bundle: readFileSync(at("signed"), "utf8") })).toBe(true);
    const predicate = ["--predicate", at("predicate.json"), "--type", "slsaprovenance1"];
    await run(cosign, ["attest-blob", ...common, ...output, ...predicate, at("artifact")]);
    const bundle = readFileSync(at("signed"), "utf8");
    expect(await isAccepted({ bundle, verb: "verify-blob-attestation" })).toBe(true);
  });
});

type JsonNode = JsonParent | JsonNode[] | string;

interface JsonParent {
  [key: string]: JsonNode;
}

/**
 * What cosign does not look at in a log entry of each version. The kind stands in the logged body too; what it knows of
 * a v2 log's tree it takes from the signed checkpoint and the entry's own index.
 */
const UNREAD_BY_COSIGN: Readonly<Record<number, readonly string[]>> = {
  0: [],
  1: ["kindVersion.kind", "kindVersion.version"],
  2: [
    "kindVersion.kind",
    "kindVersion.version",
    "inclusionProof.logIndex",
    "inclusionProof.rootHash",
    "inclusionProof.treeSize",
  ],
};

interface Part {
  readonly name: string;
  change(): JsonNode;
  undo(): void;
}

/** Every text in the bundle that means something, each to be changed in one character and put back. */
function partsOf(root: JsonNode, node: JsonNode = root, name = ""): Part[] {
  if (typeof node === "string") return [];
  return Object.entries(node).flatMap(([key, value]: [string, JsonNode]) => {
    if (typeof value !== "string") return partsOf(root, value, `${name}.${key}`);
    const parent = node as JsonParent;
    const change = () => {
      parent[key] = changed(value);
      return root;
    };
    const undo = () => {
      parent[key] = value;
    };
    return [{ name: `${name}.${key}`, change, undo }];
  });
}

function changed(text: string): string {
  if (/^[0-9]+$/.test(text)) return String(BigInt(text) + 1n);
  // Two thirds on: in a checkpoint that is within the signature, past the name that cosign does not compare.
  const position = Math.floor((text.length * 2) / 3);
  const other = text[position] === "A" ? "B" : "A";
  return text.slice(0, position) + other + text.slice(position + 1);
}
