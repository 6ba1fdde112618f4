import { resolve } from "node:path";
import { ConfigError, LIMITS, readPackUnsafe } from "@policy-pack/pack";
import type { PackContents } from "@policy-pack/pack";
import { packOfTar } from "../locate.ts";
import { naming } from "../naming.ts";
import { readInputFile } from "../read.ts";
import { withPlace } from "../rejection.ts";
import type { Terminal } from "../terminal.ts";
import { buildSource } from "./build-source.ts";
import { packKindOf } from "./pack-kind.ts";
import type { PackKind } from "./pack-kind.ts";
import type { PackVerifier } from "./pack-verifier.ts";

/** Which pack to load, and what it takes to believe it. */
export interface PackRequest {
  /** A source folder, an unpacked pack's folder, a tar or an address. */
  readonly pack: string;
  /** Paths of the bundles that it is signed with, and the flag that names them. */
  readonly bundles: readonly string[];
  readonly bundleFlag: string;
  readonly packId?: string | undefined;
  /** Whether a source folder may do without a signature: what is under review has none yet. */
  readonly acceptsSource: boolean;
}

export interface LoadOptions {
  /** Undefined takes packs as they are, whoever made them. */
  readonly verifier: PackVerifier | undefined;
  readonly signal: AbortSignal;
}

export interface LoadedPack {
  /** As it was named. */
  readonly from: string;
  readonly kind: PackKind;
  /** `source`: built just now from a folder, and signed by nobody; `unverified`: as --unsafe-unverified takes it. */
  readonly trust: "verified" | "source" | "unverified";
  /** Absolute; of a source. */
  readonly sourceDir: string | undefined;
  readonly contents: PackContents;
}

/**
 * Loads a pack into memory. A tar, an unpacked pack and what an address serves are verified before they are unpacked; a
 * source folder is built without writing anything into it.
 * @throws ConfigError CONFIG_INVALID when nothing says how to verify it; what building, fetching or verifying throws, with
 *   the pack's name
 */
export async function loadPack(terminal: Terminal, request: PackRequest, options: LoadOptions): Promise<LoadedPack> {
  const { pack: from, bundles, acceptsSource } = request;
  const kind = await packKindOf(terminal, from);
  const isSigned = bundles.length > 0 || kind === "url";
  const mayBeUnsigned = options.verifier === undefined || (kind === "source" && acceptsSource);
  if (!isSigned && !mayBeUnsigned) throw unsigned(request, kind);
  const sourceDir = kind === "source" ? resolve(terminal.cwd, from) : undefined;
  const loaded = { from, kind, sourceDir };
  try {
    if (options.verifier === undefined) {
      return {
        ...loaded,
        trust: "unverified",
        contents: await readUnverified(terminal, request, kind, options.signal),
      };
    }
    if (kind === "url") {
      const contents = await options.verifier.fetchVerified(from, bundles, options.signal);
      return { ...loaded, trust: "verified", contents };
    }
    const tar = await readTar(terminal, request, kind, options.signal);
    if (!isSigned) return { ...loaded, trust: "source", contents: readPackUnsafe(tar) };
    return { ...loaded, trust: "verified", contents: await options.verifier.verifyTar(tar, bundles) };
  } catch (error) {
    throw withPlace(from, error);
  }
}

async function readUnverified(
  terminal: Terminal,
  request: PackRequest,
  kind: PackKind,
  signal: AbortSignal,
): Promise<PackContents> {
  if (kind !== "url") return readPackUnsafe(await readTar(terminal, request, kind, signal));
  const { fetchPack } = await import("cos-policy-fetcher");
  const { bytes } = await fetchPack(request.pack, { signal });
  return naming(request.pack, () => readPackUnsafe(bytes));
}

/** The tar of what is on this machine. */
async function readTar(
  terminal: Terminal,
  { pack, packId }: PackRequest,
  kind: PackKind,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (kind === "source") return buildSource(terminal, pack, { packId, signal });
  if (kind === "unpacked") {
    const { repackFolderUnsafe } = await import("../folder.ts");
    return repackFolderUnsafe(terminal, pack);
  }
  const origin = packOfTar(terminal, pack) === undefined ? undefined : "policy-pack build";
  return readInputFile(terminal, pack, { what: "The pack", maxBytes: LIMITS.maxPackBytes, origin });
}

function unsigned({ pack, bundleFlag }: PackRequest, kind: PackKind): ConfigError {
  const what: Readonly<Record<PackKind, string>> = {
    url: "",
    tar: "a tar",
    unpacked: "an unpacked pack",
    source: "a source folder, which nobody signed yet",
  };
  return new ConfigError(
    "CONFIG_INVALID",
    `${pack} is ${what[kind]}; name the Sigstore bundle that signs it with ${bundleFlag} FILE, or take both packs as they` +
      " are with --unsafe-unverified.",
  );
}
