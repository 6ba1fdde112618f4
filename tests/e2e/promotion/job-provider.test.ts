import { afterEach, expect, it } from "@jest/globals";
import { runAnalysis } from "../../support/argo/analysis-run.ts";
import type { AnalysisRun } from "../../support/argo/analysis-run.ts";
import type { ContainerRun } from "../../support/argo/job-provider.ts";
import { readConfigMap } from "../../support/argo/manifests.ts";
import type { AnalysisTemplate, Objects } from "../../support/argo/types.ts";
import { describeWith } from "../../interop/tools.ts";
import { BAD, GOOD, SERVICE, startAnswering, startSilent } from "./answers.ts";
import type { AnsweringServer, Answer } from "./answers.ts";
import { argumentsFor, impatient, JOB, JOB_TOOL, objectsWith, TOKEN, WEB } from "./setting.ts";

let server: AnsweringServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Setting {
  readonly objects?: Objects;
  readonly releaseId?: string;
  readonly templates?: readonly AnalysisTemplate[];
}

async function play(
  answer: Answer,
  { objects = objectsWith(), releaseId = "r1", templates = [JOB] }: Setting = {},
): Promise<AnalysisRun> {
  server = await startAnswering(answer);
  return runAnalysis(templates, { args: argumentsFor(server.url, { releaseId }), objects });
}

const runOf = ({ metrics }: AnalysisRun): ContainerRun | undefined =>
  (metrics["evidence-ok-job"]?.measurements[0] as { run?: ContainerRun } | undefined)?.run;

describeWith(JOB_TOOL, "the job's script", () => {
  it("asks as the web provider does: POST, JSON, the token in its header alone", async () => {
    await play(GOOD);
    const [question] = server?.asked ?? [];
    expect(question).toMatchObject({
      method: "POST",
      url: "/graphql",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", accept: "application/json" },
    });
    expect(JSON.parse(question?.body ?? "")).toEqual({
      query: readConfigMap("mc-evidence-query").data["evidence-ok.graphql"],
      variables: { service: SERVICE, releaseId: "r1" },
    });
  });

  it("ends with 0 when the answer is ok: true, and tells nothing of the token", async () => {
    const run = await play(GOOD);
    expect(run.phase).toBe("Successful");
    expect(runOf(run)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.stringify(runOf(run))).not.toContain(TOKEN);
  });

  it.each(BAD)("ends with 1 on $what", async (answer) => {
    const run = await play(answer);
    expect(run.phase).toBe("Failed");
    expect(runOf(run)?.exitCode).toBe(1);
    expect(server?.asked).toHaveLength(1);
  });

  it("ends with 1 and asks no second time when nothing listens", async () => {
    const closed = await startAnswering(GOOD);
    await closed.close();
    const run = await runAnalysis([JOB], { args: argumentsFor(closed.url), objects: objectsWith() });
    expect([run.phase, runOf(run)?.exitCode]).toEqual(["Failed", 1]);
  });

  it("ends with 1 when the server takes the question and never answers", async () => {
    const silent = await startSilent();
    const started = performance.now();
    const run = await runAnalysis([impatient(JOB)], { args: argumentsFor(silent.url), objects: objectsWith() });
    await silent.close();
    expect([run.phase, runOf(run)?.exitCode]).toEqual(["Failed", 1]);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it("sends the token to no proxy that the environment names", async () => {
    const proxy = await startAnswering(GOOD);
    const value = JSON.stringify(["http_proxy", "ALL_PROXY"].map((name) => ({ name, value: proxy.url }))).slice(1, -1);
    const text = JSON.stringify(JOB).replace('"env":[', `"env":[${value},`);
    const run = await play(GOOD, { templates: [JSON.parse(text) as AnalysisTemplate] });
    await proxy.close();
    expect([run.phase, proxy.asked.length, server?.asked.length]).toEqual(["Successful", 0, 1]);
  });

  it("ends with 1 on an answer that is larger than any that it waits for", async () => {
    const run = await play({ ...GOOD, body: GOOD.body + " ".repeat(70_000) });
    expect([run.phase, runOf(run)?.exitCode]).toEqual(["Failed", 1]);
  });

  it.each(['r"1', "r\\1", "r\n1", "r1'; exit 0 #", "$(exit 0)", "`exit 0`", "--url", "版本-1"])(
    "holds the release %j as a value, never as code",
    async (releaseId) => {
      const run = await play({ ...GOOD, body: "{}" }, { releaseId });
      expect([run.phase, runOf(run)?.exitCode]).toEqual(["Failed", 1]);
      expect(JSON.parse(server?.asked[0]?.body ?? "")).toMatchObject({ variables: { service: SERVICE, releaseId } });
    },
  );

  it.each(["", "two words", 'a"\nurl = "http://127.0.0.1/', "a\nb", "ключ"])(
    "ends with 1 and asks nothing with the token %j",
    async (token) => {
      const run = await play(GOOD, { objects: objectsWith(token) });
      expect([run.phase, runOf(run)?.exitCode, server?.asked.length]).toEqual(["Failed", 1, 0]);
    },
  );

  it("takes a token with a line break at its end, as an editor leaves it", async () => {
    expect((await play(GOOD, { objects: objectsWith(`${TOKEN}\n`) })).phase).toBe("Successful");
    expect(server?.asked[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it.each([
    ["Secret", { ...objectsWith(), secrets: {} }],
    ["ConfigMap", { ...objectsWith(), configMaps: {} }],
  ])("is never started without the %s", async (_what, objects) => {
    const run = await play(GOOD, { objects });
    expect([run.phase, runOf(run), server?.asked.length]).toEqual(["Failed", undefined, 0]);
  });
});

describeWith(JOB_TOOL, "both templates together", () => {
  it("are successful on ok: true", async () => {
    expect((await play(GOOD, { templates: [WEB, JOB] })).phase).toBe("Successful");
  });

  it.each(BAD)("are not successful on $what", async (answer) => {
    expect((await play(answer, { templates: [WEB, JOB] })).phase).not.toBe("Successful");
  });
});
