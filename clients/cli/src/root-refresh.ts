import { resolve } from "node:path";
import { ConfigError, digestOf } from "@policy-pack/pack";
import { parseTrustedRoot } from "@policy-pack/verify";
import { describeAuthorities } from "./authorities.ts";
import { CLI_LIMITS } from "./limits.ts";
import { displayPath } from "./locate.ts";
import { checkOutputFolder } from "./output-folder.ts";
import { PUBLIC_GOOD_REPOSITORY, readPublicGoodTufRoot } from "./public-good.ts";
import { readInputFile } from "./read.ts";
import { formatTable } from "./report.ts";
import type { Report } from "./report.ts";
import { authorityTable } from "./root-report.ts";
import { withAbort } from "./signals.ts";
import { createProgress } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";
import { refreshTarget } from "./tuf-refresh.ts";
import type { RefreshedTarget } from "./tuf-refresh.ts";
import { replaceFile } from "./write-file.ts";

export interface RefreshRequest {
  readonly out: string;
  readonly mirror?: string;
  readonly root?: string;
  readonly cache?: string;
}

/**
 * Fetches the trusted root and writes it to `out`, after everything held.
 * @throws as `refreshTarget`, and FormatError TRUSTED_ROOT_INVALID for one that verify could not use
 */
export async function refreshRoot(terminal: Terminal, request: RefreshRequest): Promise<Report> {
  const { out, cache } = request;
  const path = resolve(terminal.cwd, out);
  await checkOutputFolder(terminal, path);
  const mirror = toMirror(request.mirror ?? PUBLIC_GOOD_REPOSITORY);
  const initialRoot = await readInitialRoot(terminal, request);
  const progress = createProgress(terminal);
  progress.step(`refreshing from ${mirror.href}`);
  try {
    const target = await withAbort((stopped) =>
      refreshTarget({
        mirror,
        initialRoot,
        cacheDir: cache === undefined ? undefined : resolve(terminal.cwd, cache),
        target: "trusted_root.json",
        check: (bytes) => void parseTrustedRoot(bytes),
        signal: AbortSignal.any([stopped, AbortSignal.timeout(CLI_LIMITS.tufTimeoutMs)]),
      }),
    );
    await replaceFile(path, target.bytes, "The trusted root");
    return toReport(displayPath(terminal, path), mirror, target);
  } finally {
    progress.done();
  }
}

function toReport(file: string, mirror: URL, { bytes, metadata }: RefreshedTarget): Report {
  const authorities = describeAuthorities(parseTrustedRoot(bytes));
  const digest = digestOf(bytes);
  const rows = [...metadata].map(([role, { version, expires }]) => [role, `version ${version}`, `until ${expires}`]);
  return {
    json: { file, digest, mirror: mirror.href, metadata: Object.fromEntries(metadata), authorities },
    text: [
      `${formatTable([[file]])} is written (${digest}).`,
      formatTable([["from", mirror.href], ...rows]),
      "",
      authorityTable(authorities),
    ].join("\n"),
  };
}

function toMirror(text: string): URL {
  const mirror = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = mirror?.username === "" && mirror.password === "" && mirror.search === "" && mirror.hash === "";
  if (mirror !== undefined && isPlain && /^https?:$/.test(mirror.protocol)) return mirror;
  throw new ConfigError(
    "CONFIG_INVALID",
    "--mirror is no address of a TUF repository; write https://…, without a user, query or fragment.",
  );
}

async function readInitialRoot(terminal: Terminal, { mirror, root }: RefreshRequest): Promise<Uint8Array> {
  if (root !== undefined) {
    return readInputFile(terminal, root, { what: "The TUF root", maxBytes: CLI_LIMITS.maxTufFileBytes });
  }
  if (mirror === undefined) return Buffer.from(readPublicGoodTufRoot());
  throw new ConfigError(
    "CONFIG_INVALID",
    "--mirror needs --root FILE, the TUF root.json that the instance's operator gave you: it says whose signatures count.",
  );
}
