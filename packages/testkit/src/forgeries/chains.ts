import { boolean, der, explicit, integer, octets, oid, sequence } from "../forge/asn1.ts";
import { messageBundle } from "../forge/bundles.ts";
import {
  basicConstraints,
  CODE_SIGNING,
  extendedKeyUsage,
  extension,
  keyUsage,
  name,
  TIME_STAMPING,
} from "../forge/certificates.ts";
import {
  caCertificate,
  caJson,
  certificates,
  INTERMEDIATE_NAME,
  keys,
  leaf,
  leafExtensions,
  pem,
  ROOT_NAME,
  rootJson,
  selfSigned,
} from "../forge/world.ts";
import { certified, leafWith, forgeryGroup } from "./forgery.ts";
import type { Trial } from "./forgery.ts";

const CERTIFICATE = "CERTIFICATE_INVALID";
const [usage, purpose, san, first, second] = leafExtensions;

/** The honest leaf below a bent intermediate. */
const below =
  (overrides: Parameters<typeof caCertificate>[0]): (() => Trial) =>
  () => ({
    root: rootJson({ certificateAuthorities: [caJson(caCertificate(overrides), certificates.root)] }),
  });

const intermediate = [basicConstraints(true, 0), keyUsage(5, 6), extendedKeyUsage(CODE_SIGNING)] as const;

/** The certificate's bytes, bent after it was signed, and logged as they are. */
const bytes =
  (bend: (certificate: Buffer) => Buffer): (() => Trial) =>
  () => ({ bundle: messageBundle({ certificate: bend(leaf()) }) });

/** A chain of v0.1 with more than the leaf. */
const chained =
  (...others: readonly Buffer[]): (() => Trial) =>
  () => {
    const bundle = messageBundle();
    const { certificate, ...material } = bundle.verificationMaterial;
    const all = [certificate?.rawBytes ?? "", ...others.map((one) => one.toString("base64"))];
    const chain = { x509CertificateChain: { certificates: all.map((rawBytes) => ({ rawBytes })) } };
    const mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1";
    return { bundle: { ...bundle, mediaType, verificationMaterial: { ...chain, ...material } } };
  };

/** Two CAs that certify each other, and no root. */
function cycle(): Trial {
  const one = caCertificate({ issuer: name("ring"), issuerKey: keys.root });
  const two = caCertificate({
    subject: name("ring"),
    issuer: INTERMEDIATE_NAME,
    key: keys.root,
    issuerKey: keys.intermediate,
    extensions: [basicConstraints(true), keyUsage(5, 6)],
  });
  return { root: rootJson({ certificateAuthorities: [caJson(one, two, one)] }) };
}

