import { readFile, writeFile } from "node:fs/promises";
import { configName } from "./bench.ts";
import type { Bench, OurOutcome, Outcome } from "./bench.ts";
import { isLogged, isStamped } from "./cells.ts";
import type { Cell, Maker, Signer } from "./cells.ts";
import { keyFiles } from "./keys.ts";

const TYPE = "slsaprovenance1";
const ROOT = ["--trusted-root", "root.json"];

/** What is asked of a verifier; the defaults are what was signed. */
export interface Question {
  readonly artifact?: string;
  readonly type?: string;
  /** Asks for a signer who signed nothing. */
  readonly isStranger?: boolean;
}

export const bundleOf = (cell: Cell): string => `out/${Object.values(cell).join("-").replaceAll(/[ +]+/g, "-")}.json`;

/** Has policy-pack sign, as a person would type it. */
export async function signWithOurs(bench: Bench, cell: Cell): Promise<OurOutcome> {
  const verb = cell.content === "file" ? "sign" : "attest";
  return bench.ours(verb, "artifact", ...(await signingFlags(bench, cell)));
}

/** Has cosign sign. */
export async function signWithCosign(bench: Bench, cell: Cell): Promise<Outcome> {
  const verb = cell.content === "file" ? "sign-blob" : "attest-blob";
  return bench.cosign(verb, "-y", ...(await signingFlags(bench, cell)), "artifact");
}

/** Both commands take the same. */
async function signingFlags(bench: Bench, cell: Cell): Promise<readonly string[]> {
  return [
    ...(await signerFlags(bench, cell)),
    ...["--signing-config", configName(cell.witnesses), ...ROOT, "--bundle", bundleOf(cell)],
    ...(cell.content === "file" ? [] : ["--type", TYPE, "--predicate", "predicate.json"]),
  ];
}

async function signerFlags(bench: Bench, cell: Cell): Promise<readonly string[]> {
  if (cell.signer !== "keyless") return ["--key", keyFiles(cell.signer, cell.maker).private];
  const token = `${bundleOf(cell)}.token`;
  await writeFile(bench.at(token), bench.authority.authority.identityToken());
  return ["--identity-token", token];
}

/** Asks policy-pack, which must see every witness that the cell has. */
export async function verifyWithOurs(bench: Bench, cell: Cell, question: Question = {}): Promise<OurOutcome> {
  const { artifact = "artifact", type = TYPE } = question;
  const policy = {
    signers: [await ruleOf(bench, cell, question)],
    minimumLogEntries: isLogged(cell) ? 1 : 0,
    minimumTimestamps: isStamped(cell) ? 1 : 0,
  };
  const name = `${bundleOf(cell)}.${artifact}.${type}.${String(question.isStranger === true)}.policy`;
  await writeFile(bench.at(name), JSON.stringify(policy));
  const what = cell.content === "file" ? ["verify", artifact] : ["verify-attestation", artifact, "--type", type];
  return bench.ours(...what, "--bundle", bundleOf(cell), "--policy", name, ...ROOT);
}

async function ruleOf({ at, authority }: Bench, cell: Cell, { isStranger }: Question): Promise<object> {
  if (cell.signer === "keyless") {
    const { identity, issuer } = authority;
    const certificateIdentity = isStranger === true ? `x${identity}` : identity;
    return { certificateIdentity, certificateOidcIssuer: issuer };
  }
  return { publicKey: await readFile(at(publicKeyOf(cell.signer, cell.maker, isStranger === true)), "utf8") };
}

/** What is asked of each verifier beside the truth: about another file, of another signer, under another type. */
export const twinsOf = ({ content }: Cell): readonly Question[] => [
  { artifact: "other" },
  { isStranger: true },
  ...(content === "file" ? [] : [{ type: "spdxjson" }]),
];

/** The flags by which cosign looks at the witnesses that there are; without a log it must be told so. */
export const cosignWitnessFlags = (cell: Pick<Cell, "witnesses">): readonly string[] => [
  ...(isLogged(cell) ? [] : ["--insecure-ignore-tlog"]),
  ...(isStamped(cell) ? ["--use-signed-timestamps"] : []),
];

export async function verifyWithCosign(bench: Bench, cell: Cell, question: Question = {}): Promise<Outcome> {
  const { artifact = "artifact", type = TYPE } = question;
  const what = cell.content === "file" ? ["verify-blob"] : ["verify-blob-attestation", "--type", type];
  const who = cosignSignerFlags(bench, cell, question.isStranger === true);
  return bench.cosign(...what, "--bundle", bundleOf(cell), ...ROOT, ...who, ...cosignWitnessFlags(cell), artifact);
}

function cosignSignerFlags({ authority }: Bench, cell: Cell, isStranger: boolean): readonly string[] {
  if (cell.signer !== "keyless") return ["--key", publicKeyOf(cell.signer, cell.maker, isStranger)];
  const identity = isStranger ? `x${authority.identity}` : authority.identity;
  return ["--certificate-identity", identity, "--certificate-oidc-issuer", authority.issuer];
}

function publicKeyOf(signer: Exclude<Signer, "keyless">, maker: Maker, isStranger: boolean): string {
  const files = keyFiles(signer, maker);
  return isStranger ? files.stranger : files.public;
}
