/**
 * `make demo-promotion`: a canary that passes and one that is stopped, both real, and a release that nobody measured.
 * Everything happens in a temporary folder and on loopback; however it ends, its processes end with it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Crew } from "./crew.ts";
import { playScenes } from "./scenes.ts";

const EXIT_OF_SIGNAL = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

async function main(): Promise<void> {
  const interruption = new AbortController();
  for (const [signal, exitCode] of Object.entries(EXIT_OF_SIGNAL)) {
    process.once(signal, () => {
      process.exitCode = exitCode;
      interruption.abort();
    });
  }
  const { signal } = interruption;
  const folder = await mkdtemp(join(tmpdir(), "policy-pack-demo-"));
  const crew = new Crew(folder, signal);
  try {
    await playScenes(crew, folder, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    console.log("\nInterrupted; everything that was started is ended.");
  } finally {
    await crew.dismiss();
    await rm(folder, { recursive: true });
  }
}

await main();
