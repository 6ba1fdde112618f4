import { entry, hashedRekord, messageBundle } from "./bundles.ts";
import type { BundleJson, EntryJson, EntrySpec } from "./bundles.ts";
import { ARTIFACT, iso, keys, leaf, logJson, pem, rootJson, sha256 } from "./world.ts";
import type { RootJson } from "./world.ts";

export const digest = sha256(ARTIFACT);
export const otherLeaf = leaf({ serial: 9 });
export const cert = (der: Uint8Array): string => pem("CERTIFICATE", der);

/** A bundle whose entry's body is made by the function; the log signs whatever it is. */
export function withBody(
  body: (signature: Buffer, certificate: Buffer) => Buffer,
  how: Partial<EntrySpec> = {},
): BundleJson {
  return messageBundle({
    entries: (signature, certificate) => [entry({ ...how, body: body(signature, certificate) })],
  });
}

/** A good bundle whose entry is changed after the log has signed it. */
export function bent(change: (entry: EntryJson) => void, how: Partial<EntrySpec> = {}): BundleJson {
  return messageBundle({
    entries: (signature, certificate) => {
      const made = entry({ ...how, body: hashedRekord(digest, signature, cert(certificate)) });
      change(made);
      return [made];
    },
  });
}

export const v2 = (bundle: (signature: Buffer, certificate: Buffer) => Buffer): BundleJson =>
  withBody(bundle, { version: "0.0.2", withPromise: false });

export function withLogWindow(start: number, end?: number): RootJson {
  const log = logJson(keys.log);
  log.publicKey.validFor = { start: iso(start), ...(end === undefined ? {} : { end: iso(end) }) };
  return rootJson({ tlogs: [log] });
}

export function json(change: (body: Record<string, unknown>) => void, from: Buffer): Buffer {
  const body = JSON.parse(from.toString()) as Record<string, unknown>;
  change(body);
  return Buffer.from(JSON.stringify(body));
}
