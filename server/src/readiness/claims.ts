import type { DerivedVerdict, ReadinessFacts } from "./verdict.ts";

/** What each type of attestation would have proven, for people. */
const CLAIMS: Readonly<Record<string, string>> = {
  slsaprovenance1: "that it is known how, and from which source, the artifact was built",
  "test-result": "that the artifact's tests passed",
  "decision-diff": "that it is known which decisions the change alters",
  release: "that the artifact is part of a published release",
  vsa: "that somebody verified the artifact",
  approval: "that the release was approved",
  cyclonedx: "that it is known what the artifact is made of",
};

/**
 * What nobody may say of the release on the strength of the verdict: the opposite of every demand that is not met, and
 * what no measurement can show.
 */
export function forbiddenClaims(facts: ReadinessFacts, { verdict, risks }: DerivedVerdict): readonly string[] {
  const { service, releaseId, environment, attestations, target } = facts;
  const whole =
    verdict === "GO" || verdict === "GO_WITH_ACCEPTED_RISKS"
      ? []
      : [`that ${service} ${releaseId} is ready for ${environment}`];
  const taken = risks.map(({ code, until }) => `that ${code} is resolved: it is accepted until ${until}`);
  const unproven = attestations.filter(({ state }) => state !== "proven").map(({ name }) => claimOf(name));
  const undemanded =
    attestations.length === 0
      ? ["that the artifact was built, tested or approved as it should be: nothing of that is demanded"]
      : [];
  const unnamed = facts.isMeasuredUnnamed
    ? [`that ${target} is what was measured: a measurement names no artifact`]
    : [];
  const anonymous = target === undefined ? ["which artifact this verdict is about"] : unnamed;
  const measuredAt = facts.judgement.measuredAt;
  const later = measuredAt === undefined ? [] : [`anything about the time after ${measuredAt}, when it was measured`];
  return [
    ...new Set([
      ...whole,
      ...taken,
      ...unproven,
      ...undemanded,
      ...anonymous,
      ...later,
      `anything about another environment than ${environment}`,
    ]),
  ];
}

function claimOf(name: string): string {
  const type = name.replace(/#\d+$/, "");
  return (Object.hasOwn(CLAIMS, type) ? CLAIMS[type] : undefined) ?? `that there is a valid attestation ${name}`;
}
