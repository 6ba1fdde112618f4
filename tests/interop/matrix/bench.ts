import { execFile } from "node:child_process";
import type { ExecFileException } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { runCli } from "@policy-pack/cli";
import { startAuthorityServer } from "@policy-pack/dev-authority";
import { createTempDir, createTestAuthority } from "@policy-pack/testkit";
import type { TestAuthority } from "@policy-pack/testkit";
import { isLogged, isStamped, WITNESSES } from "./cells.ts";
import type { Witnesses } from "./cells.ts";

const COSIGN_TIMEOUT_MS = 60_000;

export interface Outcome {
  readonly succeeded: boolean;
  /** All that was printed. */
  readonly said: string;
}

export interface OurOutcome extends Outcome {
  /** The code of the error, if any. */
  readonly code: unknown;
  /** What `sign`, `attest` and `generate-key-pair` warn of. */
  readonly warnings: readonly string[];
}

/** A folder with an instance of Sigstore that listens, files, and both commands at work in it. */
export interface Bench {
  readonly authority: TestAuthority;
  readonly at: (name: string) => string;
  /** Runs `policy-pack` with `--json`: its whole command line, in this process. */
  readonly ours: (...args: readonly string[]) => Promise<OurOutcome>;
  /** Runs `cosign` as a process. */
  readonly cosign: (...args: readonly string[]) => Promise<Outcome>;
  close(): Promise<void>;
}

const PREDICATE = {
  buildDefinition: { buildType: "urn:example:build", externalParameters: {}, resolvedDependencies: [] },
  runDetails: { builder: { id: "urn:example:builder" } },
};

/** The signing config of the instance with these witnesses alone. */
export const configName = (witnesses: Witnesses): string => `${witnesses.replaceAll(/[ +]+/g, "-")}.config.json`;

export async function createBench(cosign: string): Promise<Bench> {
  const folder = await createTempDir();
  const authority = await createTestAuthority();
  const server = await startAuthorityServer(authority.authority);
  const at = (name: string): string => join(folder.path, name);
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder.path, COSIGN_PASSWORD: "the password" };
  await mkdir(at("out"));
  await writeFile(at("artifact"), "the artifact\n");
  await writeFile(at("other"), "another artifact\n");
  await writeFile(at("predicate.json"), JSON.stringify(PREDICATE));
  await writeFile(at("root.json"), authority.trustedRoot);
  for (const witnesses of WITNESSES) {
    const whole = server.signingConfig(witnesses.startsWith("v2") ? 2 : 1);
    await writeFile(at(configName(witnesses)), withWitnesses(whole, witnesses));
  }
  return {
    authority,
    at,
    ours: (...args) => runOurs(args, folder.path, env),
    cosign: (...args) =>
      new Promise((resolve) => {
        const options = { cwd: folder.path, env, timeout: COSIGN_TIMEOUT_MS };
        execFile(cosign, args, options, (error: ExecFileException | null, stdout, stderr) => {
          resolve({ succeeded: error === null, said: stdout + stderr });
        });
      }),
    close: async () => {
      await server.close();
      await authority.close();
      await folder.remove();
    },
  };
}

function withWitnesses(signingConfig: string, witnesses: Witnesses): string {
  const config = JSON.parse(signingConfig) as Record<string, unknown>;
  const unwanted = [
    ...(isLogged({ witnesses }) ? [] : ["rekorTlogUrls", "rekorTlogConfig"]),
    ...(isStamped({ witnesses }) ? [] : ["tsaUrls", "tsaConfig"]),
  ];
  return JSON.stringify(Object.fromEntries(Object.entries(config).filter(([name]) => !unwanted.includes(name))));
}

async function runOurs(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<OurOutcome> {
  const printed = { stdout: "", stderr: "" };
  const terminal = {
    stdin: (async function* () {
      yield await Promise.resolve("");
    })(),
    stdout: { write: (text: string) => (printed.stdout += text) },
    stderr: { write: (text: string) => (printed.stderr += text) },
    env,
    cwd,
  };
  const status = await runCli([...args, "--json"], terminal);
  const answer = JSON.parse(printed.stdout) as { error?: { code: unknown }; warnings?: readonly string[] };
  const { error, warnings = [] } = answer;
  return { succeeded: status === 0, said: printed.stdout + printed.stderr, code: error?.code, warnings };
}
