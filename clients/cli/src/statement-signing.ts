import { toStatement } from "@policy-pack/pack";
import type { StatementContent } from "@policy-pack/pack";
import type { VerifiedBundle } from "@policy-pack/verify";
import { writeBundle } from "./bundle-output.ts";
import type { BundleTarget } from "./bundle-output.ts";
import { displayPath } from "./locate.ts";
import { formatTable } from "./report.ts";
import type { Report } from "./report.ts";
import type { OpenedSigner } from "./signing.ts";
import type { Terminal } from "./terminal.ts";
import { printWarnings } from "./warnings.ts";

export interface SignedStatement {
  /** Where the bundle was written. */
  readonly path: string;
  readonly verified: VerifiedBundle;
  readonly warnings: readonly string[];
}

export interface StatementJob {
  readonly content: StatementContent;
  readonly target: BundleTarget;
  readonly signer: OpenedSigner;
  /** Looks at who signed before anything is written. @throws what is to be reported instead */
  readonly check?: (verified: VerifiedBundle) => void;
}

/**
 * Signs a statement, proves the bundle for each of its subjects, and only then writes it, whole or not at all.
 * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED for a statement that cannot be made; ConfigError SIGNING_FAILED,
 *   OUTPUT_FAILED and the like; what verifying throws
 */
export async function signStatementTo(terminal: Terminal, job: StatementJob): Promise<SignedStatement> {
  const { content, target, signer } = job;
  const statement = toStatement(content);
  const { signStatement } = await import("@policy-pack/sign");
  const bundle = await signStatement(statement, signer.parties);
  let verified: VerifiedBundle | undefined;
  for (const { digest } of content.subjects) verified = await signer.verify(bundle, { digest });
  if (verified === undefined) throw new TypeError("a statement without a subject was signed");
  job.check?.(verified);
  const path = await writeBundle(target, bundle);
  const warnings = await signer.warnings("statement");
  printWarnings(terminal, warnings);
  return { path, verified, warnings };
}

/** What was said about what, by whom, and where it stands. */
export function describeSigned(
  terminal: Terminal,
  content: StatementContent,
  signed: SignedStatement,
  signer: OpenedSigner,
): Report {
  const { path, verified, warnings } = signed;
  const { predicateType, predicate, subjects } = content;
  const { signer: who } = verified;
  const note = signer.note ?? null;
  const rows = [
    ["statement", predicateType],
    ...subjects.map(({ name, digest }) => ["about", `${name ?? ""} ${digest}`.trim()]),
    ["signer", who.kind === "key" ? `the key ${who.keyHint}` : who.identity],
    ...(who.kind === "key" ? [] : [["issuer", who.issuer]]),
    ["trusted root", signer.source],
  ];
  const text = [`${displayPath(terminal, path)} is written.`, formatTable(rows), ...(note === null ? [] : [note])];
  const json = {
    bundle: path,
    predicateType,
    subjects,
    predicate,
    signer: who,
    trustedRoot: signer.source,
    note,
    warnings,
  };
  return { json, text: text.join("\n") };
}
