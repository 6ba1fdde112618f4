import { parseJson } from "@policy-pack/pack";
import { ARTIFACT } from "@policy-pack/testkit";
import {
  readSigningCertificate,
  verifySigningCertificate,
} from "../../packages/verify/src/certificates/certificates.ts";
import { verifyScts } from "../../packages/verify/src/certificates/scts.ts";
import { parseStatement } from "../../packages/verify/src/bundle/statement.ts";
import {
  assessArtifact,
  parseBundle,
  parsePublicKey,
  parseTrustedRoot,
  verifyBundle,
} from "../../packages/verify/src/index.ts";
import { parseVerificationPolicy, verifyArtifact } from "../../packages/verify/src/index.ts";
import type { VerifiedBundle } from "../../packages/verify/src/index.ts";
import { parseDenylist } from "../../packages/verify/src/policy/denylist.ts";
import { parsePause } from "../../packages/verify/src/policy/pause.ts";
import { verifyTimestamps } from "../../packages/verify/src/time/timestamps.ts";
import { BUNDLES, CERTIFICATES, DENYLISTS, PAUSES, POLICIES, ROOTS, STATEMENTS, toBytes } from "./corpus.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { mutateDer } from "./mutate-der.ts";
import { mutateJson } from "./mutate-json.ts";
import type { Random } from "./random.ts";

/** Something that reads what strangers wrote. */
export interface Target {
  readonly name: string;
  /** How many of all inputs it gets, against the others. */
  readonly weight: number;
  readonly seeds: readonly Buffer[];
  readonly mutate: (seed: Buffer, random: Random) => Buffer;
  /** Returns what is wrong about an input that was accepted; undefined when nothing is. Throws coded errors alone. */
  readonly run: (input: Buffer) => string | undefined;
}

const artifact = { bytes: ARTIFACT };
const rootText = ROOTS[0] ?? Buffer.alloc(0);
const root = parseTrustedRoot(rootText);
const policy = { ...parseVerificationPolicy((POLICIES[0] ?? "{}").toString()), acceptStatements: true };
const original = (BUNDLES[0] ?? Buffer.alloc(0)).toString();
const originals = BUNDLES.map((bundle) => verifyBundle(parseBundle(bundle), artifact, root));

const toText = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));

/** What a bundle proves must be what one of the originals proves, or less: fewer times, fewer entries, nothing new. */
function newMeaning({ digest, signer, statement, times, logEntries }: VerifiedBundle): string | undefined {
  const isKnown = originals.some(
    (known) =>
      toText([known.digest, known.signer, known.statement]) === toText([digest, signer, statement]) &&
      isWithin(times, known.times) &&
      isWithin(logEntries, known.logEntries),
  );
  return isKnown ? undefined : `was accepted and means ${toText([digest, signer, statement, times, logEntries])}`;
}

function isWithin(some: readonly unknown[], all: readonly unknown[]): boolean {
  const known = all.map(toText);
  return some.every((one) => known.includes(toText(one)));
}

/** What was read and printed must be read as the same again. */
function lossOf<T>(value: T, read: (printed: T) => T): string | undefined {
  const again = toText(read(value));
  return again === toText(value) ? undefined : `is read as ${toText(value)}, and that as ${again}`;
}

const json = (code: "METADATA_INVALID") => (input: Buffer) =>
  parseJson(input, { maxBytes: 1 << 20, code, what: "The list" });
const token = (bundle: Buffer): Buffer => {
  const parsed = parseBundle(bundle);
  return parsed.timestamps[0] ?? Buffer.alloc(0);
};
const [firstBundle] = BUNDLES.map((bundle) => parseBundle(bundle));

/** Puts text back where it stood in the first bundle, as a JSON string. */
function replacing(part: string): (input: Buffer) => string | undefined {
  const [before = "", after = ""] = original.split(JSON.stringify(part));
  return (input) =>
    newMeaning(verifyBundle(parseBundle(`${before}${JSON.stringify(input.toString())}${after}`), artifact, root));
}

const CHECKPOINT = firstBundle?.logEntries[0]?.proof?.checkpoint ?? "";
const BODY = firstBundle?.logEntries[0]?.body ?? Buffer.alloc(0);

