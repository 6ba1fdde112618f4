import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { PREDICATE_TYPES } from "@policy-pack/pack";
import { Ajv2020 } from "ajv/dist/2020.js";
import { assessArtifact, assessPack, BUNDLE_STEPS, DEMAND_STEPS, verifyArtifact } from "../../src/index.ts";
import type { SignerRule, VerificationReport, VerifyArtifactOptions } from "../../src/index.ts";
import { messageBundle } from "../support/bundles.ts";
import { at, pemOf, signedBy, signedWithKey, statedBy } from "../support/signers.ts";
import { ARTIFACT, ISSUER, keys, NOW, rootJson } from "../support/world.ts";

interface Schema {
  readonly $defs: Readonly<
    Record<"step" | "rule", { readonly properties: { readonly step: { readonly enum: string[] } } }>
  >;
}
const url = new URL("../../../../docs/contracts/verification-report.schema.json", import.meta.url);
const schema = JSON.parse(readFileSync(url, "utf8")) as Schema;
const validate = new Ajv2020({ strict: true, strictRequired: false }).compile(schema);

/** Every object of the schema closed: a field that the code writes and the schema does not name is then an error. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const made = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, closed(part)]));
  const isOpen =
    made["type"] === "object" && made["properties"] !== undefined && made["additionalProperties"] === undefined;
  return isOpen ? { ...made, additionalProperties: false } : made;
}
const validateClosed = new Ajv2020({ strict: true, strictRequired: false }).compile(
  closed({ ...schema, $id: "urn:policy-pack:closed" }) as object,
);

const ann: SignerRule = { name: "ann", certificateIdentity: "ann@example.com", certificateOidcIssuer: ISSUER };
const dates = { issuedAt: at(-60), expires: at(60) };
const list = { predicateType: PREDICATE_TYPES.denylist, predicate: { version: 5, ...dates, entries: [] } };
const status = {
  predicateType: PREDICATE_TYPES.pause,
  predicate: { version: 3, ...dates, paused: true, reason: "drill" },
};
const good: VerifyArtifactOptions = {
  artifact: { bytes: ARTIFACT },
  bundle: signedBy("ann@example.com", { claims: { 12: "https://github.com/acme/app", 20: "push" } }),
  trustedRoot: JSON.stringify(rootJson()),
  policy: { signers: [ann] },
};
const lists: Partial<VerifyArtifactOptions> = {
  policy: { signers: [ann], denylist: { signers: [ann] }, pause: { signers: [ann] } },
  denylist: statedBy("ann@example.com", list),
  pause: statedBy("ann@example.com", status),
  now: new Date(NOW),
};
const keyed = { policy: { signers: [{ publicKey: pemOf(keys.signer) }] } };
const attested = { signers: [ann], attestations: [{ predicateType: "https://example.com/predicate/v1" }] };

const REPORTS: readonly [string, () => VerificationReport][] = [
  ["an accepted artifact", () => verifyArtifact(good).report],
  ["a rejected artifact", () => assessArtifact({ ...good, artifact: { bytes: Buffer.from("x") } })],
  ["nothing", () => assessArtifact({ ...good, bundle: [] })],
  ["too many bundles", () => assessArtifact({ ...good, bundle: Array<string>(101).fill("") })],
  ["what cannot be read", () => assessArtifact({ ...good, bundle: ["{}", "", Buffer.from([0xff])] })],
  ["a stranger", () => assessArtifact({ ...good, bundle: signedBy("eve@example.com") })],
  ["a key", () => assessArtifact({ ...good, ...keyed, bundle: signedWithKey(keys.signer, { stampedAt: [NOW] }) })],
  [
    "a statement that nothing asks for",
    () => assessArtifact({ ...good, bundle: [String(good.bundle), statedBy("ann@example.com")] }),
  ],
  [
    "an attestation",
    () => assessArtifact({ ...good, policy: attested, bundle: [String(good.bundle), statedBy("ann@example.com")] }),
  ],
  ["a missing attestation", () => assessArtifact({ ...good, policy: attested })],
  ["lists", () => assessArtifact({ ...good, ...lists })],
  ["withheld lists", () => assessArtifact({ ...good, ...lists, denylist: undefined, pause: "{}" })],
  [
    "a named root",
    () =>
      assessArtifact({
        ...good,
        trustedRoot: undefined,
        policy: { signers: [ann], trustedRoots: { ours: JSON.parse(JSON.stringify(rootJson())) as never } },
      }),
  ],
  ["what is no pack", () => assessPack({ ...good, pack: ARTIFACT }).report],
  ["a pack that is not signed", () => assessPack({ ...good, ...lists, pack: Buffer.from("x") }).report],
];

describe("verification-report.schema.json", () => {
  it.each(REPORTS)("describes the report of %s, with nothing left out", (_, make) => {
    const made = make();
    const report = JSON.parse(JSON.stringify(made)) as object;
    expect([validate(report), validate.errors]).toEqual([true, null]);
    expect([validateClosed(report), validateClosed.errors]).toEqual([true, null]);
    expect(report).toStrictEqual(made);
  });

  it("names the steps that there are", () => {
    expect(schema.$defs.step.properties.step.enum).toEqual(BUNDLE_STEPS);
    expect(schema.$defs.rule.properties.step.enum).toEqual(DEMAND_STEPS);
  });

  it.each<[string, (report: Record<string, unknown>) => void]>([
    ["another version", (report) => (report["reportVersion"] = 2)],
    [
      "a failure of what is verified",
      (report) => (report["failure"] = { code: "PAUSED", step: "pause", message: "", needed: "" }),
    ],
    ["no failure of what is not", (report) => (report["verified"] = false)],
    ["no bundles", (report) => delete report["bundles"]],
  ])("refuses %s", (_, change) => {
    const report = JSON.parse(JSON.stringify(verifyArtifact(good).report)) as Record<string, unknown>;
    change(report);
    expect(validate(report)).toBe(false);
  });
});

describe("assessArtifact", () => {
  it("when it accepts tells who, with what, when and where it was logged", () => {
    const [bundle] = assessArtifact(good).bundles;
    expect(bundle).toMatchObject({
      index: 0,
      kind: "signature",
      outcome: "accepted",
      rules: ["signers: ann"],
      signer: { identity: "ann@example.com", issuer: ISSUER, certificate: { notAfter: at(9) } },
      times: [{ source: "timestamp authority" }, { source: "transparency log", time: at(0) }],
      logEntries: [{ log: "https://log.example.com", logIndex: "41", checkpoint: { treeSize: "2" } }],
    });
    expect(bundle?.signer?.github).toEqual({ repository: "https://github.com/acme/app", event: "push" });
    expect(bundle?.steps.map(({ outcome }) => outcome)).toEqual(BUNDLE_STEPS.map(() => "passed"));
  });

  it.each<[string, Partial<VerifyArtifactOptions>, string]>([
    ["cannot be read", { bundle: "{}" }, "parse bundle"],
    ["is over another artifact", { artifact: { bytes: Buffer.from("x") } }, "content"],
    ["is of a key that nobody gave", { bundle: signedWithKey(keys.signer) }, "key"],
    ["has no good timestamp", { trustedRoot: JSON.stringify(rootJson({ timestampAuthorities: [] })) }, "timestamps"],
    ["has no good log entry", { trustedRoot: JSON.stringify(rootJson({ tlogs: [] })) }, "log entries"],
    [
      "has no good certificate",
      { trustedRoot: JSON.stringify(rootJson({ certificateAuthorities: [] })) },
      "certificate",
    ],
    ["has no good SCT", { trustedRoot: JSON.stringify(rootJson({ ctlogs: [] })) }, "certificate transparency"],
    ["is a stranger's", { bundle: signedBy("eve@example.com") }, "signer"],
    ["is too old", { policy: { signers: [ann], oldestSigningTime: at(1) } }, "signing time"],
  ])("when the bundle %s names the step, its code, and leaves the rest out", (_, change, step) => {
    const { failure, bundles } = assessArtifact({ ...good, ...change });
    const steps = bundles[0]?.steps ?? [];
    const failed = steps.findIndex(({ outcome }) => outcome === "failed");
    expect([failure?.step, steps[failed]?.step, steps[failed]?.code]).toEqual([step, step, failure?.code]);
    expect(steps.slice(failed + 1).every(({ outcome }) => outcome === "skipped")).toBe(true);
    expect(failure?.needed).not.toBe("");
    if (failed < BUNDLE_STEPS.indexOf("signer")) expect(bundles[0]).not.toHaveProperty("signer");
  });

  it("when the signature itself is wrong does not name a signer", () => {
    const bundle = messageBundle({ signature: () => Buffer.from("3006020101020101", "hex") });
    const { bundles, failure } = assessArtifact({
      ...good,
      bundle: JSON.stringify(bundle),
      policy: { signers: [{ certificateIdentity: "signer@example.com", certificateOidcIssuer: ISSUER }] },
    });
    expect([failure?.step, failure?.code]).toEqual(["signature", "SIGNATURE_INVALID"]);
    expect(bundles[0]).not.toHaveProperty("signer");
  });
});
