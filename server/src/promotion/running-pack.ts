import { ConfigError, messageOf, packPaths, PolicyPackError } from "@policy-pack/pack";
import type { Digest, JsonObject } from "@policy-pack/pack";
import { createInstance } from "@policy-pack/evaluate";
import { extractPack, verifyPack } from "@policy-pack/verify";
import type { SeenVersions, TrustedRoot, VerificationPolicy, VerifiedPack } from "@policy-pack/verify";
import type { FileStamp } from "../file-stamp.ts";
import { readReadinessLimits } from "./pack-config.ts";
import type { ReadinessLimits } from "./pack-config.ts";
import type { Decider } from "./policy-decision.ts";
import { areSameStamps, readInputSchema, readStamps, readTrustFiles } from "./pack-files.ts";
import type { TrustFiles } from "./pack-files.ts";

/** By whom a pack must be signed before its decisions count. */
export interface PackTrust {
  readonly packId: string;
  /** Absent exactly when the policy holds trusted roots of its own. */
  readonly trustedRoot?: TrustedRoot;
  readonly verificationPolicy: VerificationPolicy;
  readonly minimumRevision?: number;
  /** Paths of the bundles of the lists that the policy demands. */
  readonly denylist: readonly string[];
  readonly pause: readonly string[];
}

export interface RunningPackOptions {
  /** The folder that holds `contracts/` and `dist/`. */
  readonly root: string;
  readonly trust: PackTrust;
  readonly now: () => Date;
}

/** A verified pack that decides. */
export interface LoadedPack {
  readonly digest: Digest;
  readonly revision: string;
  readonly instance: Decider;
  /** The pack's own description of a package's input; undefined when it brings none. */
  readonly inputSchema: (packagePath: string) => JsonObject | undefined;
  readonly limits: ReadinessLimits;
}

interface Outcome {
  readonly stamps: readonly (FileStamp | undefined)[];
  /** From then on it is verified again, whatever the files are: lists run out. Milliseconds since 1970. */
  readonly validUntil: number;
  readonly pack: LoadedPack | PolicyPackError;
}

/** How long a verification with a denylist or a pause status is believed at most. */
const LIST_CHECK_MS = 60_000;

/**
 * The pack whose decisions the server gives, verified before its first decision and again whenever one of its files
 * changes. A pack that does not verify is an error for as long as it stands there: the one before it does not go on
 * answering. Neither does a revision lower than one that this process has already run.
 */
export class RunningPack {
  readonly #trust: PackTrust;
  readonly #now: () => Date;
  readonly #files: TrustFiles;
  #outcome: Outcome | undefined;
  #loading: Promise<Outcome> | undefined;
  #lowest: bigint;
  #seen: SeenVersions = {};

  /** @throws ConfigError CONFIG_INVALID when the policy is for another pack; FormatError INPUT_INVALID for no pack id */
  constructor({ root, trust, now }: RunningPackOptions) {
    const { packId, verificationPolicy, minimumRevision = 1, denylist, pause } = trust;
    if (verificationPolicy.packId !== undefined && verificationPolicy.packId !== packId) {
      throw new ConfigError(
        "CONFIG_INVALID",
        `Promotions are decided by ${packId}, and its verification policy is for ${verificationPolicy.packId}; name the same pack in both.`,
      );
    }
    this.#trust = trust;
    this.#now = now;
    this.#files = { packId, paths: packPaths(root, packId), denylist, pause };
    this.#lowest = maxOf(BigInt(minimumRevision), BigInt(verificationPolicy.minimumRevision ?? 1));
  }

  /**
   * The pack as its files are now. Calls at the same time share one verification, unless that began before the files
   * changed again.
   * @throws PolicyPackError why there is none that may decide: what `verifyPack` and `createInstance` throw,
   *   TransportError PACK_NOT_BUILT, ATTESTATION_UNAVAILABLE
   */
  async load(): Promise<LoadedPack> {
    if (this.#loading !== undefined) await this.#loading.catch(messageOf);
    const { pack } = this.#current() ?? (await (this.#loading ??= this.#read()));
    if (pack instanceof PolicyPackError) throw pack;
    return pack;
  }

  #current(): Outcome | undefined {
    const known = this.#outcome;
    if (known === undefined || this.#now().getTime() >= known.validUntil) return undefined;
    return areSameStamps(known.stamps, readStamps(this.#files)) ? known : undefined;
  }

  async #read(): Promise<Outcome> {
    try {
      // Before the bytes: of a file that changes meanwhile the stamp is out of date, and the next call reads again.
      const stamps = readStamps(this.#files);
      this.#outcome = { stamps, ...(await this.#verify().catch(asRefusal)) };
      return this.#outcome;
    } finally {
      this.#loading = undefined;
    }
  }

  async #verify(): Promise<Omit<Outcome, "stamps">> {
    const { packId, trustedRoot, verificationPolicy } = this.#trust;
    const { tar, bundle, denylist, pause } = await readTrustFiles(this.#files);
    const now = this.#now();
    const verified = verifyPack({
      pack: tar,
      bundle,
      trustedRoot,
      policy: { ...verificationPolicy, packId, minimumRevision: `${this.#lowest}` },
      ...(denylist.length === 0 ? {} : { denylist }),
      ...(pause.length === 0 ? {} : { pause }),
      seen: this.#seen,
      now,
    });
    const pack = await toLoadedPack(verified);
    this.#lowest = maxOf(this.#lowest, BigInt(verified.revision));
    this.#seen = { ...this.#seen, ...verified.evidence.seen };
    return { pack, validUntil: endOf(verified, now) };
  }
}

async function toLoadedPack(verified: VerifiedPack): Promise<LoadedPack> {
  const contents = extractPack(verified);
  return {
    digest: verified.digest,
    revision: verified.revision,
    instance: await createInstance(contents),
    inputSchema: (packagePath) => readInputSchema(contents, packagePath),
    limits: readReadinessLimits(contents.data),
  };
}

/** Signatures do not run out; the lists that overrule them do. */
function endOf({ report: { denylist, pause } }: VerifiedPack, now: Date): number {
  const lists = [denylist, pause].filter((list) => list !== undefined);
  if (lists.length === 0) return Number.POSITIVE_INFINITY;
  const ends = lists.flatMap(({ expires }) => (expires === undefined ? [] : [Date.parse(expires)]));
  return Math.min(now.getTime() + LIST_CHECK_MS, ...ends);
}

/** A refusal stands until a file changes; one of lists or of the moment may end by itself. */
function asRefusal(thrown: unknown): Omit<Outcome, "stamps"> {
  if (!(thrown instanceof PolicyPackError)) throw thrown;
  const mayEnd = thrown.retryable || LIST_CODES.has(thrown.code);
  return { pack: thrown, validUntil: mayEnd ? 0 : Number.POSITIVE_INFINITY };
}

const LIST_CODES: ReadonlySet<string> = new Set(["METADATA_EXPIRED", "PAUSED", "DENYLISTED", "CONFIG_INVALID"]);

function maxOf(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
