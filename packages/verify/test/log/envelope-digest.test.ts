import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { entry, envelopeBundle, hashedRekord } from "../support/bundles.ts";
import type { BundleJson } from "../support/bundles.ts";
import { causeOf, check } from "../support/expect.ts";
import { cert } from "../support/logged.ts";
import { sha256 } from "../support/world.ts";

/** An envelope whose log entry records a digest of other bytes, or in another way, than SHA-256 of what was signed. */
function logged(hash: "sha384" | "sha512", bytesOf: (pae: Buffer, payload: Buffer) => Buffer): BundleJson {
  return envelopeBundle({
    entries: (signature, certificate, payload, pae) => {
      const digest = createHash(hash).update(bytesOf(pae, payload)).digest();
      const usual = sha256(pae);
      const body = hashedRekord(usual, signature, cert(certificate))
        .toString()
        .replace(`"sha256","value":"${usual.toString("hex")}"`, `"${hash}","value":"${digest.toString("hex")}"`);
      return [entry({ body: Buffer.from(body) })];
    },
  });
}

describe("the digest that a log entry records of an envelope", () => {
  it.each(["sha384", "sha512"] as const)(
    "when it is %s of what was signed is accepted, of anything else not",
    (hash) => {
      expect(() => check(logged(hash, (pae) => pae))).not.toThrow();
      expect(causeOf(() => check(logged(hash, (_, payload) => payload)))).toBeInstanceOf(MalformedError);
      expect(causeOf(() => check(logged(hash, () => Buffer.from("x"))))).toBeInstanceOf(MalformedError);
    },
  );
});
