import { describe, expect, it } from "@jest/globals";
import type { JsonValue } from "@policy-pack/pack";
import { isReleaseId, parseEvidence } from "../../src/evidence/evidence.ts";
import type { Evidence } from "../../src/evidence/evidence.ts";
import { evidenceOf, NOW } from "../support/promotion.ts";

const SERVICES = ["graph-api", "ingest"];
const DIGEST = `sha256:${"a".repeat(64)}`;
const PROVENANCE = "https://slsa.dev/provenance/v1";
const BUNDLE = {
  mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
  verificationMaterial: { publicKey: { hint: "k" } },
  dsseEnvelope: { payload: "e30=", payloadType: "application/vnd.in-toto+json", signatures: [{ sig: "AAAA" }] },
};

function parse(fields: object = {}): Evidence {
  const body = JSON.parse(JSON.stringify(evidenceOf(fields))) as JsonValue;
  return parseEvidence(body, { services: SERVICES, now: NOW });
}

function expectInvalid(fields: object, at: string): void {
  expect(() => parse(fields)).toThrow(
    expect.objectContaining({ code: "EVIDENCE_INVALID", message: expect.stringContaining(at) as unknown }),
  );
}

const SNAPSHOT = { p95Ms: 1, p99Ms: 2, errorRate: 0, window: "30m" };

