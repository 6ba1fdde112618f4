import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import { toBillOfMaterials } from "../../src/attestations/cyclonedx.ts";
import type { BillOfMaterials } from "../../src/attestations/cyclonedx.ts";

const DIGEST = digestOf(Buffer.from("pack"));
const BILL: BillOfMaterials = {
  packId: "test-pack-v0",
  revision: "2",
  digest: DIGEST,
  files: [{ path: "opa/a.rego", digest: DIGEST, size: 4 }],
  opaVersion: "1.2.3",
  toolkit: [
    {
      id: "@policy-pack/cli@0.1.0",
      name: "@policy-pack/cli",
      version: "0.1.0",
      license: "Apache-2.0",
      sha512: undefined,
      dependsOn: ["tar@1.0.0"],
    },
    { id: "tar@1.0.0", name: "tar", version: "1.0.0", license: undefined, sha512: "ab", dependsOn: [] },
  ],
};

describe("toBillOfMaterials", () => {
  it("when given a pack lists its files, OPA and the toolkit, each with what is known of it", () => {
    expect(toBillOfMaterials(BILL)).toMatchObject({
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      version: 1,
      metadata: {
        tools: { components: [{ type: "application", name: "policy-pack", version: "0.1.0" }] },
        component: {
          type: "data",
          "bom-ref": "pack",
          name: "test-pack-v0",
          version: "2",
          purl: "pkg:generic/test-pack-v0@2",
          hashes: [{ alg: "SHA-256", content: DIGEST.slice(7) }],
        },
      },
      components: [
        { type: "file", name: "opa/a.rego", hashes: [{ alg: "SHA-256", content: DIGEST.slice(7) }] },
        { type: "application", name: "opa", version: "1.2.3", purl: "pkg:github/open-policy-agent/opa@v1.2.3" },
        {
          type: "library",
          group: "@policy-pack",
          name: "cli",
          purl: "pkg:npm/%40policy-pack/cli@0.1.0",
          licenses: [{ expression: "Apache-2.0" }],
        },
        { type: "library", name: "tar", purl: "pkg:npm/tar@1.0.0", hashes: [{ alg: "SHA-512", content: "ab" }] },
      ],
      dependencies: [
        { ref: "pack", dependsOn: ["file:opa/a.rego", "opa", "npm:@policy-pack/cli@0.1.0"] },
        { ref: "npm:@policy-pack/cli@0.1.0", dependsOn: ["npm:tar@1.0.0"] },
        { ref: "npm:tar@1.0.0", dependsOn: [] },
      ],
    });
  });

  it("when the pack is the same returns the same serial number, and another for another pack", () => {
    const { serialNumber } = toBillOfMaterials(BILL);
    expect(serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(toBillOfMaterials({ ...BILL })["serialNumber"]).toBe(serialNumber);
    expect(toBillOfMaterials({ ...BILL, revision: "3" })["serialNumber"]).not.toBe(serialNumber);
  });

  it("when no time is given has none, and otherwise that one", () => {
    expect(toBillOfMaterials(BILL)["metadata"]).not.toHaveProperty("timestamp");
    const timestamp = new Date("2026-01-01T00:00:00Z");
    expect(toBillOfMaterials({ ...BILL, timestamp })["metadata"]).toHaveProperty(
      "timestamp",
      "2026-01-01T00:00:00.000Z",
    );
  });
});
