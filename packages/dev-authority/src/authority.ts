import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { join, resolve } from "node:path";
import { ConfigError } from "@policy-pack/pack";
import { checkLoggable, signMessage } from "@policy-pack/sign";
import type { LogEntry, Message, Signature, SignedContent, Signer, Witness } from "@policy-pack/sign";
import { CA_NAMES, issueLeaf } from "./certificate-authority.ts";
import type { LeafRequest } from "./certificate-authority.ts";
import { DEV_IDENTITY, DEV_ISSUER, NAMES } from "./defaults.ts";
import { mintIdentityToken, readIdentityToken } from "./identity-token.ts";
import type { TokenClaims } from "./identity-token.ts";
import { emptyLog, keepEntry } from "./log-keeper.ts";
import { withLock } from "./lock.ts";
import type { LockOptions } from "./lock.ts";
import { createState, decodeState, encodeState } from "./state.ts";
import type { AuthorityState } from "./state.ts";
import { createFolder, FILES, readState, replaceFile } from "./store.ts";
import { createTimestamp } from "./timestamp-authority.ts";
import type { TimestampRequest } from "./timestamp-authority.ts";
import { toEntryBody, toRekorV1, toRekorV2 } from "./transparency-log.ts";
import type { RekorVersion, TransparencyLog } from "./transparency-log.ts";
import { toTrustedRoot } from "./trusted-root.ts";

export interface AuthorityOptions extends LockOptions {
  /** The clock of everything that is signed; default the system's. */
  readonly now?: () => Date;
}

export interface SigningOptions {
  /** E-mail address or http(s) URI in the certificate; default `DEV_IDENTITY`. */
  readonly identity?: string;
  /** Who is said to have vouched for the identity; default `DEV_ISSUER`. */
  readonly issuer?: string;
  /** Whether the signature is put into the transparency log; default true. */
  readonly log?: boolean;
  /** Default 1. An entry of a version 2 log carries no time: it needs a timestamp beside it. */
  readonly rekorVersion?: RekorVersion;
  /** How many timestamps over the signature; default 1. All are from the one timestamp authority. */
  readonly timestamps?: number;
}

/** Certifies, timestamps and logs: what Sigstore's public instance does, from one folder. */
export interface DevAuthority {
  readonly dir: string;
  /** The identity and issuer in certificates unless `signing` is told otherwise. */
  readonly identity: string;
  readonly issuer: string;
  /** The JSON text of `trusted_root.json`, which also stands in the folder under that name. */
  trustedRoot(): string;
  /** A signer whose every signature has a fresh key and certificate, and the witnesses to go with it. */
  signing(options?: SigningOptions): { signer: Signer; witnesses: Witness[] };
  /**
   * A certificate for the key, then those of its issuers (DER). Checks neither that the asker holds the key nor that
   * the identity is theirs.
   * @throws ConfigError CONFIG_INVALID for an identity that is neither an e-mail address nor an http(s) URI
   */
  certify(request: LeafRequest): readonly Uint8Array[];
  /**
   * A token by which `startAuthorityServer` certifies its holder as that identity, for five minutes; defaults as for
   * `signing`.
   */
  identityToken(claims?: Partial<TokenClaims>): string;
  /** The claims of a token that this authority minted and that is valid now; of any other, undefined. */
  readIdentityToken(token: string): TokenClaims | undefined;
  /** A granted RFC 3161 response (DER). */
  timestamp(request: TimestampRequest): Uint8Array;
  /**
   * Puts a signature into the log of that version. Does not check the signature.
   * @throws ConfigError AUTHORITY_LOCKED, AUTHORITY_INVALID, OUTPUT_FAILED
   */
  logSignature(content: SignedContent, version: RekorVersion): Promise<LogEntry>;
}

/**
 * Opens the development authority in the folder, which is made at first use (0700, its files 0600).
 * What it signs proves nothing to others: it certifies whatever identity it is asked for, to whoever can read its
 * folder. Verifiers that are handed its trusted root accept its signatures; no others do.
 * @throws ConfigError AUTHORITY_INVALID when the folder holds anything but an authority's whole state, OUTPUT_FAILED
 * when it cannot be written
 */
export async function openDevAuthority(dir: string, options: AuthorityOptions = {}): Promise<DevAuthority> {
  const context = { dir: resolve(dir), now: () => new Date(), ...options };
  const path = join(context.dir, FILES.state);
  if ((await readState(path)) === undefined) await createAuthority(context);
  const state = decodeState((await readState(path)) ?? "", path);
  const trustedRoot = toTrustedRoot(state, toLogs(state));
  await keepTrustedRoot(trustedRoot, context);
  return toAuthority(state, trustedRoot, context);
}

