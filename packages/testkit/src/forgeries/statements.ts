import { envelopeBundle, STATEMENT } from "../forge/bundles.ts";
import { sha256 } from "../forge/world.ts";
import { forgeryGroup } from "./forgery.ts";
import type { Trial } from "./forgery.ts";

const INVALID = "STATEMENT_INVALID";
const [SUBJECT] = STATEMENT.subject;
const OTHER = { name: "other", digest: { sha256: sha256(Buffer.from("another artifact")).toString("hex") } };

/** An honest envelope around whatever is said. */
const saying =
  (statement: unknown): (() => Trial) =>
  () => ({ bundle: envelopeBundle({ statement }) });
const text = (payload: string): (() => Trial) => saying(Buffer.from(payload));
const subjects = (...subject: readonly unknown[]): (() => Trial) => saying({ ...STATEMENT, subject });
const digests = (digest: unknown): (() => Trial) => subjects({ name: "artifact", digest });
const without = (name: keyof typeof STATEMENT): (() => Trial) =>
  saying(Object.fromEntries(Object.entries(STATEMENT).filter(([key]) => key !== name)));
const HEX = SUBJECT?.digest.sha256 ?? "";
const PAYLOAD = JSON.stringify(STATEMENT);

/** in-toto statements v0.1 and v1. */
export const statementForgeries = forgeryGroup("statements", [
  [
    "about another artifact",
    "SUBJECT_MISMATCH",
    "a true statement about something else; others do not look",
    subjects(OTHER),
  ],
  ["about the artifact among others", "accepted", "one of its subjects is enough", subjects(OTHER, SUBJECT, OTHER)],
  [
    "about one name with two digests",
    "accepted",
    "a subject is its digest; the name is a remark",
    subjects({ ...OTHER, name: "artifact" }, SUBJECT),
  ],
  ["with no subject", INVALID, "it is about nothing", subjects()],
  ["without subjects", INVALID, "it is about nothing", without("subject")],
  ["with a subject that has no digest", INVALID, "it is about nothing", subjects({ name: "artifact" })],
  ["with an empty digest", INVALID, "it is about nothing", digests({})],
  ["with a digest in upper case", INVALID, "a digest has one spelling", digests({ sha256: HEX.toUpperCase() })],
  ["with a digest that is cut off", INVALID, "SHA-256 has 32 bytes", digests({ sha256: HEX.slice(2) })],
  [
    "with a digest that names its algorithm",
    INVALID,
    "a digest has one spelling",
    digests({ sha256: `sha256:${HEX}` }),
  ],
  [
    "with a digest of another algorithm alone",
    "SUBJECT_MISMATCH",
    "artifacts are named by SHA-256",
    digests({ sha512: HEX.repeat(2) }),
  ],
  ["with the digest under SHA-512's name", "SUBJECT_MISMATCH", "the name says what it is", digests({ sha512: HEX })],
  [
    "with a second algorithm beside SHA-256",
    "accepted",
    "SHA-256 decides",
    digests({ sha512: "not looked at", sha256: HEX }),
  ],
  ["with a digest that is a number", INVALID, "a digest is text", digests({ sha256: 1 })],
  ["with a list for a digest", INVALID, "a digest is text", digests({ sha256: [HEX] })],
  [
    "without a predicate",
    "accepted",
    "in-toto allows it; a policy that wants something of it is not satisfied",
    without("predicate"),
  ],
  ["with a predicate that is a list", INVALID, "a predicate is an object", saying({ ...STATEMENT, predicate: [] })],
  ["with a predicate that is text", INVALID, "a predicate is an object", saying({ ...STATEMENT, predicate: "good" })],
  ["without a predicate type", INVALID, "nobody could say what it says", without("predicateType")],
  [
    "with an empty predicate type",
    INVALID,
    "nobody could say what it says",
    saying({ ...STATEMENT, predicateType: "" }),
  ],
  ["without a type", INVALID, "it is not said to be a statement", without("_type")],
  [
    "of an unknown type",
    INVALID,
    "it may mean something else",
    saying({ ...STATEMENT, _type: "https://in-toto.io/Statement/v2" }),
  ],
  [
    "of in-toto v0.1",
    "accepted",
    "provenance of old tools",
    saying({ ...STATEMENT, _type: "https://in-toto.io/Statement/v0.1" }),
  ],
  [
    "with a field that in-toto does not know",
    "accepted",
    "statements may grow, and it is signed",
    saying({ ...STATEMENT, extra: 1 }),
  ],
  ["with a key twice", INVALID, "two readers see two statements", text(`{"subject":[],${PAYLOAD.slice(1)}`)],
  [
    "with a predicate's key twice",
    INVALID,
    "two readers see two statements",
    text(PAYLOAD.replace('"good":true', '"good":true,"good":false')),
  ],
  ["with a byte order mark", INVALID, "some readers skip it", text(`\ufeff${PAYLOAD}`)],
  ["with text behind it", INVALID, "one text, one document", text(`${PAYLOAD}{}`)],
  ["that is no JSON", INVALID, "it says nothing", text("the artifact is good")],
  ["that is a list", INVALID, "a statement is an object", saying([STATEMENT])],
  [
    "nested 10 000 levels deep",
    INVALID,
    "recursive readers need a floor",
    text(PAYLOAD.replace("true", `${"[".repeat(10_000)}${"]".repeat(10_000)}`)),
  ],
  ["printed over many lines", "accepted", "the payload is signed as it is", text(JSON.stringify(STATEMENT, null, 2))],
]);
