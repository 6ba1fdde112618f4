import { checkDigest, FormatError, MEDIA_TYPES, VerificationError } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import { Deadline } from "./deadline.ts";
import { checkReprDigest, digestField, etagsDiffer, singleField } from "./fields.ts";
import { get } from "./http.ts";
import { toFetchSettings } from "./options.ts";
import type { FetchOptions, FetchSettings } from "./options.ts";
import { attestationUrl, displayUrl, parseUrl } from "./url.ts";

/** A pack as it arrived, with the Sigstore bundle offered for it. Nothing about either is proven yet. */
export interface FetchedPack {
  readonly bytes: Uint8Array;
  /** Of the bytes; it equals what the server's Digest field said. */
  readonly digest: Digest;
  /** JSON text, neither parsed nor checked. */
  readonly bundle: string;
}

/** One fetch: its settings and the deadline that all its requests share. */
interface Session extends FetchSettings {
  readonly deadline: Deadline;
  readonly noCache: boolean;
}

interface Attestation {
  readonly bundle: string;
  readonly etag: string | undefined;
}

/**
 * Fetches the pack at the address (`…/v1/policy/packs/<packId>`) and its bundle: from the `X-Cosign-Bundle` field when
 * there is one, whatever it holds, otherwise from `<url>/attestation`. The bytes equal the server's `Digest` (and
 * `Repr-Digest`); who made them is for `verifyPack` of @policy-pack/verify to say, so plain `http:` is as good as
 * `https:` here. When the two answers' ETags differ, both are asked for once more past all caches. Nothing else is
 * retried: that is the caller's, by `retryable`.
 * @throws TypeError, ConfigError CONFIG_INVALID for the arguments
 * @throws TransportError as `get` of http.ts; @throws FormatError LIMIT_EXCEEDED, BUNDLE_INVALID (not UTF-8)
 * @throws VerificationError DIGEST_MISMATCH for other bytes than announced, or ETags that still differ
 */
export async function fetchPack(url: string | URL, options?: FetchOptions): Promise<FetchedPack> {
  const target = parseUrl(url);
  return withSession(target, options, async (session) => {
    const pack = await tryPack(target, session);
    if (pack !== undefined) return pack;
    const again = await tryPack(target, { ...session, noCache: true });
    if (again !== undefined) return again;
    throw new VerificationError(
      "DIGEST_MISMATCH",
      `The pack and the attestation of ${displayUrl(target)} carry different ETags, twice; a cache or a release is in between: try again later.`,
    );
  });
}

/**
 * Fetches the bundle of the pack at the address; the attestation's own address does as well.
 * @returns its JSON text, neither parsed nor checked
 * @throws as `fetchPack`, but for DIGEST_MISMATCH
 */
export async function fetchAttestation(url: string | URL, options?: FetchOptions): Promise<string> {
  const target = parseUrl(url);
  return withSession(target, options, async (session) => (await getAttestation(target, session)).bundle);
}

async function withSession<T>(
  url: URL,
  options: FetchOptions | undefined,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const settings = toFetchSettings(options);
  const deadline = new Deadline(settings, settings.signal, displayUrl(url));
  try {
    deadline.signal.throwIfAborted();
    return await work({ ...settings, deadline, noCache: false });
  } finally {
    deadline.close();
  }
}

/** The pack with its bundle, or undefined when the two come from different moments. */
async function tryPack(url: URL, session: Session): Promise<FetchedPack | undefined> {
  const where = displayUrl(url);
  const { fields, bytes } = await get(
    {
      url,
      resource: "pack",
      mediaType: MEDIA_TYPES.packTar,
      maxBytes: session.limits.maxPackBytes,
      noCache: session.noCache,
    },
    session.dispatcher,
    session.deadline,
  );
  const digest = digestField(fields, where);
  checkDigest(bytes, digest);
  checkReprDigest(fields, digest, where);
  const inline = singleField(fields, "x-cosign-bundle", where);
  if (inline !== undefined) return { bytes, digest, bundle: checkSize(inline, session) };
  const attestation = await getAttestation(url, session);
  if (etagsDiffer(singleField(fields, "etag", where), attestation.etag)) return undefined;
  return { bytes, digest, bundle: attestation.bundle };
}

async function getAttestation(packUrl: URL, session: Session): Promise<Attestation> {
  const url = attestationUrl(packUrl);
  const where = displayUrl(url);
  const { fields, bytes } = await get(
    {
      url,
      resource: "attestation",
      mediaType: MEDIA_TYPES.sigstoreBundle,
      maxBytes: session.limits.maxBundleBytes,
      noCache: session.noCache,
    },
    session.dispatcher,
    session.deadline,
  );
  return { bundle: toText(bytes, where), etag: singleField(fields, "etag", where) };
}

function checkSize(bundle: string, session: Session): string {
  const { maxBundleBytes } = session.limits;
  if (Buffer.byteLength(bundle) <= maxBundleBytes) return bundle;
  throw new FormatError("LIMIT_EXCEEDED", `The X-Cosign-Bundle field is larger than ${maxBundleBytes} bytes.`);
}

function toText(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError("BUNDLE_INVALID", `The bundle from ${where} is not UTF-8; sign the pack again.`, { cause });
  }
}
