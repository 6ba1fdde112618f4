import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPolicyPack } from "@policy-pack/companyos";
import { DECISIONS } from "./decisions.ts";
import type { Answer, Stage, Step } from "./narrate.ts";

const PACK = "dist/policy-pack/v0/policy-pack-v0.tar";
const SOURCE = "contracts/policy-pack/v0";
const BUNDLE = `${SOURCE}/signing/cosign.bundle.json`;
const AUTHORITY = ".policy-pack/dev-authority";
const CHANGED = `${AUTHORITY}/changed-by-the-demo.tar`;
const ROUTE = "/v1/policy/packs/policy-pack-v0";

function text(answer: Answer, key: string): string {
  const value = answer[key];
  if (typeof value === "string") return value;
  throw new Error(`the command did not say "${key}": ${JSON.stringify(answer)}`);
}

async function build({ policyPack, notes }: Stage): Promise<readonly string[]> {
  const { answer, exitCode } = await policyPack("build");
  if (exitCode !== 0) throw new Error(JSON.stringify(answer));
  const digest = text(answer, "digest");
  notes.set("digest", digest);
  if ((await buildElsewhere(policyPack)) !== digest) throw new Error("another folder gave other bytes");
  return [
    `${text(answer, "packId")} → ${PACK}`,
    digest,
    "built once more from a copy in another folder: the same digest",
  ];
}

async function buildElsewhere(policyPack: Stage["policyPack"]): Promise<string> {
  const elsewhere = await mkdtemp(join(tmpdir(), "policy-pack-demo-"));
  try {
    const copy = join(elsewhere, "policy-pack/v0");
    await cp(SOURCE, copy, { recursive: true });
    const { answer } = await policyPack("build", copy, "--out", join(elsewhere, "dist"));
    return text(answer, "digest");
  } finally {
    await rm(elsewhere, { recursive: true });
  }
}

async function sign({ policyPack }: Stage): Promise<readonly string[]> {
  const { answer, exitCode } = await policyPack("sign");
  if (exitCode !== 0) throw new Error(JSON.stringify(answer));
  return [`${BUNDLE}: certificate, log entry and timestamp`, "The development authority proves nothing to others."];
}

async function verify({ policyPack }: Stage): Promise<readonly string[]> {
  const good = await policyPack("verify", PACK, "--bundle", BUNDLE, "--dev-authority");
  if (good.exitCode !== 0) throw new Error(JSON.stringify(good.answer));
  const bytes = await readFile(PACK);
  bytes[bytes.length - 20_000] = (bytes[bytes.length - 20_000] ?? 0) ^ 1;
  await writeFile(CHANGED, bytes);
  const bad = await policyPack("verify", CHANGED, "--bundle", BUNDLE, "--dev-authority");
  await rm(CHANGED);
  const refusal = bad.answer["error"] as { code?: string } | undefined;
  if (bad.exitCode === 0 || refusal?.code === undefined) throw new Error("a changed pack was accepted");
  return ["the pack as built: verified", `the pack with one bit flipped: ${refusal.code}, exit ${bad.exitCode}`];
}

async function serve({ serve: start, notes }: Stage): Promise<readonly string[]> {
  const url = `${await start()}${ROUTE}`;
  notes.set("url", url);
  const first = await fetch(url);
  const etag = first.headers.get("etag") ?? "";
  await first.arrayBuffer();
  const again = await fetch(url, { headers: { "If-None-Match": etag } });
  if (first.status !== 200 || again.status !== 304) throw new Error(`unexpected: ${first.status}, ${again.status}`);
  return [`GET ${url}: ${first.status}`, `ETag ${etag}`, `again with If-None-Match: ${again.status}, no body`];
}

async function decide({ notes }: Stage): Promise<readonly string[]> {
  const unpacked = await mkdtemp(join(tmpdir(), "policy-pack-demo-"));
  const policy = await loadPolicyPack(notes.get("url") ?? "", {
    dir: join(unpacked, "pack"),
    trustedRoot: await readFile(`${AUTHORITY}/trusted_root.json`, "utf8"),
    verificationPolicy: {
      packId: "policy-pack-v0",
      minimumRevision: 1,
      signers: [
        {
          certificateIdentity: "dev@policy-pack.localhost",
          certificateOidcIssuer: "https://dev-authority.policy-pack.localhost",
        },
      ],
    },
  });
  try {
    if (policy.digest !== notes.get("digest")) throw new Error("another pack arrived than was built");
    const answers = DECISIONS.flatMap(({ says, entrypoint, why, input }) => {
      const { value } = policy.decide(input, entrypoint);
      const reasons = policy.decide(input, why).value as readonly { code: string; message: string }[];
      return [says, `  ${entrypoint} = ${JSON.stringify(value)}`, ...reasons.map((it) => `    because ${it.message}`)];
    });
    return [`revision ${policy.revision}, ${policy.digest}`, "", ...answers];
  } finally {
    await rm(unpacked, { recursive: true });
  }
}

export const STEPS: readonly Step[] = [
  {
    title: "Build: check, test, compile and pack contracts/policy-pack/v0",
    proves: "the policies pass their own tests, and the same source gives the same bytes wherever it stands",
    run: build,
  },
  {
    title: "Sign the tar with the development authority",
    proves: "a Sigstore v0.3 bundle says who signed these bytes and when, for cosign to read too",
    run: sign,
  },
  {
    title: "Verify offline, then verify a changed copy",
    proves: "only the signed bytes pass, and only from the named signer; no network is needed",
    run: verify,
  },
  {
    title: "Serve it, fetch it, fetch it again",
    proves: "clients pay for the bytes only when they changed",
    run: serve,
  },
  {
    title: "A service fetches, verifies offline, loads the WASM and decides",
    proves: "every decision names the revision and digest it came from, and both are what was built and signed",
    run: decide,
  },
];
