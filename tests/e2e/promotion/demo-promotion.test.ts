import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { createTempDir, findTestOpa } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { describeWith } from "../../interop/tools.ts";
import { JOB_TOOL } from "./setting.ts";

const MAIN = join(import.meta.dirname, "../../../scripts/demo-promotion/main.ts");
/** A machine under full load takes several times what a quiet one does. */
const TIMEOUT_MS = 240_000;

interface Demo {
  readonly child: ChildProcess;
  readonly lines: AsyncIterable<string>;
  /** The processes that came of it and are still there. */
  readonly processes: () => readonly number[];
}

/** The system's folder for temporary files, as the demo sees it. */
let temporary: TempDir;

beforeEach(async () => {
  temporary = await createTempDir();
});

afterEach(() => temporary.remove());

/** Starts the demo; all that it starts carries a mark in its environment. */
async function startDemo(): Promise<Demo> {
  const mark = `POLICY_DEMO_MARK=${randomUUID()}`;
  const [name = "", value = ""] = mark.split("=");
  const path = [dirname(await findTestOpa()), process.env["PATH"] ?? ""].join(delimiter);
  const child: ChildProcess = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN], {
    env: { ...process.env, PATH: path, TMPDIR: temporary.path, [name]: value },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("the demo has no output");
  return { child, lines: createInterface({ input: child.stdout }), processes: () => marked(mark) };
}

function marked(mark: string): readonly number[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.filter((id) => environmentOf(id).includes(mark)).map(Number);
}

function environmentOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/environ`, "latin1");
  } catch {
    return ""; // It ended meanwhile, or is another user's.
  }
}

const changes = (): string =>
  execFileSync("git", ["status", "--porcelain", "--", "contracts", "dist"], { encoding: "utf8" });
const folders = (): readonly string[] =>
  readdirSync(temporary.path).filter((name) => name.startsWith("policy-pack-demo-"));

const canBeWatched = existsSync(`/proc/${process.pid}/environ`);

describeWith(canBeWatched ? JOB_TOOL : "Linux", "make demo-promotion", () => {
  it(
    "promotes one canary, stops another, and leaves nothing behind",
    async () => {
      const before = changes();
      const { child, lines, processes } = await startDemo();
      const told: string[] = [];
      for await (const line of lines) told.push(line);
      const text = told.join("\n");
      expect(text).toContain("rollout Healthy: weights 20 → 60 → 100");
      expect(text).toContain("policy-pack readiness --release r2: GO, exit 0");
      expect(text).toContain("rollout Degraded: weights 20 → 0");
      expect(text).toContain("policy-pack readiness --release r3: NO_GO, exit 5");
      expect(text).toContain("policy-pack readiness --release r4: INSUFFICIENT_PROOF, exit 5");
      if (child.exitCode === null) await once(child, "exit");
      expect([child.exitCode, processes()]).toEqual([0, []]);
      expect([changes(), folders()]).toEqual([before, []]);
    },
    TIMEOUT_MS,
  );

  it.each([
    ["SIGINT", "1. Build", 130],
    ["SIGTERM", "weight 20 %", 143],
  ] as const)(
    "ends everything when %s comes at %j",
    async (signal, moment, exitCode) => {
      const { child, lines, processes } = await startDemo();
      for await (const line of lines) {
        if (line.includes(moment)) child.kill(signal);
      }
      if (child.exitCode === null) await once(child, "exit");
      expect([child.exitCode, processes(), folders()]).toEqual([exitCode, [], []]);
    },
    TIMEOUT_MS,
  );

  it(
    "leaves no process even when it is killed",
    async () => {
      const { child, lines, processes } = await startDemo();
      for await (const line of lines) {
        if (line.includes("the server listens")) child.kill("SIGKILL");
      }
      // Its processes hear of it by the end of their standard input, a moment later.
      const deadline = Date.now() + 30_000;
      while (processes().length > 0 && Date.now() < deadline) await delay(50);
      expect(processes()).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
