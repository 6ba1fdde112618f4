import { describe, expect, it } from "@jest/globals";
import { PREDICATE_TYPES } from "@policy-pack/pack";
import { assessArtifact } from "../../src/index.ts";
import type { SignerRule, VerificationReport, VerifyArtifactOptions } from "../../src/index.ts";
import { at, signedBy, statedBy } from "../support/signers.ts";
import { ARTIFACT, ISSUER, NOW, rootJson } from "../support/world.ts";

const identity = (name: string) => ({ certificateIdentity: `${name}@example.com`, certificateOidcIssuer: ISSUER });
const person = (name: string): SignerRule => ({ name, ...identity(name) });
const good: VerifyArtifactOptions = {
  artifact: { bytes: ARTIFACT },
  bundle: signedBy("ann@example.com"),
  trustedRoot: JSON.stringify(rootJson()),
  policy: { signers: [person("ann")] },
  now: new Date(NOW),
};
const assess = (changed: Partial<VerifyArtifactOptions>): VerificationReport => assessArtifact({ ...good, ...changed });

describe("a threshold that is not met", () => {
  it("names those of whom no signature counts, and not those who signed", () => {
    const { failure } = assess({ policy: { signers: ["ann", "bob", "cat"].map(person), threshold: 2 } });
    expect(failure?.code).toBe("THRESHOLD_NOT_MET");
    expect(failure?.message).toContain("for bob, cat.");
  });

  it("names some of very many", () => {
    const names = Array.from({ length: 15 }, (_, i) => `n${i}`);
    const { failure } = assess({ bundle: [], policy: { signers: names.map(person) } });
    expect(failure?.message).toMatch(/ n9 and 5 more\./);
    expect(failure?.message).not.toContain("n10");
  });

  it("names those who have not signed a list", () => {
    const predicate = { version: 1, issuedAt: at(-60), expires: at(60), entries: [] };
    const { failure } = assess({
      policy: { signers: [person("ann")], denylist: { signers: ["sec", "ops"].map(person), threshold: 2 } },
      denylist: statedBy("sec@example.com", { predicateType: PREDICATE_TYPES.denylist, predicate }),
    });
    expect(failure?.code).toBe("THRESHOLD_NOT_MET");
    expect(failure?.message).toMatch(/^sec signed .* for ops\./);
  });
});

describe("a rule without a name", () => {
  it("is told to people by whom it describes, and to programs by its place", () => {
    const { rules, bundles } = assess({ policy: { signers: [identity("ann")] } });
    expect(rules[0]?.metBy).toEqual([{ signer: "ann@example.com", bundle: 0 }]);
    expect(bundles[0]?.rules).toEqual(["signers[0]"]);
    expect(JSON.stringify(bundles[0]?.steps)).toContain("meets ann@example.com");
  });

  it.each<[SignerRule, string]>([
    [{ certificateIdentityRegexp: "^bob@x$", certificateOidcIssuer: ISSUER }, "^bob@x$"],
    [{ github: { repository: "acme/app" } }, "acme/app"],
    [{ github: { repositoryId: "12" } }, "12"],
    [{ github: { ownerId: "13" } }, "13"],
  ])("is told as what it wants: %j", (rule, told) => {
    expect(assess({ bundle: [], policy: { signers: [rule] } }).failure?.message).toContain(told);
  });
});

describe("an argument that is no JSON of a bundle", () => {
  it.each<[string, object, RegExp]>([
    ["one that is parsed", { bundle: {} }, /options\.bundle must/],
    ["one of several", { bundle: ["{}", {}] }, /options\.bundle\[1\] must/],
    [
      "a list's",
      { policy: { signers: [person("a")], pause: { signers: [person("b")] } }, pause: [{}] },
      /options\.pause\[0\] must/,
    ],
  ])("throws a TypeError that names %s", (_, changed, words) => {
    expect(() => assess(changed)).toThrow(TypeError);
    expect(() => assess(changed)).toThrow(words);
  });
});
