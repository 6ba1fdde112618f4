import { describe, expect, it } from "@jest/globals";
import { lintVerificationPolicy } from "../../src/index.ts";
import { checkConstraintsAgree } from "../../src/policy/constraints.ts";
import type { Constraint } from "../../src/policy/constraints.ts";
import { keyPair } from "../support/certificates.ts";
import { at, pemOf } from "../support/signers.ts";
import { iso, keys, logJson, NOW, rootJson } from "../support/world.ts";
import type { LogJson } from "../support/world.ts";

const ann = { certificateIdentity: "ann@example.com", certificateOidcIssuer: "https://issuer.example.com" };
const bob = { ...ann, certificateIdentity: "bob@example.com" };
const key = { publicKey: pemOf(keyPair()) };
const otherKey = { publicKey: pemOf(keyPair()) };
const github = { repository: "acme/app", ownerId: "5", workflow: ".github/workflows/a.yml", ref: "refs/heads/main" };
const pattern = { certificateIdentityRegexp: "^a[0-9]$", certificateOidcIssuer: "b" };
const proven = { minimumTimestamps: 1 };
const stampedAgain = /stamped again/;

/** The warnings, without those of another kind. */
function doubts(policy: object, ...others: readonly RegExp[]): readonly string[] {
  const { errors, warnings } = lintVerificationPolicy(policy);
  expect(errors).toEqual([]);
  return warnings.filter((text) => !others.some((other) => other.test(text)));
}

describe("lintVerificationPolicy", () => {
  it.each<[string, object]>([
    ["a pattern of known length", { signers: [pattern] }],
    [
      "a pattern where one signer is enough",
      {
        signers: [
          { name: "a", ...pattern },
          { name: "b", ...ann },
        ],
      },
    ],
    [
      "a workflow beside an identity, of no repository",
      { signers: [{ ...ann, github: { ...github, repository: undefined, ownerId: undefined } }] },
    ],
    ["a repository by its id alone", { signers: [{ github: { ...github, repository: undefined } }] }],
    [
      "a repository by its own id and name",
      { signers: [{ github: { ...github, ownerId: undefined, repositoryId: "7" } }] },
    ],
    ["the workflow that signs", { signers: [{ github: { ...github, workflow: undefined, buildSigner: "a" } }] }],
    ["the environment", { signers: [{ github: { ...github, ref: undefined, environment: "release" } }] }],
    [
      "a successor from the start",
      {
        signers: [
          { name: "a", ...ann, notAfter: at(5) },
          { name: "a", ...bob },
        ],
      },
    ],
    [
      "a successor from the very end",
      {
        signers: [
          { name: "a", ...ann, notAfter: at(5) },
          { name: "a", ...bob, notBefore: at(5) },
        ],
      },
    ],
    ["two workflows without names", { signers: [{ github }, { github: { ...github, ref: "refs/heads/b" } }] }],
    ["workflows with and without a name", { signers: [{ name: "a", github }, { github }] }],
    [
      "two workflows of one name",
      {
        signers: [
          { name: "a", github },
          { name: "a", github },
        ],
      },
    ],
    [
      "two keys of two names",
      {
        signers: [
          { name: "a", ...key },
          { name: "b", ...otherKey },
        ],
      },
    ],
    [
      "an attestation with a constraint",
      {
        signers: [ann],
        attestations: [{ predicateType: "https://a.example/b", constraints: [{ pointer: "/a", equals: 1 }] }],
      },
    ],
  ])("when the policy has %s says nothing", (_, policy) => {
    expect(doubts(policy)).toEqual([]);
  });

  it("when a key ends and nothing proves a time says so, and not when a log does", () => {
    const signers = [
      { name: "a", ...key, notAfter: at(5) },
      { name: "a", ...ann },
    ];
    expect(doubts({ signers })).toEqual([expect.stringMatching(/^signers\[0\]: its window needs/)]);
    expect(doubts({ signers, minimumLogEntries: 1 })).toEqual([]);
    expect(doubts({ signers, ...proven }, stampedAgain)).toEqual([]);
  });

  it.each([
    ["later", at(9), ["signers[1]"]],
    ["at the same time", at(5), ["signers[0]", "signers[1]"]],
    ["before", at(4), ["signers[0]"]],
  ])("when the successor ends %s says whose end has none", (_, notAfter, places) => {
    const signers = [
      { name: "a", ...ann, notAfter: at(5) },
      { name: "a", ...bob, notAfter },
    ];
    expect(doubts({ signers }).map((text) => text.split(":")[0])).toEqual(places);
  });

  it("when any diff from any pack is taken says so, and not when it starts from one", () => {
    const doubtsOf = (rule: object): readonly string[] => {
      const diff = { predicateType: "urn:policy-pack:decision-diff:v1", ...rule };
      return doubts({ signers: [ann], attestations: [diff] }).map((text) => text.replace(/^\S+ /, ""));
    };
    expect(doubtsOf({})).toEqual([expect.stringMatching(/any content/)]);
    expect(doubtsOf({ decisionDiff: {} })).toEqual([expect.stringMatching(/any other pack/)]);
    expect(doubtsOf({ decisionDiff: { from: `sha256:${"0".repeat(64)}` } })).toEqual([]);
  });

  it("when a timestamp is demanded in place of a log does not ask for one", () => {
    expect(doubts({ signers: [ann], minimumLogEntries: 0, ...proven })).toEqual([
      expect.stringMatching(/^minimumLogEntries/),
    ]);
  });

  it("when one of two logs proves no time says so, unless it is retired", () => {
    const silent = (end?: string): LogJson => {
      const log = logJson(keys.log, "https://silent.example.com");
      const rawBytes = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
      const validFor = { ...log.publicKey.validFor, ...(end === undefined ? {} : { end }) };
      return { ...log, publicKey: { rawBytes, keyDetails: "PKIX_ED25519", validFor } };
    };
    const policy = (log: LogJson): object => ({
      signers: [ann],
      trustedRoots: { a: rootJson({ tlogs: [logJson(keys.log), log] }) },
    });
    expect(doubts(policy(silent()))).toHaveLength(1);
    expect(doubts(policy(silent(iso(NOW))))).toEqual([]);
  });
});

describe("checkConstraintsAgree", () => {
  it.each<[string, readonly Constraint[]]>([
    ["a pattern alone", [{ pointer: "/a", pattern: "^a$" }]],
    [
      "a pattern of what exists",
      [
        { pointer: "/a", pattern: "^a$" },
        { pointer: "/a", exists: true },
      ],
    ],
    [
      "bounds alone",
      [
        { pointer: "/a", minimum: 1 },
        { pointer: "/a", maximum: 1 },
      ],
    ],
  ])("when there is %s accepts it", (_, constraints) => {
    expect(() => {
      checkConstraintsAgree(constraints);
    }).not.toThrow();
  });

  it("when a pattern and a bound are on one place throws", () => {
    expect(() => {
      checkConstraintsAgree([
        { pointer: "/a", pattern: "^1$" },
        { pointer: "/a", minimum: 1 },
      ]);
    }).toThrow();
  });
});
