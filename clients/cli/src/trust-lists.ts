import { resolve } from "node:path";
import { ConfigError } from "@policy-pack/pack";
import type { AssessedPack, SeenVersions, VerificationReport, VerifiedPack } from "@policy-pack/verify";
import { readBundles } from "./bundle-files.ts";
import { toError } from "./rejection.ts";
import type { EvidenceFiles } from "./report-files.ts";
import { readSeenVersions, rememberVersions } from "./seen-versions.ts";
import type { Terminal } from "./terminal.ts";
import type { TrustFlags } from "./trust.ts";

/** The signed lists that overrule signatures, as verification takes them. */
export interface TrustLists {
  readonly denylist?: readonly Uint8Array[];
  readonly pause?: readonly Uint8Array[];
  readonly seen?: SeenVersions;
  /** When they have to be current. */
  readonly now: Date;
}

/**
 * Reads the lists and the versions seen before. Whether the policy wants them is for verification to say.
 * @throws ConfigError CONFIG_INVALID for --state without a list, or what cannot be read; FormatError LIMIT_EXCEEDED
 */
export async function readLists(terminal: Terminal, flags: TrustFlags): Promise<TrustLists> {
  return (await readNamedLists(terminal, flags)).lists;
}

/**
 * As `readLists`, with the files that the lists were read from.
 * @throws as `readLists`
 */
export async function readNamedLists(
  terminal: Terminal,
  flags: TrustFlags,
): Promise<{ readonly lists: TrustLists; readonly files: Omit<EvidenceFiles, "bundles"> }> {
  const { denylist, pause, state } = flags;
  if (state !== undefined && denylist === undefined && pause === undefined) {
    throw new ConfigError("CONFIG_INVALID", "--state has nothing to remember without --denylist or --pause.");
  }
  const denying = denylist === undefined ? undefined : await readBundles(terminal, denylist, "The denylist");
  const pausing = pause === undefined ? undefined : await readBundles(terminal, pause, "The pause status");
  const lists = {
    ...(denying === undefined ? {} : { denylist: denying.map(({ source }) => source) }),
    ...(pausing === undefined ? {} : { pause: pausing.map(({ source }) => source) }),
    ...(state === undefined ? {} : { seen: await readSeenVersions(resolve(terminal.cwd, state)) }),
    now: new Date(),
  };
  const files = {
    ...(denying === undefined ? {} : { denylist: denying.map(({ name }) => name) }),
    ...(pausing === undefined ? {} : { pause: pausing.map(({ name }) => name) }),
  };
  return { lists, files };
}

/**
 * Remembers the versions of the lists that were believed, when a file for that is named, whatever became of the file: a list
 * may have refused it by name, or have left it with too few signers. Otherwise whoever then shows the list before that one
 * gets the file accepted. Of a list that was not believed the report has no version.
 * @throws ConfigError CONFIG_INVALID, OUTPUT_FAILED
 */
export async function rememberLists(
  terminal: Terminal,
  { state }: TrustFlags,
  { denylist, pause }: Pick<VerificationReport, "denylist" | "pause">,
): Promise<void> {
  if (state === undefined) return;
  await rememberVersions(resolve(terminal.cwd, state), {
    ...(denylist?.version === undefined ? {} : { denylistVersion: denylist.version }),
    ...(pause?.version === undefined ? {} : { pauseVersion: pause.version }),
  });
}

/**
 * The pack, if it is accepted; what its lists say is remembered in either case.
 * @throws as `rememberLists`; the error of the report
 */
export async function acceptPack(
  terminal: Terminal,
  flags: TrustFlags,
  { report, pack }: AssessedPack,
): Promise<VerifiedPack> {
  await rememberLists(terminal, flags, report);
  if (pack !== undefined) return pack;
  const { code, message } = report.failure ?? { code: "SIGNATURE_INVALID", message: "The pack is not verified." };
  throw toError(code, message);
}