const documents: readonly Target[] = [
  {
    name: "bundle",
    weight: 24,
    seeds: BUNDLES,
    mutate: mutateJson,
    run: (input) => newMeaning(verifyBundle(parseBundle(input), artifact, root)),
  },
  {
    name: "bundle under a policy",
    weight: 4,
    seeds: BUNDLES,
    mutate: mutateJson,
    run: (input) => {
      const options = { artifact, bundle: input, trustedRoot: root, policy };
      const { verified } = assessArtifact(options);
      const proven = verifyArtifact(options);
      return verified ? newMeaning(proven) : "is accepted by verifyArtifact and not by assessArtifact";
    },
  },
  {
    name: "trusted root",
    weight: 8,
    seeds: ROOTS,
    mutate: mutateJson,
    run: (input) => newMeaning(withoutNames(verifyBundle(parseBundle(original), artifact, parseTrustedRoot(input)))),
  },
  {
    name: "policy",
    weight: 14,
    seeds: POLICIES,
    mutate: mutateJson,
    run: (input) => lossOf(parseVerificationPolicy(input.toString()), parseVerificationPolicy),
  },
  {
    name: "denylist",
    weight: 8,
    seeds: DENYLISTS,
    mutate: mutateJson,
    run: (input) => lossless(parseDenylist(json("METADATA_INVALID")(input))),
  },
  {
    name: "pause",
    weight: 5,
    seeds: PAUSES,
    mutate: mutateJson,
    run: (input) => lossless(parsePause(json("METADATA_INVALID")(input))),
  },
  {
    name: "statement",
    weight: 10,
    seeds: STATEMENTS,
    mutate: mutateJson,
    run: (input) => lossless(parseStatement(input)),
  },
];

/** Names for people are no one's word: a root may call its logs what it likes. */
function withoutNames(verified: VerifiedBundle): VerifiedBundle {
  const [known] = originals;
  const [entry] = known?.logEntries ?? [];
  return {
    ...verified,
    times: verified.times.map((time) => ({
      ...time,
      name: known?.times.find(({ source }) => source === time.source)?.name ?? "",
    })),
    logEntries: verified.logEntries.map((one) => ({ ...one, log: entry?.log ?? "" })),
  };
}

/** JSON can carry what was read, so that a report of it says the same. */
function lossless(value: unknown): string | undefined {
  return toText(JSON.parse(toText(value))) === toText(value) ? undefined : "cannot be printed";
}

const parts: readonly Target[] = [
  {
    name: "certificate",
    weight: 8,
    seeds: CERTIFICATES,
    mutate: mutateDer,
    run: (input) => {
      const certificate = readSigningCertificate(input);
      const [, issuer] = verifySigningCertificate(certificate, [], root.certificateAuthorities, [
        originals[0]?.times[0]?.timeMs ?? 0,
      ]);
      verifyScts(certificate, issuer ?? certificate, root.ctLogs);
      return CERTIFICATES.some((known) => known.equals(input)) ? undefined : "was accepted and is another certificate";
    },
  },
  {
    name: "timestamp",
    weight: 8,
    seeds: BUNDLES.slice(0, 1).map(token),
    mutate: mutateDer,
    run: (input) => {
      const { signature } = firstBundle?.content ?? { signature: Buffer.alloc(0) };
      const proven = verifyTimestamps([input], signature, root.timestampAuthorities);
      return proven.every(({ time }) => time.timeMs === originals[0]?.times[0]?.timeMs)
        ? undefined
        : "proves another time";
    },
  },
  {
    name: "checkpoint",
    weight: 5,
    seeds: [Buffer.from(CHECKPOINT)],
    mutate: mutateBytes,
    run: (input) => replacing(CHECKPOINT)(Buffer.from(input)),
  },
  {
    name: "log body",
    weight: 5,
    seeds: [BODY],
    mutate: (seed, random) => Buffer.from(mutateJson(seed, random).toString("base64")),
    run: replacing(BODY.toString("base64")),
  },
  {
    name: "public key",
    weight: 2,
    seeds: [
      Buffer.from(
        (JSON.parse((POLICIES[1] ?? "{}").toString()) as { signers: [{ publicKey: string }] }).signers[0].publicKey,
      ),
    ],
    mutate: mutateBytes,
    run: (input) =>
      parsePublicKey(input.toString("latin1")).hint.length === 44 ? undefined : "has a hint of another length",
  },
];

export const TARGETS: readonly Target[] = [...documents, ...parts];

/** A wrong spelling of an honest document would hide every fault behind it. */
export function checkTargets(): void {
  for (const { name, seeds, run } of TARGETS) {
    for (const seed of seeds) {
      const problem = run(name === "log body" ? Buffer.from(seed.toString("base64")) : seed);
      if (problem !== undefined)
        throw new Error(`the honest ${name} ${problem}: ${toBytes(seed.toString()).toString()}`);
    }
  }
}
