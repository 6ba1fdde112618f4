import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Requests that arrive at their own pace, whatever becomes of those before them. */
export interface Load {
  readonly seconds: number;
  readonly requestsPerSecond: number;
  /** The canary's share, in per cent. */
  readonly weight: number;
  readonly stable: string;
  readonly canary: string;
}

export interface Sample {
  readonly ms: number;
  readonly failed: boolean;
  readonly kind: "read" | "write";
}

export interface Traffic {
  readonly stable: readonly Sample[];
  readonly canary: readonly Sample[];
}

/** Every seventh request writes: a number that no share of the canary has in common with it. */
const WRITE_EVERY = 7;
const HUNDRED = 100;

/** Sends the load and measures each request from the moment it was due, so that a slow service hides nothing. */
export async function runLoad(load: Load, signal: AbortSignal): Promise<Traffic> {
  const agent = new Agent({ keepAlive: true });
  const samples: { stable: Sample[]; canary: Sample[] } = { stable: [], canary: [] };
  const total = Math.round(load.seconds * load.requestsPerSecond);
  const started = performance.now();
  const pending: Promise<void>[] = [];
  try {
    for (let index = 0; index < total; index += 1) {
      const due = started + (index * 1000) / load.requestsPerSecond;
      await sleep(Math.max(0, due - performance.now()), undefined, { signal });
      const target = isCanarys(index, load.weight) ? "canary" : "stable";
      const kind = index % WRITE_EVERY === 0 ? "write" : "read";
      pending.push(
        ask(agent, { url: `${load[target]}/records/${index}`, method: kind === "write" ? "POST" : "GET", signal }).then(
          (failed) => void samples[target].push({ ms: performance.now() - due, failed, kind }),
        ),
      );
    }
    await Promise.all(pending);
  } finally {
    agent.destroy();
  }
  return samples;
}

/** Spreads the canary's share evenly over the requests. */
function isCanarys(index: number, weight: number): boolean {
  const before = Math.floor((index * weight) / HUNDRED);
  return Math.floor(((index + 1) * weight) / HUNDRED) > before;
}

interface Question {
  readonly url: string;
  readonly method: string;
  readonly signal: AbortSignal;
}

/** Whether it failed: another status than 200, or no answer at all. */
async function ask(agent: Agent, { url, method, signal }: Question): Promise<boolean> {
  return await new Promise((resolve) => {
    const sent = request(url, { agent, method, signal }, (response) => {
      response.resume();
      response.once("close", () => {
        resolve(response.statusCode !== 200 || !response.complete);
      });
    });
    sent.once("error", () => {
      resolve(true);
    });
    sent.end();
  });
}
