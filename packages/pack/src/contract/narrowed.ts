import { packLocation } from "../layout.ts";
import { quotePath } from "../path.ts";
import type { PackContract } from "./contract.ts";
import type { ContractFinding } from "./finding.ts";
import { findNarrowings } from "./schema/narrowing.ts";

/**
 * Entrypoints that are gone, and inputs of which less is taken. A package whose entrypoints are all gone is told once,
 * by those; one that never had a schema promised no fields.
 * @throws FormatError LIMIT_EXCEEDED
 */
export function narrowingFindings(base: PackContract, next: PackContract): ContractFinding[] {
  const kept = new Set(next.entrypoints);
  const gone = base.entrypoints.filter((entrypoint) => !kept.has(entrypoint));
  return [
    ...gone.map((entrypoint) => narrowed(next, `the entrypoint ${quotePath(entrypoint)} is gone`)),
    ...inputFindings(base, next),
  ];
}

function inputFindings(base: PackContract, next: PackContract): ContractFinding[] {
  if (base.inputs === undefined || next.inputs === undefined) return [];
  const findings: ContractFinding[] = [];
  for (const [name, schema] of base.inputs) {
    const now = next.inputs.get(name);
    const isGone = now === undefined && isAsked(base, name) && !isAsked(next, name);
    if (isGone) continue;
    if (now === undefined)
      findings.push(narrowed(next, `the input schema of ${quotePath(name)} is gone, with all its fields`));
    else {
      for (const { at, what } of findNarrowings(schema, now)) {
        const place = at === "" ? "the input" : quotePath(at);
        findings.push(narrowed(next, `${place} of ${quotePath(name)}: ${what}`));
      }
    }
  }
  return findings;
}

/** Whether a package has an entrypoint. */
function isAsked({ entrypoints }: PackContract, name: string): boolean {
  return entrypoints.some(
    (entrypoint) => entrypoint.startsWith(`${name}/`) && !entrypoint.slice(name.length + 1).includes("/"),
  );
}

function narrowed({ packId }: PackContract, what: string): ContractFinding {
  const { name, version } = packLocation(packId);
  const following = `v${BigInt(version.slice(1)) + 1n}`;
  const mend = `Bring it back, or start contract version ${following} in its own folder: policy-pack init contracts/${name}/${following}.`;
  return { code: "CONTRACT_NARROWED", what, mend };
}