describe("parseEvidence", () => {
  it("returns what was sent, with times to the millisecond and the service in the snapshot", () => {
    expect(parse({ measuredAt: "2026-03-01T11:59:00.123456789Z", artifactDigest: DIGEST, soakSeconds: 60 })).toEqual({
      service: "graph-api",
      releaseId: "2026-03-01.1",
      environment: "production",
      artifactDigest: DIGEST,
      measuredAt: "2026-03-01T11:59:00.123Z",
      snapshot: { service: "graph-api", p95Ms: 210.5, p99Ms: 900, errorRate: 0.004, window: "30m" },
      cost: { graphqlPerMillionUsd: 1.4, ingestPerThousandUsd: 0.06 },
      soakSeconds: 60,
      links: [],
    });
  });

  it("takes the ends of every range", () => {
    const snapshot = { ...SNAPSHOT, p95Ms: 3_600_000, readP95Ms: 0.001, writeP95Ms: 3_600_000, errorRate: 1 };
    const cost = { graphqlPerMillionUsd: 0, ingestPerThousandUsd: 1_000_000 };
    expect(parse({ snapshot, cost, soakSeconds: 0 })).toMatchObject({ snapshot, cost, soakSeconds: 0 });
  });

  it("keeps no minus zero, which would be another text", () => {
    expect(Object.is(parse({ soakSeconds: -0 }).soakSeconds, 0)).toBe(true);
  });

  it("takes what is at most a minute ahead of the clock", () => {
    expect(parse({ measuredAt: "2026-03-01T12:01:00Z" }).measuredAt).toBe("2026-03-01T12:01:00.000Z");
    expectInvalid({ measuredAt: "2026-03-01T12:01:00.001Z" }, "measuredAt");
  });

  it("takes links with a URL, a bundle or both", () => {
    const links = [
      { predicateType: PROVENANCE, url: "https://ci.test/provenance", digest: DIGEST },
      { predicateType: PROVENANCE, bundle: BUNDLE },
    ];
    expect(parse({ links, artifactDigest: DIGEST }).links).toEqual(links);
  });

  describe("when a field is not what it must be", () => {
    it.each(["service", "releaseId", "environment", "measuredAt"])("throws for a missing %s", (name) => {
      expectInvalid({ [name]: undefined }, name);
    });

    it.each([
      ["an unknown service", { service: "other" }, "service"],
      ["a service of another type", { service: ["graph-api"] }, "service"],
      ["an inherited name as a service", { service: "constructor" }, "service"],
      ["an unknown field", { p95Ms: 1 }, "p95Ms"],
      ["a release with quotes", { releaseId: '1"}' }, "releaseId"],
      ["a release with a line end", { releaseId: "1\n" }, "releaseId"],
      ["a release that is too long", { releaseId: "1".repeat(129) }, "releaseId"],
      ["an environment in capitals", { environment: "Production" }, "environment"],
      ["a digest of another form", { artifactDigest: "a".repeat(64) }, "artifactDigest"],
      ["a day that does not exist", { measuredAt: "2026-02-30T00:00:00Z" }, "measuredAt"],
      ["an hour that does not exist", { measuredAt: "2026-02-28T24:00:00Z" }, "measuredAt"],
      ["another time zone", { measuredAt: "2026-02-28T00:00:00+00:00" }, "measuredAt"],
      ["a time as a number", { measuredAt: 1_772_366_400 }, "measuredAt"],
      ["the far future", { measuredAt: "9999-12-31T23:59:59Z" }, "measuredAt"],
      ["soak time below zero", { soakSeconds: -1 }, "soakSeconds"],
      ["part of a second of soak time", { soakSeconds: 0.5 }, "soakSeconds"],
      ["more than a year of soak time", { soakSeconds: 31_622_401 }, "soakSeconds"],
      ["nothing to say", { snapshot: undefined, cost: undefined }, "snapshot"],
      ["null for a part", { cost: null }, "cost"],
    ])("throws for %s", (_name, fields, at) => {
      expectInvalid(fields, at);
    });

    it.each(["p95Ms", "p99Ms", "readP95Ms", "writeP95Ms"])("throws for a %s that is no latency", (name) => {
      for (const value of [0, -1, -0.001, 3_600_001, 1e308, "1", "NaN", null, true, [1], {}]) {
        expectInvalid({ snapshot: { ...SNAPSHOT, [name]: value } }, name);
      }
    });

    it.each([-0.01, 1.01, "0", null])("throws for the error rate %j", (errorRate) => {
      expectInvalid({ snapshot: { ...SNAPSHOT, errorRate } }, "errorRate");
    });

    it.each(["p95Ms", "p99Ms", "errorRate", "window"])("throws for a snapshot without %s", (name) => {
      expectInvalid({ snapshot: { ...SNAPSHOT, [name]: undefined } }, name);
    });

    it.each(["", "30", "0m", "30 m", "10000s", "1w", "1m30s"])("throws for the window %j", (window) => {
      expectInvalid({ snapshot: { ...SNAPSHOT, window } }, "window");
    });

    it("throws for a snapshot of another service", () => {
      expect(parse({ snapshot: { ...SNAPSHOT, service: "graph-api" } }).snapshot?.service).toBe("graph-api");
      expectInvalid({ snapshot: { ...SNAPSHOT, service: "ingest" } }, "snapshot.service");
    });

    it.each([
      [{ graphqlPerMillionUsd: -1, ingestPerThousandUsd: 0 }],
      [{ graphqlPerMillionUsd: 0, ingestPerThousandUsd: 1_000_001 }],
      [{ graphqlPerMillionUsd: 0 }],
      [{ graphqlPerMillionUsd: 0, ingestPerThousandUsd: 0, total: 0 }],
    ])("throws for the cost %j", (cost) => {
      expectInvalid({ cost }, "cost");
    });

    it.each([
      ["neither a URL nor a bundle", [{ predicateType: PROVENANCE }]],
      ["a type that is no URI", [{ predicateType: "provenance", url: "https://x.test" }]],
      ["a URL with credentials", [{ predicateType: PROVENANCE, url: "https://a:b@x.test" }]],
      ["a URL of a script", [{ predicateType: PROVENANCE, url: "javascript:alert(1)" }]],
      ["a relative URL", [{ predicateType: PROVENANCE, url: "/x" }]],
      ["a bundle that is none", [{ predicateType: PROVENANCE, bundle: {} }]],
      ["a bundle with an unknown field", [{ predicateType: PROVENANCE, bundle: { ...BUNDLE, x: 1 } }]],
      ["an unknown field", [{ predicateType: PROVENANCE, url: "https://x.test", verified: true }]],
      ["too many", Array.from({ length: 33 }, () => ({ predicateType: PROVENANCE, url: "https://x.test" }))],
    ])("throws for links with %s", (_name, links) => {
      expectInvalid({ links, artifactDigest: DIGEST }, "links");
    });

    it("throws for a bundle without the artifact that it is to be judged against", () => {
      expectInvalid({ links: [{ predicateType: PROVENANCE, bundle: BUNDLE }] }, "artifactDigest");
    });
  });
});

describe("isReleaseId", () => {
  it.each(["1", "v1.2.3+build-4", "2026_03_01", "a".repeat(128)])("is true for %s", (text) => {
    expect(isReleaseId(text)).toBe(true);
  });

  it.each(["", ".", "-1", "a/b", 'a"', "a b", "a\n", "ä"])("is false for %j", (text) => {
    expect(isReleaseId(text)).toBe(false);
  });
});
