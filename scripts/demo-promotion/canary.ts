import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readConfigMap, readRollout, readTemplate } from "../../tests/support/argo/manifests.ts";
import { playRollout } from "../../tests/support/argo/rollout.ts";
import type { RolloutEnd } from "../../tests/support/argo/rollout.ts";
import type { Measurement, Rollout } from "../../tests/support/argo/types.ts";
import { runLoad } from "./load.ts";
import { toCost, toSnapshot } from "./measure.ts";
import type { MeasuredCost, MeasuredSnapshot } from "./measure.ts";
import { ENVIRONMENT, SERVICE } from "./world.ts";
import type { World } from "./world.ts";

const TEMPLATES = ["at-evidence-gql-web", "at-evidence-gql-job"];
const SECONDS = 3;
const REQUESTS_PER_SECOND = 120;
/** Above this the stable version says that the machine, and not a release, is slow. */
const BUSY_MS = 150;
const ATTEMPTS = 4;

export interface Version {
  readonly releaseId: string;
  readonly url: string;
}

export interface CanaryOptions {
  readonly stable: Version;
  readonly canary: Version;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** The file of a release: what is deployed, and what its attestations are about. */
export const fileOf = (releaseId: string): string => join(import.meta.dirname, `releases/${releaseId}.ts`);

/** Plays rollout.yaml with real traffic: each pause is a load, its measurements are sent as evidence, each analysis is real. */
export async function playCanary(world: World, options: CanaryOptions): Promise<RolloutEnd> {
  const { canary, say, signal } = options;
  const bundle = await attestTests(world, canary);
  const started = Date.now();
  let weight = 0;
  const end = await playRollout(rolloutOf(canary.releaseId), {
    templates: TEMPLATES.map(readTemplate),
    objects: {
      secrets: { "mc-api-token": { token: await world.token("evidence-gate") } },
      configMaps: { "mc-evidence-query": readConfigMap("mc-evidence-query").data },
    },
    values: { mcUrl: world.url },
    setWeight: (next) => {
      signal.throwIfAborted();
      weight = next;
      say(`weight ${weight} %: ${canary.releaseId} has ${weight} of 100 requests`);
    },
    wait: async (duration) => {
      signal.throwIfAborted();
      // The web provider's interval is not waited for; a pause is the time in which the canary is measured.
      if (!duration.endsWith("m")) return;
      const measured = await measure(options, weight);
      const soakSeconds = Math.floor((Date.now() - started) / 1000);
      await send(world, { ...measured, canary, soakSeconds, bundle });
    },
    onAnalysis: ({ metrics }) => {
      const lines = Object.entries(metrics).map(
        ([name, { phase, measurements }]) => `${name} ${phase}${told(measurements)}`,
      );
      for (const line of lines) say(`  gate ${line}`);
    },
  });
  signal.throwIfAborted();
  return end;
}

/** The manifests' rollout with this release's label on its pods, which is all that names it. */
function rolloutOf(releaseId: string): Rollout {
  const { spec, ...rest } = structuredClone(readRollout(SERVICE));
  const { metadata } = spec.template;
  const labels = { ...metadata.labels, "release-id": releaseId };
  return { ...rest, spec: { ...spec, template: { ...spec.template, metadata: { ...metadata, labels } } } };
}

interface Measured {
  readonly snapshot: MeasuredSnapshot;
  readonly cost: MeasuredCost;
}

/** What the canary did in one load at this weight; on a machine that was too busy to tell, in another. */
async function measure({ stable, canary, signal, say }: CanaryOptions, weight: number): Promise<Measured> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await cpuMsOf(canary);
    const load = { seconds: SECONDS, requestsPerSecond: REQUESTS_PER_SECOND, weight };
    const traffic = await runLoad({ ...load, stable: stable.url, canary: canary.url }, signal);
    const cost = toCost((await cpuMsOf(canary)) - before, traffic.canary.length);
    const control = toSnapshot(traffic.stable, SECONDS);
    const snapshot = toSnapshot(traffic.canary, SECONDS);
    const isBusy = control.p95Ms > BUSY_MS && attempt < ATTEMPTS;
    say(`  ${stable.releaseId} ${shown(traffic.stable.length, control)}${isBusy ? "; too busy a machine, again" : ""}`);
    if (isBusy) continue;
    const usd = `${cost.graphqlPerMillionUsd.toFixed(3)} USD a million`;
    say(`  ${canary.releaseId} ${shown(traffic.canary.length, snapshot)}, ${usd}`);
    return { snapshot, cost };
  }
}

