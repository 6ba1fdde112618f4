import { PREDICATE_TYPE_NAMES, PREDICATE_TYPES, toPredicateType } from "@policy-pack/pack";
import { ConfigError } from "@policy-pack/pack";
import type { Command } from "commander";
import type { AttestFlags } from "../attestations/request.ts";
import { addBundleFlags, bundleTarget, checkTarget } from "../bundle-output.ts";
import type { BundleFlags } from "../bundle-output.ts";
import { defaultTar } from "../locate.ts";
import type { Report } from "../report.ts";
import { addSignerFlags, readSigner } from "../signing.ts";
import type { SignerFlags } from "../signing.ts";
import { describeSigned, signStatementTo } from "../statement-signing.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb, packIdFlag, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface Flags extends CommonFlags, SignerFlags, BundleFlags, AttestFlags {
  readonly type?: string;
}

/** Documents of policy-pack's own that are about nothing but themselves when no file is named. */
const LISTS: readonly string[] = [PREDICATE_TYPES.denylist, PREDICATE_TYPES.pause];

/** `policy-pack attest`: a signed statement about files, verified before it is written. */
export function addAttest({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "attest",
      summary: "sign a statement about files",
      description:
        "Signs an in-toto statement about files in a DSSE envelope, proves it, and writes its Sigstore bundle. With " +
        "--predicate the statement holds that document. Without it policy-pack makes it: slsaprovenance1 and " +
        "test-result build the pack's source again, run its tests and go on only when the same pack comes out; " +
        "release is of the tar and the stock OPA bundle beside it; cyclonedx lists files, OPA and policy-pack. Under " +
        "GITHUB_ACTIONS=true a provenance is of that run, whose environment must be whole; anywhere else it is " +
        "of a local build and claims no builder. Failing tests are stated only with --attest-failure.",
      examples: [
        "policy-pack attest --type slsaprovenance1",
        "policy-pack attest --type test-result --bundle-dir dist/attestations",
        "policy-pack attest app.tar --type https://example.com/review/v1 --predicate review.json",
        "policy-pack attest --type denylist --predicate denylist.json --key role.key",
      ],
    },
    version,
  )
    .argument("[file...]", `what it is about (default: ${defaultTar()})`)
    .addOption(
      valueFlag("--type <type>", `the predicate type: a URI, or ${[...PREDICATE_TYPE_NAMES.keys()].join(", ")}`),
    )
    .addOption(valueFlag("--predicate <file>", "the predicate, a JSON object"))
    .addOption(valueFlag("--source <dir>", "the folder the pack was built from (default: that of the checkout)"))
    .addOption(packIdFlag())
    .option("--attest-failure", "sign a test-result of tests that fail, and exit 2");
  addBundleFlags(command, "<file>.<type>.sigstore.json");
  return addSignerFlags(command).action((files: readonly string[], flags: Flags) =>
    answer(flags, attest(terminal, files, flags)),
  );
}

async function attest(terminal: Terminal, named: readonly string[], flags: Flags): Promise<Report> {
  const { type, predicate } = flags;
  if (type === undefined) {
    throw new ConfigError("CONFIG_INVALID", "Say what kind of statement it is with --type, such as slsaprovenance1.");
  }
  const predicateType = toPredicateType(type);
  if (flags.attestFailure === true) checkFailure(predicateType, predicate);
  const [file = fallbackFile(predicateType, predicate), ...more] = named;
  const target = bundleTarget(terminal, flags, `${file}.${shortName(type)}.sigstore.json`, file);
  const sources = [predicate, flags.key].filter((it) => it !== undefined);
  await checkTarget(terminal, target, [file, ...more, ...sources]);
  // Before anything is built: a wrong password or flag is told at once.
  const signer = await readSigner(terminal, flags);
  const request = { terminal, files: [file, ...more], predicateType, flags } as const;
  const { content, check, exitCode } =
    predicate === undefined
      ? await (await import("../attestations/builtin.ts")).attestBuiltin(request)
      : await (await import("../attestations/generic.ts")).attestFile(request, predicate);
  const signed = await signStatementTo(terminal, {
    content,
    target,
    signer,
    ...(check === undefined ? {} : { check }),
  });
  const report = describeSigned(terminal, content, signed, signer);
  return exitCode === undefined ? report : { ...report, exitCode };
}

/** Of anything else no failure is known, so that the flag would promise what does not happen. */
function checkFailure(predicateType: string, predicate: string | undefined): void {
  if (predicateType === PREDICATE_TYPES.testResult && predicate === undefined) return;
  throw new ConfigError(
    "CONFIG_INVALID",
    "--attest-failure is about the tests that --type test-result runs, without --predicate; leave it out.",
  );
}

function fallbackFile(predicateType: string, predicate: string | undefined): string {
  return predicate !== undefined && LISTS.includes(predicateType) ? predicate : defaultTar();
}

/** For the name of a file: cosign's short name, or what all other types share. */
function shortName(type: string): string {
  return PREDICATE_TYPE_NAMES.has(type) ? type : "attestation";
}
