import { keyPair } from "./certificates.ts";
import { at, pemOf } from "./signers.ts";
import { rootJson } from "./world.ts";

export const ann = { certificateIdentity: "ann@example.com", certificateOidcIssuer: "https://issuer.example.com" };
export const bob = { ...ann, certificateIdentity: "bob@example.com" };
const key = { publicKey: pemOf(keyPair()) };
const reviewed = { predicateType: "https://example.com/reviewed/v1" };
const changed = { predicateType: "urn:policy-pack:decision-diff:v1" };
const root = rootJson();

/** Policies that can be used. */
export const GOOD_POLICIES: readonly (readonly [string, object])[] = [
  [
    "two named signers",
    {
      signers: [
        { name: "a", ...ann },
        { name: "b", ...bob },
      ],
      threshold: 2,
    },
  ],
  [
    "a signer with a key and an identity",
    {
      signers: [
        { name: "a", ...ann },
        { name: "a", ...key },
      ],
    },
  ],
  ["an attestation by the policy's signers", { signers: [ann], attestations: [reviewed] }],
  ["attestations alone", { attestations: [{ ...reviewed, signers: [ann] }] }],
  [
    "a decision diff",
    {
      signers: [ann],
      attestations: [
        { ...changed, decisionDiff: { maxFlips: 0, from: `sha256:${"0".repeat(64)}`, minimumCompared: 1 } },
      ],
    },
  ],
  ["a decision diff of any number of flips", { signers: [ann], attestations: [{ ...changed, decisionDiff: {} }] }],
  ["one trusted root", { signers: [ann], trustedRoots: { ours: root } }],
  [
    "two trusted roots",
    {
      signers: [
        { ...ann, trustedRoot: "ours" },
        { ...bob, trustedRoot: "theirs" },
      ],
      trustedRoots: { ours: root, theirs: root },
    },
  ],
  ["roles", { signers: [ann], denylist: { signers: [bob] }, pause: { signers: [ann], threshold: 1 } }],
  ["a pattern", { signers: [{ ...ann, certificateIdentity: undefined, certificateIdentityRegexp: "^a$" }] }],
  ["claims", { signers: [{ github: { repository: "acme/app" } }] }],
  ["claims of no repository beside an identity", { signers: [{ ...ann, github: { event: "push" } }] }],
  ["one identity with a name and without", { signers: [{ name: "a", ...ann }, ann] }],
  ["its schema", { $schema: "https://example.com/schema.json", signers: [ann] }],
];

/** Policies of another form than policies have: their schema says so too. */
export const BAD_POLICIES: readonly (readonly [string, object])[] = [
  ["nothing", {}],
  ["a denylist alone", { denylist: { signers: [ann] } }],
  ["no signer", { signers: [] }],
  ["a threshold without signers", { threshold: 1, attestations: [{ ...reviewed, signers: [ann] }] }],
  ["acceptStatements without signers", { acceptStatements: true, attestations: [{ ...reviewed, signers: [ann] }] }],
  ["a threshold of 0", { signers: [ann], threshold: 0 }],
  ["a threshold of a half", { signers: [ann], threshold: 0.5 }],
  ["a threshold in a string", { signers: [ann], threshold: "1" }],
  ["a role without signers", { signers: [ann], denylist: { signers: [] } }],
  ["a role without anything", { signers: [ann], denylist: {} }],
  ["a window without a time zone", { signers: [{ ...ann, notAfter: "2026-01-01T00:00:00" }] }],
  ["an oldest time in words", { signers: [ann], oldestSigningTime: "yesterday" }],
  ["an empty list of trusted roots", { signers: [ann], trustedRoots: {} }],
  ["a trusted root that is none", { signers: [ann], trustedRoots: { ours: {} } }],
  ["a trusted root in a string", { signers: [ann], trustedRoots: { ours: JSON.stringify(root) } }],
  ["less than no log", { signers: [ann], minimumLogEntries: -1 }],
  ["more logs than a bundle may name", { signers: [ann], minimumLogEntries: 33 }],
  ["half a timestamp", { signers: [ann], minimumTimestamps: 0.5 }],
  ["acceptStatements as a word", { signers: [ann], acceptStatements: "yes" }],
  ["a pattern without anchors", { signers: [{ certificateIdentityRegexp: "a", certificateOidcIssuer: "b" }] }],
  [
    "an issuer's pattern without anchors",
    { signers: [{ certificateIdentity: "a", certificateOidcIssuerRegexp: ".*" }] },
  ],
  ["a pattern without an issuer", { signers: [{ certificateIdentityRegexp: "^a$" }] }],
  ["an identity whole and as a pattern", { signers: [{ ...ann, certificateIdentityRegexp: "^a$" }] }],
  ["an issuer whole and as a pattern", { signers: [{ ...ann, certificateOidcIssuerRegexp: "^a$" }] }],
  ["a key with an identity", { signers: [{ ...ann, ...key }] }],
  ["a key with an issuer", { signers: [{ ...key, certificateOidcIssuer: "https://issuer.example.com" }] }],
  ["a key with claims", { signers: [{ ...key, github: { repository: "acme/app" } }] }],
  ["an issuer alone", { signers: [{ certificateOidcIssuer: "https://issuer.example.com" }] }],
  ["a name alone", { signers: [{ name: "ann" }] }],
  ["an empty name", { signers: [{ name: " ", ...ann }] }],
  ["a name with an escape sequence", { signers: [{ name: "a\u001b[31m", ...ann }] }],
  ["claims of no repository", { signers: [{ github: { ref: "refs/heads/main" } }] }],
  ["no claims", { signers: [{ github: {} }] }],
  ["no claims beside an identity", { signers: [{ ...ann, github: {} }] }],
  ["an unknown claim", { signers: [{ github: { repository: "acme/app", actor: "ann" } }] }],
  ["a repository without an owner", { signers: [{ github: { repository: "app" } }] }],
  ["a repository over http", { signers: [{ github: { repository: "http://github.com/acme/app" } }] }],
  ["half a reference", { signers: [{ github: { repository: "acme/app", ref: "main" } }] }],
  ["half a commit", { signers: [{ github: { repository: "acme/app", sha: "abc123" } }] }],
  ["an owner's id as a number", { signers: [{ github: { ownerId: 5 } }] }],
  ["a workflow elsewhere", { signers: [{ github: { repository: "acme/app", workflow: "release.yml" } }] }],
  ["an unknown field in a signer", { signers: [{ ...ann, role: "admin" }] }],
  ["an unknown field in a role", { signers: [ann], denylist: { signers: [ann], url: "x" } }],
  [
    "a comparison with null",
    { signers: [ann], attestations: [{ ...reviewed, constraints: [{ pointer: "/by", oneOf: [null] }] }] },
  ],
  ["a decision diff of another type", { signers: [ann], attestations: [{ ...reviewed, decisionDiff: {} }] }],
  ["flips below zero", { signers: [ann], attestations: [{ ...changed, decisionDiff: { maxFlips: -1 } }] }],
  ["a decision diff from bare hex", { signers: [ann], attestations: [{ ...changed, decisionDiff: { from: "0" } }] }],
  [
    "a decision diff of nothing",
    { signers: [ann], attestations: [{ ...changed, decisionDiff: { minimumCompared: 0 } }] },
  ],
  ["null in a list", { signers: [ann, null] }],
  ["undefined in a list", { signers: [ann, undefined] }],
];

