import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import { createCli } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";

export const SOURCE = "contracts/access/v1";
export const TAR = "dist/access/v1/access-v1.tar";
export const OPA_BUNDLE = "dist/access/v1/access-v1.bundle.tar.gz";

export interface Statement {
  readonly _type: string;
  readonly predicateType: string;
  readonly subject: readonly { readonly name?: string; readonly digest: { readonly sha256: string } }[];
  readonly predicate: Record<string, unknown>;
}

export interface SmallPack {
  readonly cli: Cli;
  readonly path: string;
  /** Of the built tar. */
  readonly digest: string;
  readonly at: (path: string) => string;
  /** The statement in a bundle's file, without a look at its signature. */
  readonly statementAt: (path: string) => Promise<Statement>;
  /** Empties `out/`, where a test may leave what it likes. */
  emptyOut(): Promise<void>;
  remove(): Promise<void>;
}

/** The smallest pack, as init scaffolds it, built by the command in a temporary folder. */
export async function createSmallPack(): Promise<SmallPack> {
  const temp = await createTempDir();
  const cli = await createCli(temp.path);
  const at = (path: string): string => join(temp.path, path);
  await cli.run(["init", SOURCE]);
  const { answer } = await cli.json(["build", SOURCE]);
  return {
    cli,
    path: temp.path,
    digest: (answer as { digest: string }).digest,
    at,
    statementAt: async (path) => toStatement(await readFile(at(path), "utf8")),
    emptyOut: async () => {
      await rm(at("out"), { recursive: true, force: true });
      await mkdir(at("out"));
    },
    remove: temp.remove,
  };
}

/** The statement in a bundle, without a look at its signature. */
export function toStatement(bundle: string): Statement {
  const { dsseEnvelope } = JSON.parse(bundle) as { dsseEnvelope: { payload: string } };
  return JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString()) as Statement;
}
