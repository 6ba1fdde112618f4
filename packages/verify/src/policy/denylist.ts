import { isDigest, isPackId, TrustError } from "@policy-pack/pack";
import type { Digest, JsonValue } from "@policy-pack/pack";
import { array, bytes, object, optional, text } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { malformed } from "../encoding/malformed.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { line, onlyOperator, withoutNull } from "./exact-fields.ts";
import { datedFields, readDocument, toDated } from "./freshness.ts";
import type { DatedDocument } from "./freshness.ts";

/** What an entry denies. */
export type DeniedThing =
  | { readonly digest: Digest }
  /** base64 of the SHA-256 of the key's SPKI, as bundles write it. */
  | { readonly keyHint: string }
  /** Compared whole; without an issuer the identity is denied whoever vouches for it. */
  | { readonly identity: string; readonly issuer?: string }
  /** Decimal. `revisionsUpTo` includes its own. */
  | { readonly packId: string; readonly revision: string }
  | { readonly packId: string; readonly revisionsUpTo: string };

export type DenylistEntry = { readonly reason: string } & DeniedThing;

/** What must not be used any more, though it is validly signed. docs/contracts/denylist.schema.json is its schema. */
export interface Denylist extends DatedDocument {
  readonly entries: readonly DenylistEntry[];
}

/** A proven signer, as far as a list can name one. */
export interface DeniablePrincipal {
  readonly identity?: string;
  readonly issuer?: string;
  readonly keyHint?: string;
}

/** What is proven about an artifact. */
export interface DeniableFacts {
  readonly digest: Digest;
  /** Everyone whose signature counts, on the artifact or on an attestation. */
  readonly principals: readonly DeniablePrincipal[];
  /** Known of a pack only. */
  readonly packId?: string | undefined;
  /** Decimal. */
  readonly revision?: string | undefined;
}

const SUBJECTS = ["digest", "keyHint", "identity", "packId"] as const;
/** As `opa/.manifest` writes a revision. */
const DECIMAL = /^[1-9][0-9]{0,15}$/;

const digest: Field<Digest> = (value) => {
  const said = text(value);
  return isDigest(said) ? said : malformed("must be sha256:<64 lower-case hex>");
};

const keyHint: Field<string> = (value) =>
  bytes(value).length === 32 ? text(value) : malformed("must be the base64 of a SHA-256");

const packId: Field<string> = (value) => {
  const said = text(value);
  return isPackId(said) ? said : malformed("must be <name>-v<number>");
};

const revision: Field<string> = (value) => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return `${value}`;
  return typeof value === "string" && DECIMAL.test(value) ? value : malformed("must be a whole number from 1");
};

/** Anything that a certificate may say: what cannot be named cannot be denied. */
const identity: Field<string> = (value) => {
  const said = text(value);
  return said === "" ? malformed("must not be empty") : said;
};

const entryFields = withoutNull(
  object({
    reason: line(VERIFY_LIMITS.maxReasonLength),
    digest: optional(digest),
    keyHint: optional(keyHint),
    identity: optional(identity),
    issuer: optional(identity),
    packId: optional(packId),
    revision: optional(revision),
    revisionsUpTo: optional(revision),
  }),
);

const entry: Field<DenylistEntry> = (value) => {
  const known = entryFields(value);
  const subject = onlyOperator(value, SUBJECTS);
  if (known.issuer !== undefined && subject !== "identity") malformed("names an issuer without its identity");
  if (subject === "packId") onlyOperator(value, ["revision", "revisionsUpTo"]);
  else if (known.revision !== undefined || known.revisionsUpTo !== undefined)
    malformed("names a revision without its packId");
  const said = Object.entries(known).filter(([, part]) => part !== undefined);
  return Object.fromEntries(said) as unknown as DenylistEntry;
};

const listOfEntries = array(entry, VERIFY_LIMITS.maxDenylistEntries);

const listFields = withoutNull(
  object({
    ...datedFields,
    entries: (value) => (value === undefined ? malformed("must be a list") : listOfEntries(value)),
  }),
);

/**
 * Reads the predicate of a denylist. A field, or a kind of entry, that this version does not know is refused: it may be the
 * one that matters. An empty list is a list. Whether it is current is for `checkFresh`, who signed it for the policy.
 * @throws FormatError METADATA_INVALID, LIMIT_EXCEEDED
 */
export function parseDenylist(predicate: JsonValue): Denylist {
  return readDocument("denylist", () => {
    const { entries, ...dated } = listFields(predicate);
    return { ...toDated(dated), entries };
  });
}

/**
 * Refuses what the list denies. Revisions are compared for packs alone: of an artifact whose pack is not known, no revision
 * is denied; of the pack that an entry names, an unknown revision is.
 * @throws TrustError DENYLISTED with the reason of the first entry that fits
 */
export function checkDenylist(list: Denylist, facts: DeniableFacts): void {
  const denied = list.entries.find((candidate) => isDenied(candidate, facts));
  if (denied === undefined) return;
  throw new TrustError(
    "DENYLISTED",
    `Version ${list.version} of the denylist denies ${nameOf(denied)} ("${denied.reason}"); use what it does not deny.`,
  );
}

function isDenied(thing: DeniedThing, facts: DeniableFacts): boolean {
  if ("digest" in thing) return thing.digest === facts.digest;
  if ("keyHint" in thing) return facts.principals.some((principal) => principal.keyHint === thing.keyHint);
  if ("identity" in thing) return facts.principals.some((principal) => isDeniedIdentity(thing, principal));
  if (thing.packId !== facts.packId) return false;
  if (facts.revision === undefined) return true;
  const pack = BigInt(facts.revision);
  return "revision" in thing ? pack === BigInt(thing.revision) : pack <= BigInt(thing.revisionsUpTo);
}

function isDeniedIdentity(
  thing: Extract<DeniedThing, { identity: string }>,
  { identity: name, issuer }: DeniablePrincipal,
): boolean {
  return name === thing.identity && (thing.issuer === undefined || issuer === thing.issuer);
}

function nameOf(thing: DeniedThing): string {
  if ("digest" in thing) return thing.digest;
  if ("keyHint" in thing) return `the key ${thing.keyHint}`;
  if ("identity" in thing) return `the signer ${JSON.stringify(thing.identity)}`;
  return "revision" in thing
    ? `revision ${thing.revision} of ${thing.packId}`
    : `the revisions of ${thing.packId} up to ${thing.revisionsUpTo}`;
}