interface Context extends AuthorityOptions {
  readonly dir: string;
  readonly now: () => Date;
}

async function createAuthority({ dir, now }: Context): Promise<void> {
  const state = createState(now());
  const logs = toLogs(state);
  await createFolder(dir, {
    ...emptyLog(logs[0]),
    ...emptyLog(logs[1]),
    [FILES.ignore]: "*\n",
    [FILES.trustedRoot]: toTrustedRoot(state, logs),
    [FILES.state]: encodeState(state),
  });
}

/** The file is for people to hand on; what it says is decided by the state alone. */
async function keepTrustedRoot(text: string, context: Context): Promise<void> {
  const path = join(context.dir, FILES.trustedRoot);
  if ((await readState(path)) === text) return;
  await withLock(join(context.dir, FILES.lock), () => replaceFile(path, text), context);
}

function toAuthority(state: AuthorityState, trustedRoot: string, context: Context): DevAuthority {
  const { keys, certificates } = state;
  const [rekorV1, rekorV2] = toLogs(state);
  const now = () => checkedNow(state, context);
  const authority: DevAuthority = {
    dir: context.dir,
    identity: DEV_IDENTITY,
    issuer: DEV_ISSUER,
    trustedRoot: () => trustedRoot,
    signing: (options = {}) => toParties(authority, options),
    certify: (request) => {
      const leaf = issueLeaf(request, { intermediateKey: keys.intermediate, ctLogKey: keys.ctLog }, now());
      return [leaf, certificates.intermediate, certificates.root];
    },
    identityToken: (claims) =>
      mintIdentityToken({ identity: DEV_IDENTITY, issuer: DEV_ISSUER, ...claims }, keys.identityTokens, now()),
    readIdentityToken: (token) => readIdentityToken(token, keys.identityTokens, now()),
    timestamp: (request) => {
      const signer = { key: keys.tsa, certificate: certificates.tsa, issuerName: CA_NAMES.tsaRoot };
      return createTimestamp(request, signer, now());
    },
    logSignature: (content, version) =>
      keepEntry(context.dir, version === 1 ? rekorV1 : rekorV2, toEntryBody(content, version), { ...context, now }),
  };
  return authority;
}

function toParties(authority: DevAuthority, options: SigningOptions): { signer: Signer; witnesses: Witness[] } {
  const { identity = DEV_IDENTITY, issuer = DEV_ISSUER, log = true, rekorVersion = 1, timestamps = 1 } = options;
  const signer: Signer = {
    sign: (message) => signOnce(authority, message, { identity, issuer }),
  };
  const logWitness: Witness = {
    checkKey: (key, content) => {
      checkLoggable(key, content, rekorVersion);
    },
    testify: async (content) => ({ logEntries: [await authority.logSignature(content, rekorVersion)] }),
  };
  const timestampWitness: Witness = {
    testify: ({ signature }) => {
      const hash = createHash("sha256").update(signature).digest();
      const timestamp = authority.timestamp({ algorithm: "sha256", hash, withCertificate: false });
      return Promise.resolve({ timestamps: [timestamp] });
    },
  };
  return { signer, witnesses: [...(log ? [logWitness] : []), ...Array<Witness>(timestamps).fill(timestampWitness)] };
}

async function signOnce(
  authority: DevAuthority,
  message: Message,
  who: Omit<LeafRequest, "publicKey">,
): Promise<Signature> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signature = await signMessage(message, privateKey);
  const [certificate = new Uint8Array()] = authority.certify({ ...who, publicKey });
  return { signature, key: { kind: "certificate", certificate } };
}

function toLogs({ keys }: AuthorityState): readonly [TransparencyLog, TransparencyLog] {
  return [
    toRekorV1(NAMES.rekorV1Host, keys.rekorV1, createPublicKey(keys.rekorV1)),
    toRekorV2(NAMES.rekorV2Host, keys.rekorV2, createPublicKey(keys.rekorV2)),
  ];
}

/** Signing outside the authority's life would give signatures that nobody accepts. */
function checkedNow({ createdAt, expiresAt }: AuthorityState, { dir, now }: Context): Date {
  const date = now();
  if (date >= createdAt && date <= expiresAt) return date;
  throw new ConfigError(
    "AUTHORITY_INVALID",
    `The clock says ${date.toISOString()}, but the development authority in ${dir} lives from ` +
      `${createdAt.toISOString()} to ${expiresAt.toISOString()}; set the clock, or delete the folder and sign again.`,
  );
}
