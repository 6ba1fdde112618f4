import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { runAnalysis } from "../../support/argo/analysis-run.ts";
import type { AnalysisRun } from "../../support/argo/analysis-run.ts";
import type { AnalysisTemplate } from "../../support/argo/types.ts";
import { describeWith } from "../../interop/tools.ts";
import { COST, SNAPSHOT, startRealServer } from "./real-server.ts";
import type { RealServer } from "./real-server.ts";
import { argumentsFor, JOB, JOB_TOOL, objectsWith, WEB } from "./setting.ts";

let server: RealServer;
beforeAll(async () => {
  server = await startRealServer();
});
afterAll(() => server.close());

interface Setting {
  readonly token?: string;
  readonly service?: string;
  readonly wait?: () => void;
}

function play(
  template: AnalysisTemplate,
  releaseId: string,
  { token, service, wait }: Setting = {},
): Promise<AnalysisRun> {
  return runAnalysis([template], {
    args: argumentsFor(server.url, { releaseId, ...(service === undefined ? {} : { service }) }),
    objects: objectsWith(token ?? server.gateToken()),
    ...(wait === undefined ? {} : { wait }),
  });
}

/** Each provider, and what it calls evidence that is not ok and a question that is refused. */
const GATES = [
  { name: "web", template: WEB, no: "Failed", refused: "Error" },
  { name: "job", template: JOB, no: "Failed", refused: "Failed" },
] as const;

describeWith(JOB_TOOL, "the gates against the real server", () => {
  describe.each(GATES)("the $name provider", ({ template, no, refused }) => {
    it("opens for a release whose evidence is whole, current and within the limits", async () => {
      expect(await server.post("good")).toBeLessThan(300);
      expect((await play(template, "good")).phase).toBe("Successful");
    });

    it.each([
      ["slow-reads", { snapshot: { ...SNAPSHOT, readP95Ms: 351 }, cost: COST }],
      ["slow-writes", { snapshot: { ...SNAPSHOT, writeP95Ms: 701 }, cost: COST }],
      ["errors", { snapshot: { ...SNAPSHOT, errorRate: 0.021 }, cost: COST }],
      ["dear", { snapshot: SNAPSHOT, cost: { ...COST, graphqlPerMillionUsd: 2.01 } }],
      ["no-cost", { snapshot: SNAPSHOT }],
      ["no-snapshot", { cost: COST }],
      ["only-soaked", { soakSeconds: 600 }],
      ["from-staging", { snapshot: SNAPSHOT, cost: COST, environment: "staging" }],
    ])("stays closed for a release with evidence of %s", async (releaseId, evidence) => {
      expect(await server.post(releaseId, evidence)).toBeLessThan(300);
      expect((await play(template, releaseId)).phase).toBe(no);
    });

    it.each(["unmeasured", "", 'r"1', "../good", "good}}"])("stays closed for the release %j", async (releaseId) => {
      expect((await play(template, releaseId)).phase).not.toBe("Successful");
    });

    it("stays closed for a service that the token is not for", async () => {
      expect((await play(template, "good", { service: "billing" })).phase).not.toBe("Successful");
    });

    it("stays closed for a service that nobody knows", async () => {
      expect((await play(template, "good", { service: "x" })).phase).not.toBe("Successful");
    });

    it.each([
      ["is the placeholder of the Secret", () => "replace-with-a-token-of-scope-evidence-read"],
      ["may only write", () => server.writerToken()],
      ["was altered", () => `${server.gateToken().slice(0, -8)}AAAAAAAA`],
    ])("stays closed when the token %s", async (_what, token) => {
      await server.post("good");
      expect((await play(template, "good", { token: token() })).phase).toBe(refused);
    });

    it("stays closed with a token that has expired", async () => {
      const token = server.gateToken(60);
      server.advance(61);
      await server.post("good");
      expect((await play(template, "good", { token })).phase).toBe(refused);
    });

    it("closes when the evidence has become old", async () => {
      await server.post("aging");
      expect((await play(template, "aging")).phase).toBe("Successful");
      server.advance(24 * 3600);
      expect((await play(template, "aging")).phase).toBe(no);
    });
  });

  it("errs and does not open when the token expires between two measurements of the web provider", async () => {
    await server.post("between");
    const wait = (): void => {
      server.advance(45);
    };
    const run = await play(WEB, "between", { token: server.gateToken(60), wait });
    expect(run.metrics["evidence-ok-web"]?.measurements.map(({ phase }) => phase)).toEqual([
      "Successful",
      "Successful",
      "Error",
      "Error",
      "Error",
    ]);
    expect(run.phase).toBe("Error");
  });

  it("fails at the measurement after evidence that is worse", async () => {
    await server.post("worse");
    let waits = 0;
    const run = runAnalysis([WEB], {
      args: argumentsFor(server.url, { releaseId: "worse" }),
      objects: objectsWith(server.gateToken()),
      wait: async () => {
        waits += 1;
        server.advance(20);
        if (waits === 2) await server.post("worse", { snapshot: { ...SNAPSHOT, errorRate: 0.5 }, cost: COST });
      },
    });
    expect([(await run).phase, waits]).toEqual(["Failed", 2]);
  });

  it("closes when the pack is no longer the one that was signed", async () => {
    await server.post("good");
    await server.damagePack();
    expect((await play(WEB, "good")).phase).toBe("Failed");
    expect((await play(JOB, "good")).phase).toBe("Failed");
  });
});
