import { playCanary, fileOf } from "./canary.ts";
import type { Version } from "./canary.ts";
import type { Crew } from "./crew.ts";
import { runLoad } from "./load.ts";
import { toSnapshot, USD_PER_CPU_HOUR } from "./measure.ts";
import { scene } from "./tell.ts";
import { buildPack, ENVIRONMENT, MIN_SOAK_SECONDS, openWorld, SERVICE } from "./world.ts";
import type { World } from "./world.ts";

type Say = (line: string) => void;

interface Verdict {
  readonly exitCode: number;
  readonly verdict: string;
}

/** What is read of the command's answer. */
interface Readiness {
  readonly verdict: string;
  readonly notProven: readonly { readonly code: string; readonly message: string }[];
}

/** All scenes in their order; each throws when what it shows is not so. */
export async function playScenes(crew: Crew, folder: string, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const stage: { world?: World; stable?: Version } = {};
  await scene(
    "Build, sign and serve the pack that judges",
    "the judge is a signed pack, and the server verified it",
    async (say) => {
      const digest = await buildPack(crew, folder);
      stage.world = await openWorld(crew, folder, digest);
      stage.stable = { releaseId: "r1", url: await crew.serveRelease(fileOf("r1")) };
      say(`policy-pack-v0 ${digest}; a release must soak ${MIN_SOAK_SECONDS} s here, not ten minutes`);
      say(`the server listens on ${stage.world.url}; ${SERVICE} r1 serves all requests`);
      say(`costs: CPU time of the service's process at ${USD_PER_CPU_HOUR} USD an hour`);
    },
  );
  const { world, stable } = stage;
  if (world === undefined || stable === undefined) throw new Error("the first scene set up nothing");
  const canary: Version = { releaseId: "r2", url: await crew.serveRelease(fileOf("r2")) };
  await scene(
    "Release r2: a canary that passes",
    "the weight rises only when both gates say yes to what was just measured",
    (say) => promote(world, { stable, canary, signal, say }),
  );
  const bad: Version = { releaseId: "r3", url: await crew.serveRelease(fileOf("r3")) };
  await scene(
    "Release r3: tests pass, and the canary is stopped",
    "what only traffic shows stops a release at its first share, and users are back on r2",
    (say) => stop(world, { stable: canary, canary: bad, signal, say }),
  );
  await scene("Release r4: nobody measured it", "no evidence is never a yes", async (say) => {
    await expectVerdict(world, "r4", { exitCode: 5, verdict: "INSUFFICIENT_PROOF" }, say);
  });
  console.log(`\nTwo canaries, judged by one signed pack, in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

interface Act {
  readonly stable: Version;
  readonly canary: Version;
  readonly signal: AbortSignal;
  readonly say: Say;
}

async function promote(world: World, act: Act): Promise<void> {
  const { phase, weights } = await playCanary(world, act);
  act.say(`rollout ${phase}: weights ${weights.join(" → ")}`);
  if (phase !== "Healthy") throw new Error("the good canary was stopped; is this machine too busy to measure on?");
  await expectVerdict(world, act.canary.releaseId, { exitCode: 0, verdict: "GO" }, act.say);
}

async function stop(world: World, act: Act): Promise<void> {
  const { stable, canary, signal, say } = act;
  const { phase, weights } = await playCanary(world, act);
  say(`rollout ${phase}: weights ${weights.join(" → ")}`);
  if (phase !== "Degraded" || weights.join() !== "20,0") throw new Error("the bad canary was not stopped");
  await expectVerdict(world, canary.releaseId, { exitCode: 5, verdict: "NO_GO" }, say);
  const load = { seconds: 1, requestsPerSecond: 100, weight: 0, stable: stable.url, canary: canary.url };
  const traffic = await runLoad(load, signal);
  const { p95Ms, errorRate } = toSnapshot(traffic.stable, 1);
  say(
    `${stable.releaseId} has all requests again: ${traffic.stable.length}, p95 ${p95Ms} ms, errors ${errorRate * 100} %`,
  );
}

/** Asks the command, as a pipeline does: its exit code is the answer. */
async function expectVerdict(
  { crew, url, token }: World,
  releaseId: string,
  expected: Verdict,
  say: Say,
): Promise<void> {
  const about = ["--service", SERVICE, "--release", releaseId, "--environment", ENVIRONMENT];
  const env = { POLICY_PACK_TOKEN: await token("evidence-gate") };
  const { exitCode, stdout, stderr } = await crew.policyPack(["readiness", ...about, "--server", url, "--json"], env);
  const { readiness } = JSON.parse(stdout) as { readiness?: Readiness };
  const { verdict = stderr, notProven = [] } = readiness ?? {};
  say(`policy-pack readiness --release ${releaseId}: ${verdict}, exit ${exitCode}`);
  for (const { code, message } of notProven) say(`  ${code}: ${message}`);
  if (exitCode !== expected.exitCode || verdict !== expected.verdict)
    throw new Error(`expected ${expected.verdict}: ${stdout}`);
}
