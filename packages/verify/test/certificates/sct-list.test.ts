import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { parseCertificate } from "../../src/certificates/certificate.ts";
import { verifyScts } from "../../src/certificates/scts.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { toPublicKey } from "../../src/keys/public-key.ts";
import type { LogAuthority } from "../../src/trusted-root.ts";
import { octets } from "../support/asn1.ts";
import { extension, SCT_OID, signedTimestamp, spkiOf, vector } from "../support/certificates.ts";
import type { CertificateSpec, KeyPair } from "../support/certificates.ts";
import { causeOf, codeOf } from "../support/expect.ts";
import { certificates, keys, leaf, leafExtensions, NOW, sha256 } from "../support/world.ts";

const issuer = parseCertificate(certificates.intermediate);

function logOf(key: KeyPair): LogAuthority {
  const logId = sha256(spkiOf(key));
  const validFor = { start: 0, end: undefined };
  return { name: "ct", logId, keyHint: logId.subarray(0, 4), publicKey: toPublicKey(spkiOf(key)), validFor };
}

type Scts = (spec: CertificateSpec) => readonly Buffer[];
const good: Scts = (spec) => [signedTimestamp(keys.ct, spec, NOW)];
const verify = (scts: Scts, logs: readonly LogAuthority[] = [logOf(keys.ct)]): readonly LogAuthority[] =>
  verifyScts(parseCertificate(leaf({ scts })), issuer, logs);

/** The leaf whose list is these bytes, made of its one good SCT. */
function verifyList(list: (sct: Buffer) => Buffer): readonly LogAuthority[] {
  const seen: Buffer[] = [];
  leaf({
    scts: (spec) => {
      seen.push(...good(spec));
      return [];
    },
  });
  const [sct = Buffer.alloc(0)] = seen;
  const extensions = [...leafExtensions, extension(SCT_OID, octets(list(sct)))];
  return verifyScts(parseCertificate(leaf({ extensions, scts: () => [] })), issuer, [logOf(keys.ct)]);
}

/** An SCT with an empty signature, which is whole and proves nothing. */
const unsigned = (sct: Buffer): Buffer => Buffer.concat([sct.subarray(0, 45), Buffer.alloc(2)]);

/** A vector that says it has one byte more than it has. */
const overlong = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, bytes.length + 1]), bytes]);

describe("verifyScts", () => {
  it("returns the logs that promised, none where nobody asks for any", () => {
    expect(verify(good)).toHaveLength(1);
    expect(verify(() => [], [])).toEqual([]);
  });

  it("when the log signs with RSA accepts it", () => {
    const key = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const rsa: Scts = (spec) =>
      [signedTimestamp(key, spec, NOW)].map((sct) => {
        const named = Buffer.from(sct);
        named[44] = 1;
        return named;
      });
    expect(verify(rsa, [logOf(key)])).toHaveLength(1);
  });

  it("when there are as many SCTs as are read accepts them", () => {
    expect(verify((spec) => Array<Buffer>(16).fill(good(spec)[0] ?? Buffer.alloc(0)))).toHaveLength(1);
  });

  it("when an SCT with an empty signature stands before the good one passes it over", () => {
    expect(verifyList((sct) => vector(Buffer.concat([vector(unsigned(sct)), vector(sct)])))).toHaveLength(1);
  });

  it.each<[string, (sct: Buffer) => Buffer]>([
    ["has an SCT that ends before its length", (sct) => vector(overlong(sct))],
    ["has one byte of another SCT", (sct) => vector(Buffer.concat([vector(sct), Buffer.alloc(1)]))],
    ["has an SCT without bytes", (sct) => vector(Buffer.concat([vector(sct), vector(Buffer.alloc(0))]))],
    ["has an SCT without a time", (sct) => vector(Buffer.concat([vector(sct), vector(sct.subarray(0, 35))]))],
    ["has an SCT without a signature", (sct) => vector(Buffer.concat([vector(sct), vector(sct.subarray(0, 45))]))],
    ["is empty", () => vector(Buffer.alloc(0))],
    ["has no length", () => Buffer.alloc(1)],
  ])("when the list %s throws SCT_INVALID", (_, list) => {
    expect(codeOf(() => verifyList(list))).toBe("SCT_INVALID");
    expect(causeOf(() => verifyList(list))).toBeInstanceOf(MalformedError);
  });

  it("when the certificate carries none and the root asks for one throws SCT_INVALID", () => {
    expect(causeOf(() => verify(() => []))).toBeInstanceOf(MalformedError);
  });

  it("when the SCT's time is one that the log has not signed throws SCT_INVALID", () => {
    const bent: Scts = (spec) => {
      const [sct = Buffer.alloc(0)] = good(spec).map((bytes) => Buffer.from(bytes));
      sct[39] = (sct[39] ?? 0) ^ 1;
      return [sct];
    };
    expect(codeOf(() => verify(bent))).toBe("SCT_INVALID");
  });
});
