import { utf8 } from "../forge/asn1.ts";
import {
  alternativeNames,
  dns,
  email,
  extension,
  issuerV1,
  issuerV2,
  spkiOf,
  uri,
  userName,
} from "../forge/certificates.ts";
import { IDENTITY, ISSUER, keys, leafExtensions, pem } from "../forge/world.ts";
import { DEFAULT_POLICY, forgeryGroup, leafWith } from "./forgery.ts";
import type { Trial } from "./forgery.ts";

const CERTIFICATE = "CERTIFICATE_INVALID";
const [usage, purpose, san, first, second] = leafExtensions;

const named = (...names: readonly Buffer[]): (() => Trial) =>
  leafWith(usage, purpose, alternativeNames(...names), first, second);

const identity = (certificateIdentity: string, certificateOidcIssuer = ISSUER) => ({
  signers: [{ certificateIdentity, certificateOidcIssuer }],
});

/** A certificate names one signer and one issuer; both are compared whole. */
export const identityForgeries = forgeryGroup("identities", [
  [
    "two names",
    CERTIFICATE,
    "which of them signed would be the reader's choice",
    named(email(IDENTITY), email("other@example.com")),
  ],
  ["no names", CERTIFICATE, "nobody is named", leafWith(usage, purpose, first, second)],
  ["an empty list of names", CERTIFICATE, "nobody is named", named()],
  ["an empty name", CERTIFICATE, "nobody is named", named(email(""))],
  ["a NUL in the name", CERTIFICATE, "other readers stop there", named(email(`${IDENTITY}\0.example.org`))],
  ["a line feed in the name", CERTIFICATE, "a name is one line of printable ASCII", named(email(`${IDENTITY}\n`))],
  [
    "a name beyond ASCII",
    CERTIFICATE,
    "IA5String is ASCII; look-alikes have no place in it",
    named(email("s\u0456gner@example.com")),
  ],
  ["a host name", CERTIFICATE, "a host is no signer", named(dns("example.com"))],
  [
    "a URI that is the e-mail address",
    "accepted",
    "identities are compared as text, whatever kind they are; the report tells the kind",
    named(uri(IDENTITY)),
  ],
  [
    "a user name",
    "accepted",
    "Fulcio's form for names without a domain",
    () => ({ ...named(userName("signer"))(), policy: identity("signer") }),
  ],
  [
    "a name that begins like the one wanted",
    "IDENTITY_MISMATCH",
    "identities are compared whole",
    named(email(`${IDENTITY}.evil`)),
  ],
  [
    "a name that ends like the one wanted",
    "IDENTITY_MISMATCH",
    "identities are compared whole",
    named(email(`evil${IDENTITY}`)),
  ],
  [
    "a name in another case",
    "IDENTITY_MISMATCH",
    "identities are compared character by character",
    named(email(IDENTITY.toUpperCase())),
  ],
  [
    "a name that the wanted one would match as a pattern",
    "IDENTITY_MISMATCH",
    "an identity is no pattern: a dot is a dot",
    named(email("signer@exampleXcom")),
  ],
  [
    "another issuer",
    "IDENTITY_MISMATCH",
    "identity and issuer belong together",
    leafWith(usage, purpose, san, issuerV1("https://evil.example.com"), issuerV2("https://evil.example.com")),
  ],
  [
    "two issuers",
    CERTIFICATE,
    "two answers are none",
    leafWith(usage, purpose, san, first, issuerV2("https://evil.example.com")),
  ],
  ["no issuer", CERTIFICATE, "nobody vouches for the name", leafWith(usage, purpose, san)],
  ["the old form of the issuer alone", "accepted", "first certificates had it", leafWith(usage, purpose, san, first)],
  [
    "the issuer's text with a byte behind it",
    CERTIFICATE,
    "DER ends where it ends",
    leafWith(usage, purpose, san, extension("1.3.6.1.4.1.57264.1.8", Buffer.concat([utf8(ISSUER), Buffer.from([0])]))),
  ],
  [
    "an identity of another signer",
    "IDENTITY_MISMATCH",
    "proven, and not whom the policy names",
    () => ({ policy: identity("someone@example.com") }),
  ],
  [
    "a certificate where the policy wants a key",
    "KEY_MISMATCH",
    "a certificate for the same key is another signer",
    () => ({
      policy: {
        signers: [{ publicKey: pem("PUBLIC KEY", spkiOf(keys.signer)) }],
      },
    }),
  ],
  [
    "a policy that names the signer and someone else",
    "accepted",
    "any one of them is enough",
    () => ({ policy: { signers: [...identity("someone@example.com").signers, ...DEFAULT_POLICY.signers] } }),
  ],
]);
