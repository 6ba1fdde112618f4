import { entry, envelopeBundle, hashedRekord, messageBundle, STATEMENT } from "../forge/bundles.ts";
import type { BundleJson, EntryJson } from "../forge/bundles.ts";
import { leaf, MINUTE, NOW, pem, sha256, token } from "../forge/world.ts";
import { bentBundle, dsseV1Body, dsseV2Body, forgeryGroup, rekorV2Bundle, v2Entry } from "./forgery.ts";
import type { Expected, Forgery, Row } from "./forgery.ts";

/** Two honest bundles of every form over one artifact; the second has a certificate, time and statement of its own. */
function honestBundles(): Readonly<Record<string, BundleJson>> {
  const second = leaf({ serial: 77 });
  const tokens = (signature: Buffer) => [token(signature, { timeMs: NOW + MINUTE })];
  const statement = { ...STATEMENT, predicate: { good: false } };
  const logged = (signature: Buffer, certificate: Buffer, _payload: Buffer, pae: Buffer): EntryJson[] => [
    entry({
      body: hashedRekord(sha256(pae), signature, pem("CERTIFICATE", certificate)),
      integratedTime: NOW / 1000 + 60,
    }),
  ];
  return {
    "message v1": messageBundle(),
    "message v1 again": messageBundle({ certificate: second, tokens }),
    "message v2": rekorV2Bundle(),
    "message v2 again": rekorV2Bundle({ certificate: second, tokens }),
    "statement v1": envelopeBundle(),
    "statement v1 again": envelopeBundle({ certificate: second, statement, entries: logged }),
    "statement as dsse v1": envelopeBundle({
      entries: (signature, certificate, payload) => [
        entry({ body: dsseV1Body(payload, signature, certificate), kind: "dsse" }),
      ],
    }),
    "statement as dsse v2": envelopeBundle({
      statement,
      entries: (signature, certificate, payload) => [v2Entry(dsseV2Body(payload, signature, certificate), "dsse")],
    }),
  };
}

interface Part {
  readonly expected: Expected;
  readonly why: string;
  readonly take: (bundle: BundleJson) => unknown;
  /** Puts into the first what the second has there. */
  readonly swap: (into: BundleJson, from: BundleJson) => void;
}

const entryOf = ({ verificationMaterial }: BundleJson): EntryJson | undefined => verificationMaterial.tlogEntries[0];

/** One field of the log entry. */
function entryPart(field: keyof EntryJson, expected: Expected, why: string): Part {
  return {
    expected,
    why,
    take: (bundle) => entryOf(bundle)?.[field],
    swap: (into, from) => Object.assign(entryOf(into) ?? {}, { [field]: entryOf(from)?.[field] }),
  };
}

function materialPart(field: keyof BundleJson["verificationMaterial"], expected: Expected, why: string): Part {
  return {
    expected,
    why,
    take: ({ verificationMaterial }) => verificationMaterial[field],
    swap: (into, from) => Object.assign(into.verificationMaterial, { [field]: from.verificationMaterial[field] }),
  };
}

const PARTS: Readonly<Record<string, Part>> = {
  certificate: materialPart("certificate", "LOG_ENTRY_INVALID", "the log entry names the certificate that signed"),
  timestamp: materialPart("timestampVerificationData", "TIMESTAMP_INVALID", "a timestamp is over one signature alone"),
  "log entry": materialPart("tlogEntries", "LOG_ENTRY_INVALID", "an entry is about one signature alone"),
  SET: entryPart("inclusionPromise", "LOG_ENTRY_INVALID", "a promise is over one entry's body, time and index"),
  "inclusion proof": entryPart("inclusionProof", "INCLUSION_PROOF_INVALID", "a path leads from one leaf to the root"),
  "log entry's body": entryPart("canonicalizedBody", "LOG_ENTRY_INVALID", "a body names one signature, signer, digest"),
  checkpoint: {
    expected: "INCLUSION_PROOF_INVALID",
    why: "a checkpoint signs one root hash",
    take: (bundle) => entryOf(bundle)?.inclusionProof?.checkpoint,
    swap: (into, from) =>
      Object.assign(entryOf(into)?.inclusionProof ?? {}, { checkpoint: entryOf(from)?.inclusionProof?.checkpoint }),
  },
  signature: {
    expected: "TIMESTAMP_INVALID",
    why: "the timestamp, then the log entry, are over the signature that was taken out",
    take: ({ messageSignature, dsseEnvelope }) => messageSignature?.signature ?? dsseEnvelope?.signatures,
    swap: (into, from) => {
      const { messageSignature, dsseEnvelope } = from;
      if (into.messageSignature !== undefined) {
        into.messageSignature.signature = messageSignature?.signature ?? dsseEnvelope?.signatures[0]?.sig ?? "";
      } else if (into.dsseEnvelope !== undefined) {
        into.dsseEnvelope.signatures = dsseEnvelope?.signatures ?? [{ sig: messageSignature?.signature ?? "" }];
      }
    },
  },
  statement: {
    expected: "LOG_ENTRY_INVALID",
    why: "the log entry holds the digest of the statement that was signed",
    take: ({ dsseEnvelope }) => dsseEnvelope?.payload,
    swap: (into, from) => Object.assign(into.dsseEnvelope ?? {}, { payload: from.dsseEnvelope?.payload }),
  },
  content: {
    expected: "TIMESTAMP_INVALID",
    why: "what proves time and log is over another signature",
    take: ({ messageSignature, dsseEnvelope }) => ({ messageSignature, dsseEnvelope }),
    swap: (into, from) => {
      delete into.messageSignature;
      delete into.dsseEnvelope;
      const { messageSignature, dsseEnvelope } = from;
      Object.assign(into, messageSignature === undefined ? { dsseEnvelope } : { messageSignature });
    },
  },
};

const isSame = (mine: unknown, theirs: unknown): boolean => JSON.stringify(mine) === JSON.stringify(theirs);

/** Every part of every honest bundle, put into every other, wherever both have it and it differs. */
export function swapForgeries(): readonly Forgery[] {
  const honest = Object.entries(honestBundles());
  return Object.entries(PARTS).flatMap(([part, { expected, why, take, swap }]) => {
    const rows = honest.flatMap(([mine, into]) =>
      honest.flatMap(([theirs, from]): Row[] => {
        const [own, other] = [take(into), take(from)];
        if (own === undefined || other === undefined || isSame(own, other)) return [];
        const bundle = () =>
          bentBundle((copy) => {
            swap(copy, structuredClone(from));
          }, into);
        return [[`${part} of "${theirs}" in "${mine}"`, expected, why, () => ({ bundle: bundle() })]];
      }),
    );
    return forgeryGroup("swapped parts", rows).map((forgery) => ({ ...forgery, family: `${part} of another bundle` }));
  });
}
