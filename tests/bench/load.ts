import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPinned, outputOf, pinned } from "./process.ts";
import type { Command } from "./process.ts";
import type { Tools } from "./tools.ts";

/** One request, sent again and again on each connection as soon as its answer is complete. */
export interface Target {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes it a POST. */
  readonly body?: string;
  readonly status: 200 | 304;
}

const CONNECTIONS = 32;
const LOADER = join(import.meta.dirname, "loader.ts");

/** What carries the load, and where it runs. */
export function loadName(tools: Tools): string {
  const name = tools.wrk === undefined ? "a small loader of this repository" : "wrk";
  return isPinned(tools) ? `${name} on the other core` : `${name}, on whatever core is free`;
}

/** Answers a second on 32 keep-alive connections. Any other status or a broken connection is an error. */
export function answersPerSecond(tools: Tools, target: Target, turnMs: number): number {
  return tools.wrk === undefined ? byOwnLoader(tools, target, turnMs) : byWrk(tools, tools.wrk, target, turnMs);
}

function byOwnLoader(tools: Tools, target: Target, turnMs: number): number {
  const job = JSON.stringify({ ...target, connections: CONNECTIONS, turnMs });
  const rate = Number(outputOf(pinned(tools, 1, [process.execPath, LOADER, job])));
  if (rate > 0) return rate;
  throw new Error(`no answer was counted from ${target.url}`);
}

function byWrk(tools: Tools, wrk: string, { url, headers = {}, body }: Target, turnMs: number): number {
  const dir = mkdtempSync(join(tmpdir(), "policy-pack-wrk-"));
  try {
    const script = join(dir, "request.lua");
    writeFileSync(script, body === undefined ? "" : `wrk.method = "POST"\nwrk.body = [==[${body}]==]\n`);
    const seconds = `${Math.max(1, Math.round(turnMs / 1_000))}s`;
    const given = Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]);
    const flags = ["--threads", "1", "--connections", String(CONNECTIONS), "--duration", seconds];
    const command: Command = [wrk, ...flags, "--script", script, ...given, url];
    return readRate(outputOf(pinned(tools, 1, command)));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** wrk counts 4xx and 5xx, and connections that broke, in lines of their own. */
function readRate(report: string): number {
  const rate = Number(/^Requests\/sec:\s*([\d.]+)/m.exec(report)?.[1]);
  if (rate > 0 && !/Non-2xx|Socket errors/.test(report)) return rate;
  throw new Error(`the load did not run clean:\n${report}`);
}
