import { describe, expect, it } from "@jest/globals";
import { parseLogBody } from "../../src/log/log-body.ts";
import { hashedRekord, hashedRekordV2 } from "../support/bundles.ts";
import { ARTIFACT, leaf, pem, sha256, signBytes } from "../support/world.ts";

const certificate = leaf();
const signature = signBytes(ARTIFACT);
const digest = sha256(ARTIFACT);

const bodies: [string, Buffer, string][] = [
  ["hashedrekord 0.0.1", hashedRekord(digest, signature, pem("CERTIFICATE", certificate)), "0.0.1"],
  ["hashedrekord 0.0.2", hashedRekordV2(digest, signature, certificate, "PKIX_ECDSA_P256_SHA_256"), "0.0.2"],
];

/** What a body means; undefined when it is refused. */
function meaning(body: Uint8Array, version: string): unknown {
  try {
    return parseLogBody(body, "hashedrekord", version);
  } catch {
    return undefined;
  }
}

describe("parseLogBody", () => {
  it.each(bodies)("when one bit of a %s is flipped never reads the same out of it", (_, body, version) => {
    const original = JSON.stringify(meaning(body, version));
    expect(original).toBeDefined();
    const same: string[] = [];
    for (let index = 0; index < body.length * 8; index += 1) {
      const copy = Buffer.from(body);
      copy[index >> 3] = (copy[index >> 3] ?? 0) ^ (1 << (index & 7));
      if (JSON.stringify(meaning(copy, version)) === original) same.push(`byte ${index >> 3}, bit ${index & 7}`);
    }
    expect(same).toEqual([]);
  });
});
