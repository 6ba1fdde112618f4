import { misconfigured } from "./failures.ts";
import { KMS_LIMITS } from "./limits.ts";
import { parsePkcs11Uri } from "./pkcs11-uri.ts";
import type { Pkcs11Reference } from "./pkcs11-uri.ts";

export interface AwsReference {
  readonly scheme: "awskms";
  /** Host and port; absent for Amazon's own. */
  readonly endpoint?: string;
  /** A key's id or ARN, or an alias or its ARN. */
  readonly keyId: string;
  /** Of the ARN, when it is one. */
  readonly region?: string;
}

export interface GoogleReference {
  readonly scheme: "gcpkms";
  /** `projects/P/locations/L/keyRings/R/cryptoKeys/K`. */
  readonly key: string;
  readonly version?: string;
}

export interface AzureReference {
  readonly scheme: "azurekms";
  readonly host: string;
  readonly key: string;
  readonly version?: string;
}

export interface VaultReference {
  readonly scheme: "hashivault";
  readonly key: string;
  readonly version?: number;
}

export type KmsReference = AwsReference | GoogleReference | AzureReference | VaultReference | Pkcs11Reference;

type Groups = Readonly<Record<string, string | undefined>>;

const ID = String.raw`(?:mrk-[0-9a-f]{32}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})`;
const ALIAS = String.raw`alias/[\w/-]{1,250}`;
const ARN = String.raw`arn:aws(?:-[a-z]+)*:kms:(?<region>[a-z0-9-]{1,32}):\d{12}:(?:key/${ID}|${ALIAS})`;
const AWS = new RegExp(String.raw`^(?<endpoint>[A-Za-z0-9.-]+(?::\d{1,5})?)?/(?<keyId>${ID}|${ALIAS}|${ARN})$`);
const GOOGLE =
  /^(?<key>projects\/[a-z0-9.:-]{1,128}\/locations\/[a-z0-9-]{1,64}\/keyRings\/[\w-]{1,63}\/cryptoKeys\/[\w-]{1,63})(?:\/(?:versions|cryptoKeyVersions)\/(?<version>[1-9]\d{0,9}))?$/;
/** The clouds' own domains alone: a token for Azure is sent to no other host. */
const AZURE =
  /^(?<host>[a-z0-9](?:[a-z0-9-]{1,22}[a-z0-9])\.(?:vault\.azure\.net|vault\.azure\.cn|vault\.usgovcloudapi\.net|managedhsm\.azure\.net|managedhsm\.azure\.cn|managedhsm\.usgovcloudapi\.net))\/(?<key>[A-Za-z0-9-]{1,127})(?:\/(?<version>[0-9a-f]{32}))?$/i;
const VAULT = /^(?<key>\w(?:[\w.-]{0,126}\w)?)(?:\/versions\/(?<version>[1-9]\d{0,8}))?$/;

interface Scheme {
  readonly prefix: string;
  readonly form: string;
  parse(rest: string): KmsReference | undefined;
  /** Which part of what could not be parsed is wrong, where that can be told. */
  problemOf?(rest: string): string | undefined;
}

const SCHEMES: readonly Scheme[] = [
  {
    prefix: "awskms://",
    form: "awskms://[ENDPOINT]/ID, /alias/NAME or /ARN",
    parse: matching(AWS, ({ endpoint, keyId = "", region }) => ({
      scheme: "awskms",
      keyId,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(region === undefined ? {} : { region }),
    })),
  },
  {
    prefix: "gcpkms://",
    form: "gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K[/versions/N]",
    problemOf: googleProblem,
    parse: matching(GOOGLE, ({ key = "", version }) => ({
      scheme: "gcpkms",
      key,
      ...(version === undefined ? {} : { version }),
    })),
  },
  {
    prefix: "azurekms://",
    form: "azurekms://VAULT.vault.azure.net/KEY[/VERSION]",
    parse: matching(AZURE, ({ host = "", key = "", version }) => ({
      scheme: "azurekms",
      host: host.toLowerCase(),
      key,
      ...(version === undefined ? {} : { version: version.toLowerCase() }),
    })),
  },
  {
    prefix: "hashivault://",
    form: "hashivault://KEY[/versions/N]",
    parse: matching(VAULT, ({ key = "", version }) => ({
      scheme: "hashivault",
      key,
      ...(version === undefined ? {} : { version: Number(version) }),
    })),
  },
];

/**
 * Whether the text names a key in a service or token, rightly spelled or not, rather than a file: everything with a
 * scheme's `://` does, known or not. A file of such a name is `./` and that name.
 */
export function isKmsUri(text: string): boolean {
  return text.startsWith("pkcs11:") || /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text);
}

/**
 * The key that a URI names, in cosign's forms, and more strictly: nothing that a service would read differently.
 * @throws ConfigError CONFIG_INVALID; a URI is not repeated, since it may hold a PIN by mistake
 */
export function parseKmsUri(uri: string): KmsReference {
  if (uri.length > KMS_LIMITS.maxUriLength) {
    throw misconfigured(`The key's URI has ${uri.length} characters; at most ${KMS_LIMITS.maxUriLength} are read.`);
  }
  if (uri.startsWith("pkcs11:")) return parsePkcs11Uri(uri);
  const scheme = SCHEMES.find(({ prefix }) => uri.startsWith(prefix));
  if (scheme === undefined) {
    throw misconfigured(
      "The key's URI has none of the known schemes; use awskms://, gcpkms://, azurekms://, hashivault:// or pkcs11:, " +
        "or the path of a file.",
    );
  }
  const reference = scheme.parse(uri.slice(scheme.prefix.length));
  if (reference !== undefined) return reference;
  const why = scheme.problemOf?.(uri.slice(scheme.prefix.length)) ?? "correct it";
  throw misconfigured(`The key's URI is not of the form ${scheme.form}; ${why}.`);
}

const NAME_PART = { name: /^[\w-]{1,63}$/, form: "of letters, digits, _ and -" };
const GOOGLE_PARTS: readonly (readonly [string, { readonly name: RegExp; readonly form: string }])[] = [
  ["projects", { name: /^[a-z0-9.:-]{1,128}$/, form: "a project's id, in lower case" }],
  ["locations", { name: /^[a-z0-9-]{1,64}$/, form: "a location in lower case, such as global" }],
  ["keyRings", NAME_PART],
  ["cryptoKeys", NAME_PART],
];

/** The first part that is missing or cannot be meant; what stands there is not repeated. */
function googleProblem(rest: string): string | undefined {
  const parts = rest.split("/");
  for (const [index, [label, { name, form }]] of GOOGLE_PARTS.entries()) {
    const [found = "", value = ""] = parts.slice(2 * index);
    if (found !== label) return `${label}/... is missing ${index === 0 ? "at the start" : "after the part before it"}`;
    if (value === "") return `the name after ${label}/ is missing`;
    if (!name.test(value)) return `what stands after ${label}/ is not ${form}`;
  }
  return "what follows the key is not /versions/ and a number";
}

function matching(pattern: RegExp, toReference: (groups: Groups) => KmsReference): Scheme["parse"] {
  return (rest) => {
    const groups = pattern.exec(rest)?.groups;
    return groups === undefined ? undefined : toReference(groups);
  };
}
