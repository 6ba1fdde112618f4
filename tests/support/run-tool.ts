import { spawn } from "node:child_process";

export interface ToolOutput {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** What it wrote to both streams. */
  readonly output: string;
}

/** Runs a program of which a bad end is an answer too. */
export async function runTool(program: string, args: readonly string[], cwd: string): Promise<ToolOutput> {
  const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, TZ: "UTC" } });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, output: Buffer.concat(chunks).toString() };
}
