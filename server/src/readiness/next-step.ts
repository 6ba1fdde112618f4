import type { DerivedVerdict, ReadinessFacts } from "./verdict.ts";

/** What to do now. */
export interface NextStep {
  /** For people, one sentence. */
  readonly advice: string;
  /** A command to begin with; capitals stand for what only its user knows. */
  readonly command: string;
}

type Make = (facts: ReadinessFacts, name: string) => NextStep;

const PUSH = "policy-pack evidence push EVIDENCE_FILE --server URL";

/** In the order in which one thing rests on another: a pack first, then measurements of the right thing, then statements. */
const STEPS: readonly (readonly [pattern: RegExp, make: Make])[] = [
  [
    /^(service_unknown|release_invalid)$/,
    (facts) => ({ advice: "Correct the name of the service or of the release.", command: again(facts) }),
  ],
  [
    /^(STORE_FAILED|METRICS_UNAVAILABLE|UNEXPECTED)$/,
    (facts) => ({ advice: "Have the server repaired as its log says, then ask again.", command: again(facts) }),
  ],
  [
    /^(input_schema_missing|readiness_limit_invalid|limit_invalid|[A-Z_]+|undecided)$/,
    () => ({
      advice: "Put a signed pack that can decide in the server's folder.",
      command: "policy-pack verify PACK_TAR --bundle BUNDLE --policy POLICY --trusted-root ROOT --steps",
    }),
  ],
  [
    /^evidence_other_(target|environment)$/,
    () => ({ advice: "Measure this artifact in this environment and send that.", command: PUSH }),
  ],
  [
    /^(evidence_missing|evidence_incomplete|target_missing)$/,
    () => ({ advice: "Send the evidence that is missing.", command: PUSH }),
  ],
  [
    /^(evidence_stale|soak_missing|soak_too_short)$/,
    () => ({ advice: "Measure the release again and send that.", command: PUSH }),
  ],
  [
    /^attestation_[a-z_]+:(.+)$/,
    (facts, name) => ({
      advice: `Have ${name} attested by who may, and send its bundle with the evidence.`,
      command: `policy-pack attest ${facts.target ?? "FILE"} --type ${name.replace(/#\d+$/, "")} --predicate FILE`,
    }),
  ],
];

/** The next thing to do, and the command that does it or begins it. */
export function nextStep(facts: ReadinessFacts, { verdict, notProven, risks }: DerivedVerdict): NextStep {
  if (verdict === "GO" || verdict === "GO_WITH_ACCEPTED_RISKS") {
    const advice = verdict === "GO" ? "Promote it." : "Promote it, and mend what is accepted before that ends.";
    return { advice, command: `${again(facts)} --attest VSA_FILE` };
  }
  if (verdict === "NO_GO") {
    return { advice: "Do not promote it; mend the release, measure it again, then ask again.", command: again(facts) };
  }
  const open = notProven.map(({ code }) => code).filter((code) => !risks.some((risk) => risk.code === code));
  for (const [pattern, make] of STEPS) {
    for (const code of open) {
      const match = pattern.exec(code);
      if (match !== null) return make(facts, match[1] ?? "");
    }
  }
  return { advice: "Bring what is listed as not proven, then ask again.", command: again(facts) };
}

function again({ service, releaseId }: ReadinessFacts): string {
  return `policy-pack readiness --service ${word(service)} --release ${word(releaseId)}`;
}

/** Names of releases are plain words; what is none is not put into a command line. */
function word(text: string): string {
  return /^[A-Za-z0-9._+-]{1,128}$/.test(text) ? text : "NAME";
}
