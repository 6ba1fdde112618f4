import type { BundleReport, SignerReport } from "@policy-pack/verify";
import type { Explanation } from "./explain.ts";

/** The signer of a report in words, as tables and sentences name it. */
export function nameOfSigner(signer: SignerReport | undefined): string {
  if (signer === undefined) return "an unknown signer";
  return signer.kind === "key" ? `the key ${signer.keyHint ?? ""}` : (signer.identity ?? "");
}

/** Names below `.localhost` resolve nowhere: only an authority that someone runs for himself has them. */
export function isDevelopment(bundle: BundleReport): boolean {
  const names = [
    bundle.signer?.issuer,
    ...bundle.logEntries.map(({ log }) => log),
    ...bundle.times.map(({ name }) => name),
  ];
  return names.some((name) => name !== undefined && /^(?:https?:\/\/)?[^/]*\.localhost(?:[:/]|$)/.test(name));
}

/** What one accepted bundle proves, and what its kind leaves open. */
export function explainBundle(bundle: BundleReport): Explanation {
  const parts = [explainContent(bundle), explainSigner(bundle), explainLog(bundle), explainTime(bundle)];
  return {
    proven: parts.flatMap(({ proven }) => proven),
    notProven: parts.flatMap(({ notProven }) => notProven),
  };
}

function explainContent({ signer, statement }: BundleReport): Explanation {
  if (statement === undefined) return { proven: [], notProven: [] };
  const who = nameOfSigner(signer);
  return {
    proven: [`Something is stated about the file by ${who}: a statement of the type ${statement.predicateType}.`],
    notProven: [`That what ${who} stated is true: the signature says only that it was stated.`],
  };
}

function explainSigner(bundle: BundleReport): Explanation {
  const { signer } = bundle;
  const who = nameOfSigner(signer);
  if (signer?.kind !== "certificate") {
    return {
      proven: [`Whoever signed holds the private key of ${who}.`],
      notProven: [
        `Who that is: a key has no name. You must know from elsewhere whose it is, and that nobody has stolen it.`,
      ],
    };
  }
  if (isDevelopment(bundle)) {
    return {
      proven: [`Whoever signed used a development authority, which calls everyone ${who}.`],
      notProven: [
        "Anything to others: the development authority's keys lie in a folder, and whoever can read it can sign as it.",
      ],
    };
  }
  return {
    proven: [`Whoever signed was known to ${signer.issuer ?? ""} as ${who} at that moment.${claimsOf(signer)}`],
    notProven: [`That ${who} wanted to sign: somebody who has taken over that account or workflow signs as it.`],
  };
}

function claimsOf({ github = {} }: SignerReport): string {
  const { repository, ref, event } = github;
  if (repository === undefined) return "";
  const from = ref === undefined ? "" : ` from ${ref}`;
  const by = event === undefined ? "" : `, started by "${event}"`;
  return ` It was a GitHub workflow that ran for ${repository}${from}${by}.`;
}

function explainLog(bundle: BundleReport): Explanation {
  const { logEntries, signer } = bundle;
  const who = nameOfSigner(signer);
  if (logEntries.length === 0) {
    return {
      proven: [],
      notProven: [
        `That anyone else could have seen this signature of ${who}: it is in no log, so one made with a stolen key or` +
          " account would go unnoticed.",
      ],
    };
  }
  const entries = logEntries.map(({ log, logIndex, checkpoint }) =>
    checkpoint === null
      ? `The log ${log} has promised to list this signature of ${who} as entry ${logIndex}.`
      : `This signature of ${who} stands in the log ${log} as entry ${logIndex}.`,
  );
  if (!isDevelopment(bundle)) {
    return {
      proven: entries,
      notProven: ["That anyone has looked at that log: it shows a misuse only to those who watch it."],
    };
  }
  return {
    proven: entries,
    notProven: ["That anyone else sees that log: it lies in the development authority's folder."],
  };
}

function explainTime({ times, signer }: BundleReport): Explanation {
  const who = nameOfSigner(signer);
  if (times.length > 0) {
    const told = times.map(
      ({ time, name, source }) => `${time} (by the ${source} ${name === "" ? "without a name" : name})`,
    );
    return { proven: [`This signature of ${who} existed at ${told.join(" and ")}.`], notProven: [] };
  }
  return {
    proven: [],
    notProven: [
      `When ${who} signed: nobody who is believed told the time, so it may have been today or years ago, before or after` +
        " the key was lost.",
    ],
  };
}
