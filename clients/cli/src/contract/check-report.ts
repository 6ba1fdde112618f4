import type { ContractFinding } from "@policy-pack/pack";
import { Rejection, toError } from "../rejection.ts";
import { formatTable } from "../report.ts";
import type { Report } from "../report.ts";
import { printable } from "../terminal.ts";
import type { NamedBase } from "./base.ts";
import type { ContractCheck } from "./check.ts";

/**
 * The answer to a check, for programs and for people.
 * @throws Rejection with the code of the first finding, and all of them beside it
 */
export function describeCheck(check: ContractCheck): Report {
  const { manifest, base, bundles, findings } = check;
  const { packId, contractVersion, revision, previousDigest, digest, policyDigest, lifecycle, emergencyFlags } =
    manifest;
  const stated = { packId, contractVersion, revision, previousDigest, policyDigest, lifecycle, emergencyFlags };
  const json = { ...stated, digest: `sha256:${digest.value}`, base: describeBase(base), bundles, findings };
  const rows = [
    ["base", base === undefined ? "none: nothing was compared" : baseWords(base)],
    ["digest", json.digest],
    ["policy", policyDigest ?? "", policyWords(base, policyDigest)],
    ["lifecycle", lifecycle ?? ""],
    ...bundles.map((path) => ["bundle", path]),
  ];
  const [first, ...more] = findings;
  if (first === undefined) {
    return {
      json: { ok: true, ...json },
      text: `${packId} revision ${revision}: nothing is wrong\n\n${formatTable(rows)}`,
    };
  }
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  const text = [formatTable(rows), ...findings.map(findingText)].join("\n\n");
  throw new Rejection(toError(first.code, `${packId}: ${first.what}. ${first.mend}${others}`), {
    json: { ok: false, ...json },
    text,
  });
}

function findingText({ code, what, mend }: ContractFinding): string {
  return printable(`${code}: ${what}.\n  ${mend}`);
}

function describeBase(base: NamedBase | undefined): Readonly<Record<string, unknown>> | null {
  if (base === undefined) return null;
  const { kind, name, commit, verified, contract } = base;
  const of =
    contract === undefined ? null : { packId: contract.packId, revision: contract.revision, digest: contract.digest };
  return { kind, name, commit: commit ?? null, verified: verified ?? null, contract: of };
}

function baseWords({ name, commit, verified, contract }: NamedBase): string {
  const where = commit === undefined ? name : `${name} (made by ${commit.slice(0, 12)})`;
  const doubt = verified === false ? ", unverified" : "";
  if (contract === undefined) return `${where}: holds no such pack`;
  return `${where}: ${contract.packId} revision ${contract.revision}${doubt}`;
}

function policyWords(base: NamedBase | undefined, policyDigest: string | undefined): string {
  const before = base?.contract?.policyDigest;
  if (before === undefined) return "";
  return before === policyDigest ? "as in the base" : "other than in the base";
}
