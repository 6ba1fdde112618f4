import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { readRollout } from "../../support/argo/manifests.ts";
import { playRollout } from "../../support/argo/rollout.ts";
import type { RolloutEnd } from "../../support/argo/rollout.ts";
import type { Rollout } from "../../support/argo/types.ts";
import { describeWith } from "../../interop/tools.ts";
import { COST, SNAPSHOT, startRealServer } from "./real-server.ts";
import type { RealServer } from "./real-server.ts";
import { JOB, JOB_TOOL, objectsWith, WEB } from "./setting.ts";

const BAD = { snapshot: { ...SNAPSHOT, errorRate: 0.2 }, cost: COST };

let server: RealServer;
beforeAll(async () => {
  server = await startRealServer();
});
afterAll(() => server.close());

/** The manifests' rollout of a release, by the pods' label alone. */
function rolloutOf(releaseId: string): Rollout {
  const text = JSON.stringify(readRollout("graph-api"));
  return JSON.parse(text.replace('"release-id":"r1"', `"release-id":"${releaseId}"`)) as Rollout;
}

/** Plays it; `onPause` is what happens while the canary has its share, the pauses counted from 1. */
async function play(rollout: Rollout, onPause: (pause: number) => Promise<unknown>): Promise<RolloutEnd> {
  let pauses = 0;
  return playRollout(rollout, {
    templates: [WEB, JOB],
    objects: objectsWith(server.gateToken(86_000)),
    values: { mcUrl: server.url },
    wait: async (duration) => {
      if (duration !== "10m") return;
      server.advance(600);
      pauses += 1;
      await onPause(pauses);
    },
  });
}

describeWith(JOB_TOOL, "the rollout against the real server", () => {
  it("goes all the way when the evidence is ok at every step", async () => {
    const end = await play(rolloutOf("r2"), () => server.post("r2"));
    expect(end).toEqual({ phase: "Healthy", weights: [20, 60, 100], analyses: ["Successful", "Successful"] });
  });

  it("is aborted at the first share when the evidence is not ok, and gives the stable version everything", async () => {
    const end = await play(rolloutOf("r3"), () => server.post("r3", BAD));
    expect(end).toEqual({ phase: "Degraded", weights: [20, 0], analyses: ["Failed"] });
  });

  it("is aborted at a later share when the evidence has become worse", async () => {
    const end = await play(rolloutOf("r4"), (pause) => server.post("r4", pause === 1 ? undefined : BAD));
    expect(end).toEqual({ phase: "Degraded", weights: [20, 60, 0], analyses: ["Successful", "Failed"] });
  });

  it("is aborted when nobody measured the release", async () => {
    const end = await play(rolloutOf("r5"), () => Promise.resolve());
    expect(end).toEqual({ phase: "Degraded", weights: [20, 0], analyses: ["Failed"] });
  });

  it("is aborted when the evidence is of another release", async () => {
    const end = await play(rolloutOf("r6"), () => server.post("r2"));
    expect(end).toMatchObject({ phase: "Degraded", weights: [20, 0] });
  });

  it("does not begin an analysis when the pods have no release-id", async () => {
    const text = JSON.stringify(readRollout("graph-api")).replace(',"release-id":"r1"', "");
    await expect(play(JSON.parse(text) as Rollout, () => Promise.resolve())).rejects.toThrow();
  });

  it("is aborted when the server is gone", async () => {
    const end = await playRollout(rolloutOf("r2"), {
      templates: [WEB, JOB],
      objects: objectsWith(server.gateToken()),
      values: { mcUrl: "http://127.0.0.1:9" },
    });
    expect(end).toEqual({ phase: "Degraded", weights: [20, 0], analyses: ["Failed"] });
  });
});
