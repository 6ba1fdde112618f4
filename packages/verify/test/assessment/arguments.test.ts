import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import { verifyArtifact, verifyPack } from "../../src/index.ts";
import type { Artifact, VerifyArtifactOptions } from "../../src/index.ts";
import { signedBy } from "../support/signers.ts";
import { ARTIFACT, ISSUER, rootJson } from "../support/world.ts";

const options: VerifyArtifactOptions = {
  artifact: { bytes: ARTIFACT },
  bundle: signedBy("ann@example.com"),
  trustedRoot: JSON.stringify(rootJson()),
  policy: { signers: [{ certificateIdentity: "ann@example.com", certificateOidcIssuer: ISSUER }] },
};

describe("verifyArtifact", () => {
  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["an empty object", {}],
    ["a text", { bytes: ARTIFACT.toString() }],
    ["no bytes beside a digest", { bytes: undefined, digest: digestOf(ARTIFACT) }],
    ["a digest that is a number", { digest: 5 }],
  ])("when the artifact is %s throws TypeError", (_, artifact) => {
    expect(() => verifyArtifact({ ...options, artifact: artifact as Artifact })).toThrow(TypeError);
  });

  it("when the artifact's bytes differ at a second look judges those of the first", () => {
    let looks = 0;
    const artifact = {
      get bytes(): Uint8Array {
        looks += 1;
        return looks === 1 ? ARTIFACT : Buffer.from("another");
      },
    };
    expect(verifyArtifact({ ...options, artifact }).digest).toBe(digestOf(ARTIFACT));
    expect(looks).toBe(1);
  });
});

describe("verifyPack", () => {
  it("when the pack is a text throws TypeError", () => {
    const given = { ...options, pack: "123" as unknown as Uint8Array };
    expect(() => verifyPack(given)).toThrow(TypeError);
  });
});
