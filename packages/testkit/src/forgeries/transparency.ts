import { octets } from "../forge/asn1.ts";
import { extension, SCT_OID, signedTimestamp, vector } from "../forge/certificates.ts";
import type { CertificateSpec } from "../forge/certificates.ts";
import { keys, leafExtensions, NOW, rootJson } from "../forge/world.ts";
import { bentRoot, certified, forgeryGroup } from "./forgery.ts";
import type { Trial } from "./forgery.ts";

const listed = (list: Buffer): Trial =>
  certified({ scts: () => [], extensions: [...leafExtensions, extension(SCT_OID, octets(list))] });

/** A good SCT, bent after it was signed. */
const bent =
  (change: (sct: Buffer, spec: CertificateSpec) => Buffer): (() => Trial) =>
  () =>
    certified({ scts: (spec) => [change(signedTimestamp(keys.ct, spec, NOW), spec)] });

const at =
  (offset: number, value: number) =>
  (sct: Buffer): Buffer => {
    const copy = Buffer.from(sct);
    copy[offset] = value;
    return copy;
  };

const VERSION = 0;
const TIMESTAMP = 40;
const HASH = 43;
const ALGORITHM = 44;

/** RFC 6962: a log has promised to publish exactly this certificate. */
export const transparencyForgeries = forgeryGroup("certificate transparency", [
  ["no SCT", "SCT_INVALID", "nobody could see that the certificate was issued", () => certified({ scts: () => [] })],
  [
    "an empty list of SCTs",
    "SCT_INVALID",
    "nobody could see that the certificate was issued",
    () => listed(vector(Buffer.alloc(0))),
  ],
  [
    "an SCT of another log",
    "SCT_INVALID",
    "the trusted root does not list it",
    () => certified({ scts: (spec) => [signedTimestamp(keys.other, spec, NOW)] }),
  ],
  [
    "an SCT for another certificate",
    "SCT_INVALID",
    "it is over another serial number",
    () => certified({ scts: (spec) => [signedTimestamp(keys.ct, { ...spec, serial: 99 }, NOW)] }),
  ],
  [
    "an SCT for another issuer's certificate",
    "SCT_INVALID",
    "it is over the hash of the issuer's key",
    () => certified({ scts: (spec) => [signedTimestamp(keys.ct, { ...spec, issuerKey: keys.root }, NOW)] }),
  ],
  [
    "an SCT of another time than it was signed with",
    "SCT_INVALID",
    "the time is signed",
    bent((sct) => at(TIMESTAMP, (sct[TIMESTAMP] ?? 0) ^ 1)(sct)),
  ],
  ["an SCT of version 2", "SCT_INVALID", "its form is not known", bent(at(VERSION, 1))],
  ["an SCT that says SHA-1", "SCT_INVALID", "RFC 6962 allows SHA-256 alone", bent(at(HASH, 2))],
  [
    "an SCT that says RSA and is ECDSA",
    "accepted",
    "either name is allowed, and the key decides; the signature is the log's",
    bent(at(ALGORITHM, 1)),
  ],
  ["an SCT that says anonymous", "SCT_INVALID", "no such algorithm is allowed", bent(at(ALGORITHM, 0))],
  [
    "an SCT with a byte behind it",
    "SCT_INVALID",
    "every length is a frame that must be filled",
    bent((sct) => Buffer.concat([sct, Buffer.from([0])])),
  ],
  [
    "an SCT that is cut off",
    "SCT_INVALID",
    "every length is a frame that must be filled",
    bent((sct) => sct.subarray(0, -1)),
  ],
  [
    "a list of SCTs with a byte behind it",
    "SCT_INVALID",
    "every length is a frame that must be filled",
    () => listed(Buffer.from([0, 0, 0])),
  ],
  [
    "seventeen SCTs",
    "SCT_INVALID",
    "each costs a check, and the certificate must not choose how many",
    () => certified({ scts: (spec) => Array<Buffer>(17).fill(signedTimestamp(keys.ct, spec, NOW)) }),
  ],
  [
    "a good SCT behind one of a log that is not trusted",
    "accepted",
    "one log that is trusted is enough",
    () => certified({ scts: (spec) => [signedTimestamp(keys.other, spec, NOW), signedTimestamp(keys.ct, spec, NOW)] }),
  ],
  [
    "an SCT where the trusted root has no logs",
    "SCT_INVALID",
    "a promise that cannot be checked is not passed over",
    () => ({ root: rootJson({ ctlogs: [] }) }),
  ],
  [
    "neither SCT nor certificate transparency log",
    "accepted",
    "an instance without such logs asks for none",
    () => ({ ...certified({ scts: () => [] }), root: rootJson({ ctlogs: [] }) }),
  ],
  [
    "a log whose id is another key's",
    "SCT_INVALID",
    "the key under the id did not sign",
    () => ({
      root: bentRoot(({ ctlogs, tlogs }) => {
        ctlogs.forEach(({ publicKey }) => {
          publicKey.rawBytes = tlogs[0]?.publicKey.rawBytes ?? "";
        });
      }),
    }),
  ],
  [
    "the transparency log's key as certificate transparency log",
    "SCT_INVALID",
    "logs of one kind do not speak for the other",
    () => ({
      root: bentRoot((root) => {
        root.ctlogs = root.tlogs;
      }),
    }),
  ],
]);
