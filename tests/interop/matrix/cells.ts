/** Who signs. The encrypted key is one that the other side's `generate-key-pair` made. */
export const SIGNERS = ["keyless", "P-256", "RSA-2048", "encrypted P-256", "P-384", "P-521", "Ed25519"] as const;
/** Who saw the signature: what the signing config names. */
export const WITNESSES = [
  "nobody",
  "timestamp",
  "v1 log",
  "v1 log + timestamp",
  "v2 log",
  "v2 log + timestamp",
] as const;
export const CONTENTS = ["file", "statement"] as const;
/** Whose command signs; the other's verifies. */
export const MAKERS = ["policy-pack", "cosign"] as const;

export type Signer = (typeof SIGNERS)[number];
export type Witnesses = (typeof WITNESSES)[number];
export type Content = (typeof CONTENTS)[number];
export type Maker = (typeof MAKERS)[number];

export interface Cell {
  readonly signer: Signer;
  readonly witnesses: Witnesses;
  readonly content: Content;
  readonly maker: Maker;
}

/** The rows of the matrix. */
export const ROWS = SIGNERS.flatMap((signer) => WITNESSES.map((witnesses) => [signer, witnesses] as const));

/** What one row is tried with, in the order of the page's columns. */
export const cellsOf = (signer: Signer, witnesses: Witnesses): readonly Cell[] =>
  MAKERS.flatMap((maker) => CONTENTS.map((content) => ({ signer, witnesses, content, maker })));

export const isLogged = ({ witnesses }: Pick<Cell, "witnesses">): boolean => witnesses.includes("log");
export const isStamped = ({ witnesses }: Pick<Cell, "witnesses">): boolean => witnesses.includes("timestamp");
/** A certificate needs a proven time: a v1 log tells one, a v2 log does not. */
export const hasTime = (cell: Pick<Cell, "witnesses">): boolean =>
  isStamped(cell) || cell.witnesses.startsWith("v1 log");
