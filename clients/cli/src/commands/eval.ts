import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { ConfigError, LIMITS, parseJson, readPackUnsafe } from "@policy-pack/pack";
import type { JsonValue, PackContents } from "@policy-pack/pack";
import type { Command } from "commander";
import { readBundles } from "../bundle-files.ts";
import { CLI_LIMITS } from "../limits.ts";
import { packOfTar } from "../locate.ts";
import { readInputFile, readStdin } from "../read.ts";
import type { Report } from "../report.ts";
import { paint, printable } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { addTrustFlags, hasTrustFlags, readTrust } from "../trust.ts";
import type { TrustFlags } from "../trust.ts";
import { acceptPack, readLists } from "../trust-lists.ts";
import { createVerb, listFlag, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface EvalFlags extends CommonFlags, TrustFlags {
  readonly entrypoint: string;
  readonly input?: string;
  readonly bundle?: readonly string[];
  readonly unsafeUnverified?: true;
}

/** `policy-pack eval`: one decision of a verified pack. */
export function addEval({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "eval",
      summary: "ask a pack for one decision",
      description:
        "Verifies the pack as verify does, then evaluates one entrypoint of its WASM. An undefined decision is an " +
        "error (exit 7), never an answer. Without --input the policy sees no input document.",
      examples: [
        "policy-pack eval dist/policy-pack/v0/policy-pack-v0.tar --entrypoint cos/abac/allow --input request.json \\\n" +
          "      --bundle contracts/policy-pack/v0/signing/cosign.bundle.json --dev-authority",
        "echo '{}' | policy-pack eval http://127.0.0.1:8080/v1/policy/packs/policy-pack-v0 \\\n" +
          "      --entrypoint cos/promotion/ok --input - --dev-authority",
      ],
    },
    version,
  )
    .argument("[pack]", "the pack's tar or address; an unpacked pack's folder only with --unsafe-unverified")
    .addOption(valueFlag("--entrypoint <path>", "the rule to decide, such as cos/abac/allow").makeOptionMandatory())
    .addOption(valueFlag("--input <file>", "the input document as JSON; - reads it from stdin"))
    .addOption(
      listFlag("--bundle <path>", "the tar's Sigstore bundles, as for verify; beside the one that an address brings"),
    )
    .option("--unsafe-unverified", "take the pack as it is, whoever made it; never for a decision that matters");
  return addTrustFlags(command).action((pack: string | undefined, flags: EvalFlags) =>
    answer(flags, evaluate(terminal, pack, flags)),
  );
}

async function evaluate(terminal: Terminal, pack: string | undefined, flags: EvalFlags): Promise<Report> {
  if (pack === undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "Name the pack to ask; put it before --dev-authority, which may take a folder.",
    );
  }
  checkFlags(pack, flags);
  const verified = flags.unsafeUnverified === undefined;
  const contents = verified ? await readVerified(terminal, pack, flags) : await readUnverifiedUnsafe(terminal, pack);
  const input = await readInput(terminal, flags.input);
  const { createInstance, toPlainJson } = await import("@policy-pack/evaluate");
  const instance = await createInstance(contents);
  const { value: decided, revision, digest } = instance.decide(input, flags.entrypoint);
  const value = toPlainJson(decided);
  const { packId } = contents;
  const text = `${printable(JSON.stringify(value, null, 2))}\n\n${packId} revision ${revision}, ${digest}`;
  return { json: { value, revision, digest, packId, entrypoint: flags.entrypoint, verified }, text };
}

function isUrl(pack: string): boolean {
  return /^https?:\/\//i.test(pack);
}

function checkFlags(pack: string, flags: EvalFlags): void {
  if (flags.unsafeUnverified === true && (hasTrustFlags(flags) || flags.bundle !== undefined)) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "--unsafe-unverified verifies nothing; leave the flags of verify out, or it.",
    );
  }
  if (!isUrl(pack) && flags.unsafeUnverified !== true && flags.bundle === undefined) {
    throw new ConfigError("CONFIG_INVALID", "Name the tar's Sigstore bundle with --bundle FILE.");
  }
}

async function readVerified(terminal: Terminal, pack: string, flags: EvalFlags): Promise<PackContents> {
  const { trustedRoot, verificationPolicy } = await readTrust(terminal, flags);
  const lists = await readLists(terminal, flags);
  const { assessPack, extractPack } = await import("@policy-pack/verify");
  const options = { ...(trustedRoot === undefined ? {} : { trustedRoot }), ...lists };
  const bundles = (await readBundles(terminal, flags.bundle ?? [])).map(({ source }) => source);
  if (!isUrl(pack)) {
    const evidence = { ...options, pack: await readTar(terminal, pack), bundle: bundles, policy: verificationPolicy };
    return extractPack(await acceptPack(terminal, flags, assessPack(evidence)));
  }
  const { fetchAssessedPack } = await import("cos-policy-fetcher");
  const assessed = await fetchAssessedPack({ ...options, url: pack, verificationPolicy, bundles });
  return extractPack(await acceptPack(terminal, flags, assessed));
}

async function readUnverifiedUnsafe(terminal: Terminal, pack: string): Promise<PackContents> {
  const warning = "warning: --unsafe-unverified: nobody has checked who made this pack; do not act on what it decides.";
  terminal.stderr.write(`${paint(terminal, terminal.stderr, "yellow", warning)}\n`);
  return readPackUnsafe(await readAnyUnsafe(terminal, pack));
}

/** The tar of a file, of an address, or of an unpacked pack's folder. */
async function readAnyUnsafe(terminal: Terminal, pack: string): Promise<Uint8Array> {
  if (isUrl(pack)) {
    const { fetchPack } = await import("cos-policy-fetcher");
    return (await fetchPack(pack)).bytes;
  }
  const stats = await stat(resolve(terminal.cwd, pack)).catch(() => undefined);
  if (stats?.isDirectory() !== true) return readTar(terminal, pack);
  const { repackFolderUnsafe } = await import("../folder.ts");
  return repackFolderUnsafe(terminal, pack);
}

async function readTar(terminal: Terminal, path: string): Promise<Uint8Array> {
  const origin = packOfTar(terminal, path) === undefined ? undefined : "policy-pack build";
  return readInputFile(terminal, path, { what: "The pack", maxBytes: LIMITS.maxPackBytes, origin });
}

/** The input document; undefined, which is no document, when the flag is absent. */
async function readInput(terminal: Terminal, path: string | undefined): Promise<JsonValue | undefined> {
  if (path === undefined) return undefined;
  const { maxInputBytes: maxBytes } = CLI_LIMITS;
  const what = "The input";
  const bytes =
    path === "-" ? await readStdin(terminal, what, maxBytes) : await readInputFile(terminal, path, { what, maxBytes });
  return parseJson(bytes, { maxBytes, code: "INPUT_INVALID", what });
}
