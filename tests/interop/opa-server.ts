import { spawn } from "node:child_process";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export interface OpaServer {
  /** What `POST /v1/data/<entrypoint>` answers; undefined when the decision is. */
  decide(input: unknown, entrypoint: string): Promise<unknown>;
  stop(): Promise<void>;
}

const START_MS = 20_000;

/** `opa run --server` with one bundle, on a Unix socket in the folder: no port to clash on, and no network. */
export async function startOpaServer(opa: string, bundle: string, folder: string): Promise<OpaServer> {
  const socketPath = join(folder, "opa.sock");
  const args = ["run", "--server", `--addr=unix://${socketPath}`, "--log-level=error", "--skip-version-check"];
  const child = spawn(opa, [...args, "--bundle", bundle], { stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const stop = async (): Promise<void> => {
    agent.destroy();
    child.kill();
    await ended;
  };
  try {
    await waitUntilReady({ socketPath, agent, path: "/health", method: "GET" });
  } catch (cause) {
    await stop();
    throw new Error(`opa run did not answer: ${complaint}`, { cause });
  }
  return {
    stop,
    decide: async (input, entrypoint) => {
      const body = JSON.stringify(input === undefined ? {} : { input });
      const answer = await ask({ socketPath, agent, path: `/v1/data/${entrypoint}`, method: "POST" }, body);
      return (JSON.parse(answer) as { readonly result?: unknown }).result;
    },
  };
}

interface Question {
  readonly socketPath: string;
  readonly agent: Agent;
  readonly path: string;
  readonly method: "GET" | "POST";
}

function ask(question: Question, body = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...question, headers: { "content-type": "application/json" } }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`opa answered ${response.statusCode ?? 0} to ${question.path}: ${text}`));
      });
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function waitUntilReady(question: Question): Promise<void> {
  const until = Date.now() + START_MS;
  for (;;) {
    try {
      await ask(question);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await delay(20);
    }
  }
}
