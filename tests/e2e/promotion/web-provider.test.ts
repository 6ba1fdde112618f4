import { afterEach, describe, expect, it } from "@jest/globals";
import { runAnalysis } from "../../support/argo/analysis-run.ts";
import type { AnalysisRun } from "../../support/argo/analysis-run.ts";
import { readConfigMap } from "../../support/argo/manifests.ts";
import { BAD, GOOD, SERVICE, startAnswering, startSilent } from "./answers.ts";
import type { AnsweringServer, Answer } from "./answers.ts";
import { argumentsFor, impatient, objectsWith, TOKEN, WEB } from "./setting.ts";

let server: AnsweringServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function play(answers: readonly Answer[], releaseId = "r1"): Promise<AnalysisRun> {
  server = await startAnswering(...answers);
  return runAnalysis([WEB], { args: argumentsFor(server.url, { releaseId }), objects: objectsWith() });
}

const phases = (run: AnalysisRun): readonly string[] =>
  run.metrics["evidence-ok-web"]?.measurements.map(({ phase }) => phase) ?? [];

const NAUGHTY = ['r"1', "r\\1", 'r1"}}){ok}#', "r\n1", "r1'; exit 0 #", "$(exit 0)", "版本-1"];

describe("the web template's request", () => {
  it("is a POST of JSON to /graphql with the token in its header alone", async () => {
    await play([GOOD]);
    const [question] = server?.asked ?? [];
    expect(question).toMatchObject({
      method: "POST",
      url: "/graphql",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", accept: "application/json" },
    });
    expect(question?.url).not.toContain(TOKEN);
    expect(question?.body).not.toContain(TOKEN);
    expect(JSON.parse(question?.body ?? "")).toEqual({
      query: readConfigMap("mc-evidence-query").data["evidence-ok.graphql"],
      variables: { service: SERVICE, releaseId: "r1" },
    });
  });

  it.each(NAUGHTY)("holds the release %j as a value, never as a part of the question", async (releaseId) => {
    await play([GOOD], releaseId);
    const { query, variables } = JSON.parse(server?.asked[0]?.body ?? "") as Record<string, unknown>;
    expect(variables).toEqual({ service: SERVICE, releaseId });
    expect(query).toBe(readConfigMap("mc-evidence-query").data["evidence-ok.graphql"]);
  });
});

describe("an analysis by the web template", () => {
  it("measures three times, an interval apart, and is successful when all three say ok", async () => {
    server = await startAnswering(GOOD);
    const waits: string[] = [];
    const run = await runAnalysis([WEB], {
      args: argumentsFor(server.url),
      objects: objectsWith(),
      wait: (interval) => void waits.push(interval),
    });
    expect([run.phase, phases(run), waits]).toEqual([
      "Successful",
      ["Successful", "Successful", "Successful"],
      ["20s", "20s"],
    ]);
  });

  it.each(BAD)("makes of $what: $web", async (answer) => {
    const run = await play([answer]);
    expect(phases(run)[0]).toBe(answer.web);
    expect(run.phase).toBe(answer.web);
  });

  it.each([1, 2])("fails at the first measurement that is not ok, after %d that were", async (good) => {
    const [bad] = BAD;
    if (bad === undefined) throw new Error("no bad answer");
    const run = await play([...Array<Answer>(good).fill(GOOD), bad, GOOD]);
    expect([run.phase, phases(run).length]).toEqual(["Failed", good + 1]);
  });

  it("outlives two errors in a row and not a third", async () => {
    const broken: Answer = { what: "status 503", status: 503, body: "{}", web: "Error" };
    expect((await play([GOOD, broken, broken, GOOD])).phase).toBe("Successful");
    await server?.close();
    expect((await play([GOOD, broken, broken, broken, GOOD])).phase).toBe("Error");
  });

  it("is an error when nothing listens", async () => {
    const closed = await startAnswering(GOOD);
    await closed.close();
    const run = await runAnalysis([WEB], { args: argumentsFor(closed.url), objects: objectsWith() });
    expect([run.phase, phases(run)]).toEqual(["Error", ["Error", "Error", "Error"]]);
  });

  it("is an error when the server never answers", async () => {
    const silent = await startSilent();
    const run = await runAnalysis([impatient(WEB)], { args: argumentsFor(silent.url), objects: objectsWith() });
    await silent.close();
    expect(run.phase).toBe("Error");
  });

  it.each([
    ["the Secret", { secrets: {}, configMaps: {} }],
    ["the Secret's key", { secrets: { "mc-api-token": { other: "x" } }, configMaps: {} }],
  ])("is an error, and asks nothing, without %s", async (_what, objects) => {
    server = await startAnswering(GOOD);
    const run = await runAnalysis([WEB], { args: argumentsFor(server.url), objects });
    expect([run.phase, server.asked.length]).toEqual(["Error", 0]);
  });

  it("is an error when the token holds a line break, which no header may", async () => {
    server = await startAnswering(GOOD);
    const run = await runAnalysis([WEB], { args: argumentsFor(server.url), objects: objectsWith("a\nHost: x") });
    expect([run.phase, server.asked.length]).toEqual(["Error", 0]);
  });
});
