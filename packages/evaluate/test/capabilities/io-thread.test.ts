import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { describe, expect, it } from "@jest/globals";

import type { Capabilities } from "../../src/capabilities/capabilities.ts";
import { runIo } from "../../src/capabilities/io-thread.ts";
import type { LookupTask } from "../../src/capabilities/io-messages.ts";
import { releaseCapabilities } from "../../src/capabilities/release.ts";

const task: LookupTask = { kind: "lookup", name: "127.0.0.1", totalMs: 20_000 };

describe("runIo", () => {
  it("answers again after its thread was ended", () => {
    const capabilities: Capabilities = {};
    for (const time of ["first", "second"]) {
      expect({ time, ...runIo(capabilities, task) }).toEqual({ time, kind: "addresses", addresses: ["127.0.0.1"] });
      releaseCapabilities(capabilities);
    }
    releaseCapabilities(capabilities);
  });

  it("says that the time is over when the thread does not answer, and replaces it", () => {
    const capabilities: Capabilities = {};
    const tooLate = runIo(capabilities, { ...task, totalMs: -1000 });
    expect(tooLate).toMatchObject({ kind: "failed", isTimeout: true });
    expect(runIo(capabilities, task)).toMatchObject({ kind: "addresses" });
    releaseCapabilities(capabilities);
  });

  it("does not keep the process alive", async () => {
    const program = `
      const { runIo } = await import(${JSON.stringify(new URL("../../src/capabilities/io-thread.ts", import.meta.url).href)});
      console.log(runIo({}, ${JSON.stringify(task)}).kind);
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
      timeout: 50_000,
    });
    expect(stdout).toBe("addresses\n");
  });
});