/** Policies in the form of one whose fields contradict each other, which no schema can say. */
export const CONTRADICTORY_POLICIES: readonly (readonly [string, object])[] = [
  ["an attestation of nobody", { attestations: [reviewed] }],
  ["an attestation of nobody beside another", { attestations: [{ ...reviewed, signers: [ann] }, reviewed] }],
  ["a threshold above its signers", { signers: [{ name: "a", ...ann }], threshold: 2 }],
  [
    "a threshold above its names",
    {
      signers: [
        { name: "a", ...ann },
        { name: "a", ...key },
      ],
      threshold: 2,
    },
  ],
  ["a threshold of signers without names", { signers: [ann, bob], threshold: 2 }],
  ["a threshold of signers of whom one has no name", { signers: [{ name: "a", ...ann }, bob], threshold: 2 }],
  [
    "an attestation's threshold above its names",
    {
      signers: [{ name: "a", ...ann }],
      attestations: [{ ...reviewed, threshold: 2 }],
    },
  ],
  ["a role's threshold above its names", { signers: [ann], pause: { signers: [{ name: "a", ...ann }], threshold: 2 } }],
  [
    "one identity under two names",
    {
      signers: [
        { name: "a", ...ann },
        { name: "b", ...ann },
      ],
    },
  ],
  [
    "one key under two names",
    {
      signers: [
        { name: "a", ...key },
        { name: "b", ...key },
      ],
    },
  ],
  [
    "one key under two names, spelled in two ways",
    {
      signers: [
        { name: "a", ...key },
        { name: "b", publicKey: key.publicKey.replaceAll("\n", "\r\n") },
      ],
    },
  ],
  [
    "one identity of a role under two names",
    {
      signers: [ann],
      denylist: {
        signers: [
          { name: "a", ...ann },
          { name: "b", ...ann },
        ],
      },
    },
  ],
  ["a window that ends before it begins", { signers: [{ ...ann, notBefore: at(1), notAfter: at(0) }] }],
  ["a window that ends before the oldest time", { signers: [{ ...ann, notAfter: at(0) }], oldestSigningTime: at(1) }],
  ["a window on a day that does not exist", { signers: [{ ...ann, notAfter: "2026-02-30T00:00:00Z" }] }],
  ["no trusted root of that name", { signers: [{ ...ann, trustedRoot: "ours" }] }],
  ["another trusted root's name", { signers: [{ ...ann, trustedRoot: "their" }], trustedRoots: { theirs: root } }],
  [
    "a root's name out of the prototype",
    { signers: [{ ...ann, trustedRoot: "constructor" }], trustedRoots: { a: root } },
  ],
  ["two trusted roots and a signer of neither", { signers: [ann], trustedRoots: { ours: root, theirs: root } }],
  [
    "two trusted roots and a role of neither",
    {
      signers: [{ ...ann, trustedRoot: "ours" }],
      denylist: { signers: [bob] },
      trustedRoots: { ours: root, theirs: root },
    },
  ],
  ["more logs than the root has", { signers: [ann], trustedRoots: { ours: root }, minimumLogEntries: 2 }],
  ["more timestamps than the root has", { signers: [ann], trustedRoots: { ours: root }, minimumTimestamps: 2 }],
];

/** What JSON cannot carry. */
export const UNSAYABLE_POLICIES: readonly (readonly [string, object])[] = [
  ["a big integer", { signers: [ann], threshold: 1n }],
  [
    "itself",
    (() => {
      const policy: { signers: object[]; denylist?: object } = { signers: [ann] };
      policy.denylist = policy;
      return policy;
    })(),
  ],
];