/** RFC 5280 and Fulcio's certificate specification. */
export const chainForgeries = forgeryGroup("certificates", [
  [
    "the root as the signer",
    CERTIFICATE,
    "a certificate authority signs certificates",
    () => ({ bundle: messageBundle({ certificate: certificates.root, key: keys.root }) }),
  ],
  [
    "the intermediate as the signer",
    CERTIFICATE,
    "a certificate authority signs certificates",
    () => ({ bundle: messageBundle({ certificate: certificates.intermediate, key: keys.intermediate }) }),
  ],
  [
    "a leaf that is a certificate authority",
    CERTIFICATE,
    "it must not sign artifacts",
    leafWith(...leafExtensions, basicConstraints(true)),
  ],
  [
    "a leaf that signed itself",
    CERTIFICATE,
    "it leads to nobody",
    () => certified({ issuer: name("leaf"), issuerKey: keys.signer }),
  ],
  [
    "a leaf of another authority with the same name",
    CERTIFICATE,
    "names prove nothing",
    () => certified({ issuerKey: keys.other }),
  ],
  [
    "a leaf of another name by the same key",
    CERTIFICATE,
    "the issuer is another",
    () => certified({ issuer: name("other") }),
  ],
  [
    "a leaf of the root",
    "accepted",
    "a path may be short",
    () => certified({ issuer: ROOT_NAME, issuerKey: keys.root }),
  ],
  [
    "a leaf below a leaf",
    CERTIFICATE,
    "its issuer is no certificate authority",
    () => certified({ issuer: name("leaf"), issuerKey: keys.other }),
  ],
  ["the chain with its intermediate", "accepted", "what old bundles carry", chained(certificates.intermediate)],
  [
    "the chain with its root",
    CERTIFICATE,
    "trust does not come in a bundle",
    chained(certificates.intermediate, certificates.root),
  ],
  ["the chain with its root alone", CERTIFICATE, "trust does not come in a bundle", chained(certificates.root)],
  [
    "the chain with another's certificate",
    CERTIFICATE,
    "what is no link must not travel along",
    chained(certificates.tsaRoot),
  ],
  [
    "a chain of its own, with a root of its own",
    CERTIFICATE,
    "trust does not come in a bundle",
    () => {
      const root = selfSigned(ROOT_NAME, keys.other);
      const trial = chained(root)();
      return {
        ...trial,
        root: rootJson({ certificateAuthorities: [caJson(selfSigned(name("someone"), keys.tsaRoot))] }),
      };
    },
  ],
  ["two authorities that certify each other", CERTIFICATE, "a ring has no anchor", cycle],
  [
    "an authority that lists its chain backwards",
    CERTIFICATE,
    "the anchor is the last one, and the leaf does not need it",
    () => ({ root: rootJson({ certificateAuthorities: [caJson(certificates.root, certificates.tsaRoot)] }) }),
  ],
  [
    "an intermediate that is no certificate authority",
    CERTIFICATE,
    "it may not issue",
    below({ extensions: [keyUsage(5, 6)] }),
  ],
  [
    "an intermediate that says CA FALSE",
    CERTIFICATE,
    "it may not issue",
    below({ extensions: [basicConstraints(false), keyUsage(5, 6)] }),
  ],
  [
    "an intermediate that must not sign certificates",
    CERTIFICATE,
    "its key usage forbids it",
    below({ extensions: [basicConstraints(true, 0), keyUsage(0)] }),
  ],
  [
    "an intermediate for timestamps",
    CERTIFICATE,
    "its extended key usage limits it",
    below({ extensions: [basicConstraints(true, 0), keyUsage(5, 6), extendedKeyUsage(TIME_STAMPING)] }),
  ],
  [
    "an intermediate with an unknown critical extension",
    CERTIFICATE,
    "it may forbid just what is being done",
    below({ extensions: [...intermediate, extension("1.2.3.4", Buffer.from([5, 0]), true)] }),
  ],
  [
    "an intermediate with name constraints",
    CERTIFICATE,
    "they are critical and not understood, so nothing is allowed",
    below({ extensions: [...intermediate, extension("2.5.29.30", sequence(), true)] }),
  ],
  [
    "a path longer than the root allows",
    CERTIFICATE,
    "its path length is zero",
    () => ({
      root: rootJson({
        certificateAuthorities: [
          caJson(
            certificates.intermediate,
            selfSigned(ROOT_NAME, keys.root, { extensions: [basicConstraints(true, 0), keyUsage(5, 6)] }),
          ),
        ],
      }),
    }),
  ],
  ["an intermediate that someone else signed", CERTIFICATE, "names prove nothing", below({ issuerKey: keys.other })],
  ["no extended key usage", CERTIFICATE, "it is not said to be for signing code", leafWith(usage, san, first, second)],
  [
    "extended key usage for timestamps",
    CERTIFICATE,
    "it is for something else",
    leafWith(usage, extendedKeyUsage(TIME_STAMPING), san, first, second),
  ],
  [
    "extended key usage for anything",
    CERTIFICATE,
    "a signer's purpose is named",
    leafWith(usage, extendedKeyUsage("2.5.29.37.0"), san, first, second),
  ],
  ["no key usage", CERTIFICATE, "it is not said to be for signatures", leafWith(purpose, san, first, second)],
  [
    "key usage for certificates alone",
    CERTIFICATE,
    "it is not for signatures",
    leafWith(keyUsage(5), purpose, san, first, second),
  ],
  [
    "an unknown critical extension",
    CERTIFICATE,
    "it may forbid just what is being done",
    leafWith(...leafExtensions, extension("1.2.3.4", Buffer.from([5, 0]), true)),
  ],
  [
    "the poison of a precertificate",
    CERTIFICATE,
    "RFC 6962 marks it critical, so that nobody takes it for a certificate",
    leafWith(...leafExtensions, extension("1.3.6.1.4.1.11129.2.4.3", Buffer.from([5, 0]), true)),
  ],
  [
    "an unknown extension that is not critical",
    "accepted",
    "that is what not critical means",
    leafWith(...leafExtensions, extension("1.2.3.4", Buffer.from([5, 0]))),
  ],
  ["an extension twice", CERTIFICATE, "one reader takes the first, another the last", leafWith(...leafExtensions, san)],
  [
    "an extension that spells out not critical",
    CERTIFICATE,
    "DER leaves a default out",
    leafWith(...leafExtensions, sequence(oid("1.2.3.4"), boolean(false), octets(Buffer.from([5, 0])))),
  ],
  ["X.509 version 1", CERTIFICATE, "only version 3 has extensions", () => certified({ version: 0 })],
  [
    "a byte behind the certificate",
    CERTIFICATE,
    "DER ends where it ends",
    bytes((certificate) => Buffer.concat([certificate, Buffer.from([0])])),
  ],
  [
    "a length in more bytes than needed",
    CERTIFICATE,
    "BER, not DER",
    bytes((certificate) => Buffer.concat([Buffer.from([0x30, 0x83, 0]), certificate.subarray(2)])),
  ],
  [
    "a certificate in PEM",
    CERTIFICATE,
    "the bundle carries DER",
    bytes((certificate) => Buffer.from(pem("CERTIFICATE", certificate))),
  ],
  ["an empty sequence", CERTIFICATE, "that is no certificate", bytes(() => sequence())],
  [
    "64 sequences in each other",
    CERTIFICATE,
    "that is no certificate",
    bytes(() => {
      let value = integer(1);
      for (let depth = 0; depth < 64; depth += 1) value = explicit(0, value);
      return value;
    }),
  ],
  [
    "a sequence of 4 GB",
    CERTIFICATE,
    "it ends before its length says",
    bytes(() => Buffer.concat([Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), der(4, Buffer.alloc(8))])),
  ],
]);
