import { resolve } from "node:path";
import { ConfigError } from "@policy-pack/pack";
import type { SeenVersions, VerificationReport } from "@policy-pack/verify";
import { readBundles } from "./bundle-files.ts";
import { readSeenVersions, rememberVersions } from "./seen-versions.ts";
import type { Terminal } from "./terminal.ts";
import type { TrustFlags } from "./trust.ts";

/** How a file is refused that a list names. */
const BY_A_LIST: ReadonlySet<string> = new Set(["DENYLISTED", "PAUSED"]);

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
  const { denylist, pause, state } = flags;
  if (state !== undefined && denylist === undefined && pause === undefined) {
    throw new ConfigError("CONFIG_INVALID", "--state has nothing to remember without --denylist or --pause.");
  }
  return {
    ...(denylist === undefined ? {} : { denylist: await readSources(terminal, denylist) }),
    ...(pause === undefined ? {} : { pause: await readSources(terminal, pause) }),
    ...(state === undefined ? {} : { seen: await readSeenVersions(resolve(terminal.cwd, state)) }),
    now: new Date(),
  };
}

/**
 * Remembers the versions of the lists that were believed, when a file for that is named: after everything held, and also
 * when such a list is what refused the file. Otherwise whoever then shows the list before that one gets the file accepted.
 * A report of any other rejection changes nothing.
 * @throws ConfigError CONFIG_INVALID, OUTPUT_FAILED
 */
export async function rememberLists(
  terminal: Terminal,
  { state }: TrustFlags,
  { failure, denylist, pause }: Pick<VerificationReport, "failure" | "denylist" | "pause">,
): Promise<void> {
  if (state === undefined || !(failure === undefined || BY_A_LIST.has(failure.code))) return;
  await rememberVersions(resolve(terminal.cwd, state), {
    ...(denylist?.version === undefined ? {} : { denylistVersion: denylist.version }),
    ...(pause?.version === undefined ? {} : { pauseVersion: pause.version }),
  });
}

async function readSources(terminal: Terminal, paths: readonly string[]): Promise<readonly Uint8Array[]> {
  return (await readBundles(terminal, paths)).map(({ source }) => source);
}