async function cpuMsOf({ url }: Version): Promise<number> {
  const { cpuMs } = (await (await fetch(`${url}/usage`)).json()) as { cpuMs: number };
  return cpuMs;
}

interface Sending extends Measured {
  readonly canary: Version;
  readonly soakSeconds: number;
  readonly bundle: unknown;
}

async function send(world: World, { canary, snapshot, cost, soakSeconds, bundle }: Sending): Promise<void> {
  const { releaseId } = canary;
  const response = await fetch(`${world.url}/v1/evidence`, {
    method: "POST",
    headers: { authorization: `Bearer ${await world.token("collector")}`, "content-type": "application/json" },
    body: JSON.stringify({
      service: SERVICE,
      releaseId,
      environment: ENVIRONMENT,
      artifactDigest: await digestOf(releaseId),
      measuredAt: new Date().toISOString(),
      snapshot,
      cost,
      soakSeconds,
      links: [{ predicateType: "https://in-toto.io/attestation/test-result/v0.1", bundle }],
    }),
  });
  if (response.status !== 201) throw new Error(`the evidence was refused: ${await response.text()}`);
}

async function digestOf(releaseId: string): Promise<string> {
  return `sha256:${createHash("sha256")
    .update(await readFile(fileOf(releaseId)))
    .digest("hex")}`;
}

/** Tests the release as a pipeline would, one request after another, and signs that it passed. */
async function attestTests({ crew, at }: World, { releaseId, url }: Version): Promise<unknown> {
  for (const id of [1, 2, 3]) {
    const { linked } = (await (await fetch(`${url}/records/${id}`)).json()) as { linked?: readonly string[] };
    if (linked?.includes(`record ${id + 1}`) !== true) throw new Error(`${releaseId} fails its tests`);
  }
  const predicate = {
    result: "PASSED",
    configuration: [{ name: "one request after another" }],
    passedTests: ["links"],
  };
  await writeFile(at(`${releaseId}.json`), JSON.stringify(predicate));
  const bundle = at(`${releaseId}.test-result.sigstore.json`);
  const about = ["--type", "test-result", "--predicate", at(`${releaseId}.json`), "--bundle", bundle];
  await crew.answerOf("attest", fileOf(releaseId), "--dev-authority", ...about);
  return JSON.parse(await readFile(bundle, "utf8")) as unknown;
}

function shown(requests: number, snapshot: MeasuredSnapshot): string {
  const { p95Ms, p99Ms, readP95Ms, writeP95Ms, errorRate } = snapshot;
  const errors = `errors ${(errorRate * 100).toFixed(1)} %`;
  return `${requests} requests: p95 ${p95Ms} ms (reads ${readP95Ms}, writes ${writeP95Ms}), p99 ${p99Ms} ms, ${errors}`;
}

/** What the job's pod wrote: the server's reasons, then the gate's last word. */
function told(measurements: readonly Measurement[]): string {
  const run = (measurements.at(-1) as { run?: { exitCode: number | null; stdout: string } } | undefined)?.run;
  if (run === undefined) return ` (${measurements.map(({ value, message }) => value ?? message ?? "").join(", ")})`;
  const [line = "{}"] = run.stdout.split("\n");
  const { reasons = [] } = (JSON.parse(line === "" ? "{}" : line) as { reasons?: readonly string[] } | null) ?? {};
  return `, exit ${run.exitCode}${reasons.map((reason) => `\n        ${reason}`).join("")}`;
}
