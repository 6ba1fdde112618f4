import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { digestOf, ERROR_CODES } from "@policy-pack/pack";
import type { SigstoreVector } from "@policy-pack/testkit";
import { runCli } from "../../clients/cli/src/program.ts";

/** What the command said of one case. */
export interface CliOutcome {
  readonly status: number;
  /** "accepted", or the code of the rejection. */
  readonly code: string;
}

/** Where a case's files lie while the command reads them. */
export interface VectorFiles {
  readonly dir: string;
  /** The arguments of `policy-pack` for the artifact's file and for its digest alone. */
  readonly byFile: readonly string[];
  readonly byDigest: readonly string[];
}

/** Writes a case as the files that the command takes, hands them to `use`, and removes them. */
export async function withVectorFiles<T>(vector: SigstoreVector, use: (files: VectorFiles) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), "policy-pack-vector-"));
  try {
    await writeFile(join(dir, "artifact"), vector.artifact);
    await writeFile(join(dir, "bundle.json"), vector.bundle);
    const flags = ["--bundle", "bundle.json", ...(await writeTrust(vector, dir)), "--json"];
    return await use({
      dir,
      byFile: ["verify", "artifact", ...flags],
      byDigest: ["verify", digestOf(vector.artifact), ...flags],
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A case that names no trusted root goes without the flag too, so that the command's own default is what is checked. */
async function writeTrust(vector: SigstoreVector, dir: string): Promise<readonly string[]> {
  const { key, identity, issuer, trustedRoot, hasOwnRoot } = vector;
  if (hasOwnRoot) await writeFile(join(dir, "trusted_root.json"), trustedRoot);
  if (key !== undefined) await writeFile(join(dir, "key.pub"), key);
  const signer =
    key === undefined
      ? ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer]
      : ["--key", "key.pub"];
  return [...signer, ...(hasOwnRoot ? ["--trusted-root", "trusted_root.json"] : [])];
}

/** Runs the command in this process, with a terminal that keeps what is printed. */
export async function runVerify(args: readonly string[], cwd: string): Promise<CliOutcome> {
  const out: string[] = [];
  const status = await runCli([...args], {
    cwd,
    env: {},
    stdin: Readable.from([]),
    stdout: { write: (text) => out.push(text) },
    stderr: { write: () => true },
  });
  return { status, code: codeOf(out.join("")) };
}

/** The answer on stdout with `--json`: the report, or the error's code. */
export function codeOf(stdout: string): string {
  const answer = JSON.parse(stdout) as { verified?: boolean; error?: { code?: string }; failure?: { code?: string } };
  if (answer.verified === true) return "accepted";
  return answer.error?.code ?? answer.failure?.code ?? "no code";
}

const EXIT_OF_KIND: Readonly<Record<string, number>> = { config: 2, format: 3, verification: 4, trust: 5 };

/** What the command must end with, and say, for what the library says. */
export function cliOutcomeOf(code: string): CliOutcome {
  const kind = code === "accepted" ? undefined : ERROR_CODES[code as keyof typeof ERROR_CODES].kind;
  return { status: kind === undefined ? 0 : (EXIT_OF_KIND[kind] ?? 1), code };
}
