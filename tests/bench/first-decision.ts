import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { loadPolicyPack } from "@policy-pack/companyos";
import { loadVerifiedPolicy } from "cos-policy-fetcher";
import type { Context, Suite } from "./context.ts";
import { PACK_ID } from "./fixture.ts";
import { interleave } from "./measure.ts";
import type { Contender } from "./measure.ts";
import { INPUT } from "./question.ts";
import { startPackServer } from "./pack-server.ts";
import type { Comparison } from "./report.ts";
import { missing } from "./tools.ts";

const run = promisify(execFile);

export const firstDecision: Suite = {
  name: "first-decision",
  run: async (context) => {
    const server = await startPackServer(context);
    try {
      return [await inMemory(context, server.url), await inFolder(context, server.url)];
    } finally {
      await server.stop();
    }
  },
};

const TITLE = "In a running Node service: fetch, verify, load, first decision";

async function inMemory(context: Context, url: string): Promise<Comparison> {
  const name = "`loadVerifiedPolicy`";
  const ours = { name, run: () => timed(() => load(context, url)) };
  return compare(context, url, { title: `${TITLE}, in memory`, ours, goal: 5 });
}

/** What the README shows: the policy decides from memory, and the files stand in a fresh private folder too. */
async function inFolder(context: Context, url: string): Promise<Comparison> {
  const ours = { name: "`loadPolicyPack`", run: () => unpack(context, url) };
  return compare(context, url, { title: `${TITLE}, and the pack in a folder`, ours, goal: 5 });
}

interface Side {
  readonly title: string;
  readonly ours: Contender;
  readonly goal?: number;
}

async function compare(context: Context, url: string, { ours, ...about }: Side): Promise<Comparison> {
  const notRun = missing(context.tools, "cosign", "sha256sum", "gnuTar", "opa");
  const others = notRun === undefined ? [withFolder(context, (dir) => shellOut(context, url, dir), SHELLED_NAME)] : [];
  return {
    ...about,
    unit: "ms",
    spreads: await interleave([ours, ...others], context.rounds),
    ...(notRun === undefined ? {} : { notRun }),
  };
}

const SHELLED_NAME = "`fetch`, then `cosign verify-blob`, `sha256sum`, `tar`, `opa eval` as processes";

/** Times until the decision is there; it must be an allow. */
async function timed(decide: () => Promise<unknown>): Promise<number> {
  const started = process.hrtime.bigint();
  const value = await decide();
  const took = Number(process.hrtime.bigint() - started) / 1e6;
  if (value !== true) throw new Error(`the first decision was ${JSON.stringify(value)}`);
  return took;
}

/** Gives each turn a new folder, and makes and removes it outside of the time that counts. */
function withFolder({ fixture }: Context, decide: (dir: string) => Promise<unknown>, name: string): Contender {
  return {
    name,
    run: async () => {
      const dir = await mkdtemp(join(fixture.root, "load-"));
      const took = await timed(() => decide(dir));
      await rm(dir, { recursive: true });
      return took;
    },
  };
}

/** Removing the folder, which the library leaves to its caller, does not count. */
async function unpack({ fixture: { trustedRoot, policy } }: Context, url: string): Promise<number> {
  let dir = "";
  const took = await timed(async () => {
    const loaded = await loadPolicyPack(url, { trustedRoot, verificationPolicy: { ...policy, packId: PACK_ID } });
    ({ dir } = loaded);
    return loaded.decide(INPUT, "cos/abac/allow").value;
  });
  await rm(dirname(dir), { recursive: true });
  return took;
}

async function load({ fixture: { trustedRoot, policy } }: Context, url: string): Promise<unknown> {
  const loaded = await loadVerifiedPolicy({ url, trustedRoot, verificationPolicy: { ...policy, packId: PACK_ID } });
  return loaded.decide(INPUT, "cos/abac/allow").value;
}

/** The same without us: what a service would write that has the four programs at hand. */
async function shellOut({ fixture, tools }: Context, url: string, dir: string): Promise<unknown> {
  const { identity, issuer, trustedRootPath } = fixture;
  const { cosign = "cosign", sha256sum = "sha256sum", gnuTar = "tar", opa = "opa" } = tools;
  const [tar, bundle, folder] = [join(dir, "pack.tar"), join(dir, "bundle.json"), join(dir, "pack")];
  const answer = await fetch(url);
  await writeFile(tar, Buffer.from(await answer.arrayBuffer()));
  await writeFile(bundle, await (await fetch(`${url}/attestation`)).text());
  const who = ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer];
  await run(cosign, ["verify-blob", "--bundle", bundle, "--trusted-root", trustedRootPath, ...who, tar]);
  const digest = await run(sha256sum, [tar]);
  if (answer.headers.get("digest") !== `sha-256=${digest.stdout.slice(0, 64)}`) throw new Error("another digest");
  await mkdir(folder);
  await run(gnuTar, ["--extract", "--file", tar, "-C", folder]);
  await writeFile(join(dir, "input.json"), JSON.stringify(INPUT));
  const sources = ["--data", join(folder, "opa/cos"), "--data", join(folder, "data")];
  const query = ["--input", join(dir, "input.json"), "--format", "raw", "data.cos.abac.allow"];
  const { stdout } = await run(opa, ["eval", ...sources, ...query]);
  return JSON.parse(stdout);
}
