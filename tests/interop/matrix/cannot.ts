import { hasTime, isLogged } from "./cells.ts";
import type { Cell } from "./cells.ts";

/** A reason why a cell is not a plain yes, with what the commands say there today. */
export interface Limit {
  /** Its number on the page. */
  readonly id: number;
  readonly covers: (cell: Cell) => boolean;
  /** The maker does not sign: the code of policy-pack, or a part of what cosign prints. */
  readonly signing?: string;
  /** cosign refuses the bundle that cosign made: a part of what it prints; left out when it accepts it. */
  readonly cosignVerifying?: string;
  /** What policy-pack says of the bundle that cosign made, by content; left out when it accepts it. */
  readonly ourVerifying?: string;
}

const isOurs = ({ maker }: Cell): boolean => maker === "policy-pack";
const isFile = ({ content }: Cell): boolean => content === "file";
const isStatement = ({ content }: Cell): boolean => content === "statement";
const isUntimed = (cell: Cell): boolean => cell.signer === "keyless" && !hasTime(cell);
const isCurve = ({ signer }: Cell): boolean => signer === "P-384" || signer === "P-521";
const isEd25519 = ({ signer }: Cell): boolean => signer === "Ed25519";
const isRare = (cell: Cell): boolean => isCurve(cell) || isEd25519(cell);
const isV1 = ({ witnesses }: Cell): boolean => witnesses.startsWith("v1 log");
const isV2 = ({ witnesses }: Cell): boolean => witnesses.startsWith("v2 log");

const theirs = (...conditions: readonly ((cell: Cell) => boolean)[]) => {
  return (cell: Cell): boolean => !isOurs(cell) && conditions.every((holds) => holds(cell));
};

const ENVELOPE_REFUSED = "could not verify envelope: accepted signatures do not match threshold, Found: 0, Expected 1";

/** Everything in the matrix that does not just work. Each is tried and matched, so that a cosign that can is noticed. */
export const CANNOT: readonly Limit[] = [
  { id: 1, covers: (cell) => isOurs(cell) && isUntimed(cell), signing: "CONFIG_INVALID" },
  {
    id: 2,
    covers: theirs(isUntimed, isFile, (cell) => !isLogged(cell)),
    ourVerifying: "TIMESTAMP_INVALID",
  },
  {
    id: 3,
    covers: theirs(isUntimed, isStatement, (cell) => !isLogged(cell)),
    ourVerifying: "PREDICATE_MISSING",
  },
  {
    id: 4,
    covers: theirs(isUntimed, isLogged),
    signing: "a timestamp authority must be provided to request a short-lived certificate",
  },
  {
    id: 5,
    covers: (cell) => isOurs(cell) && isRare(cell) && (isV2(cell) || (isFile(cell) && isLogged(cell))),
    signing: "KEY_INVALID",
  },
  {
    id: 6,
    covers: theirs(isCurve, isFile, (cell) => !isLogged(cell)),
    cosignVerifying: "invalid signature when validating ASN.1 encoded signature",
  },
  { id: 7, covers: theirs(isCurve, isStatement, (cell) => !isLogged(cell)), cosignVerifying: ENVELOPE_REFUSED },
  {
    id: 8,
    covers: theirs(isEd25519, isFile, (cell) => !isLogged(cell)),
    signing: "message is missing artifact digest",
  },
  {
    id: 9,
    covers: theirs(isRare, isStatement, (cell) => isV1(cell) || (isEd25519(cell) && !isLogged(cell))),
    signing: ENVELOPE_REFUSED,
  },
  { id: 10, covers: theirs(isRare, isFile, isV1), signing: "The request's data.hash is not a SHA-256 in hex." },
  { id: 11, covers: theirs(isRare, isV2), signing: "The request's digest is not 32 bytes long." },
];

/** The reason why this cell is no plain yes; undefined for one that is. */
export function limitOf(cell: Cell): Limit | undefined {
  const [limit, ...more] = CANNOT.filter(({ covers }) => covers(cell));
  if (more.length > 0) throw new Error(`several limits cover ${JSON.stringify(cell)}`);
  return limit;
}

/** The cell as the page shows it. */
export function verdictOf(cell: Cell): string {
  const limit = limitOf(cell);
  if (limit === undefined) return "yes";
  const isAccepted = limit.signing === undefined && limit.ourVerifying === undefined;
  return `${isAccepted ? "yes" : "no"} (${limit.id})`;
}

/** Whether cosign signs nothing there, or nothing that it verifies itself. */
export const isBeyondCosign = (limit: Limit | undefined): boolean =>
  limit?.signing !== undefined || limit?.cosignVerifying !== undefined;

/**
 * What policy-pack says of files that cosign signs with a certificate for another kind of key (`--signing-algorithm`), all
 * of which cosign verifies; undefined when it accepts them.
 */
export const CERTIFIED_KEYS: readonly (readonly [algorithm: string, code: string | undefined])[] = [
  ["ecdsa-sha2-256-nistp256", undefined],
  ["rsa-sign-pkcs1-2048-sha256", undefined],
  ["ecdsa-sha2-384-nistp384", undefined],
  ["ecdsa-sha2-512-nistp521", undefined],
];

/** What cosign does with a file that policy-pack takes as it is: the command that is typed, and what cosign prints. */
export interface Refusal {
  readonly file: string;
  readonly command: readonly string[];
  readonly says: string;
}

const signWith = (key: string): readonly string[] => [
  ...["sign-blob", "-y", "--key", key, "--signing-config", "nobody.config.json"],
  ...["--trusted-root", "root.json", "--bundle", "out/refused.json", "artifact"],
];
const importing = (key: string): readonly string[] => [
  ...["import-key-pair", "-y", "--key", key, "--output-key-prefix", "refused"],
];

export const REFUSED_FILES: readonly Refusal[] = [
  {
    file: "a private key in PKCS #8, plain",
    command: signWith("P-256.pem"),
    says: "unsupported pem type: PRIVATE KEY",
  },
  {
    file: "a private key in SEC 1",
    command: signWith("sec1.pem"),
    says: "unsupported pem type: EC PRIVATE KEY",
  },
  {
    file: "a private key in PKCS #1",
    command: signWith("pkcs1.pem"),
    says: "unsupported pem type: RSA PRIVATE KEY",
  },
  {
    file: "a private key in PKCS #8, encrypted",
    command: signWith("encrypted.pem"),
    says: "unsupported pem type: ENCRYPTED PRIVATE KEY",
  },
  {
    file: "the same, to be imported",
    command: importing("encrypted.pem"),
    says: "unsupported private key",
  },
  {
    file: "an RSA key of other than 2048, 3072 and 4096 bits, to be imported",
    command: importing("rsa-2560.pem"),
    says: "key size not supported: 2560",
  },
  {
    file: "bundles as JSON lines",
    command: [
      ...["verify-blob", "--key", "P-256.pub", "--bundle", "out/all.sigstore.jsonl"],
      ...["--insecure-ignore-tlog", "artifact"],
    ],
    says: "invalid character '{' after top-level value",
  },
];
