import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createTempDir, findTestOpa } from "@policy-pack/testkit";
import { runCli } from "../../src/program.ts";
import { createTerminal } from "../support.ts";

export const PACK = "contracts/test-pack/v0";
export const TAR = "dist/test-pack/v0/test-pack-v0.tar";

const REGO = `package a

# METADATA
# scope: document
# entrypoint: true
allow if input.x == data.config.limit

# METADATA
# scope: document
# entrypoint: true
reasons contains "not the limit" if not allow
`;

/** A pack whose input has two fields. */
const SOURCE: Readonly<Record<string, string>> = {
  "opa/a/a.rego": REGO,
  "opa/a/a_test.rego": 'package a_test\n\ntest_it if data.a.allow with input as {"x": 3}\n',
  "opa/schemas/a/input.json": '{"type": "object", "properties": {"x": {"type": "number"}, "y": {"type": "string"}}}\n',
  "data/config/data.json": '{"limit": 3}\n',
  "README.md": "# A\n",
  "signing/README.md": "nobody\n",
};

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  /** Of the findings, in order. */
  readonly codes: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
  readonly err: string;
}

/** A folder with a pack, and a repository around it where it was asked for. */
export interface Checkout {
  readonly path: string;
  run(...args: readonly string[]): Promise<Answer>;
  /** `contract check` of the pack. */
  check(...args: readonly string[]): Promise<Answer>;
  /** Writes files of the pack. */
  write(files: Readonly<Record<string, string>>): void;
  /** Replaces words in its manifest. */
  editManifest(from: string | RegExp, to: string): void;
  git(...args: readonly string[]): string;
  commit(): string;
  copy(): Promise<Checkout>;
  remove(): Promise<void>;
}

/** The pack as it was built and, with git, committed on main at revision 1. */
export async function createCheckout(): Promise<Checkout> {
  const temp = await createTempDir();
  const checkout = await openCheckout(temp.path, temp.remove);
  checkout.write(SOURCE);
  await checkout.run("build", PACK);
  writeFileSync(join(temp.path, ".gitignore"), "dist/\ncontracts/**/signing/cosign.bundle.json\n*.sigstore.json\n");
  return checkout;
}

async function openCheckout(path: string, remove: () => Promise<void>): Promise<Checkout> {
  const PATH = [dirname(await findTestOpa()), process.env["PATH"] ?? ""].join(delimiter);
  const run = async (...args: readonly string[]): Promise<Answer> => {
    const terminal = createTerminal({ cwd: path, env: { PATH, HOME: path } });
    const status = await runCli([...args, "--json"], terminal);
    const json = JSON.parse(terminal.out()) as Answer["json"];
    const error = json["error"] as { readonly code: string } | undefined;
    const findings = (json["findings"] ?? []) as readonly { readonly code: string }[];
    return { status, code: error?.code, codes: findings.map(({ code }) => code), json, err: terminal.err() };
  };
  const at = (file: string): string => join(path, PACK, file);
  const git = (...args: readonly string[]): string => {
    const options = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"];
    return execFileSync("git", [...options, ...args], { cwd: path, encoding: "utf8", stdio: "pipe" }).trim();
  };
  return {
    path,
    run,
    git,
    remove,
    check: (...args) => run("contract", "check", PACK, ...args),
    write: (files) => {
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(at(file)), { recursive: true });
        writeFileSync(at(file), text);
      }
    },
    editManifest: (from, to) => {
      writeFileSync(at("manifest.json"), readFileSync(at("manifest.json"), "utf8").replace(from, to));
    },
    commit: () => {
      git("init", "--quiet");
      git("add", "--all");
      git("commit", "--quiet", "--allow-empty", "-m", "x");
      return git("rev-parse", "HEAD");
    },
    copy: async () => {
      const temp = await createTempDir();
      cpSync(path, temp.path, { recursive: true });
      return openCheckout(temp.path, temp.remove);
    },
  };
}
