import { describe, expect, it } from "@jest/globals";
import { messageBundle } from "../support/bundles.ts";
import { extension, SCT_OID, signedTimestamp, vector } from "../support/certificates.ts";
import type { CertificateSpec } from "../support/certificates.ts";
import { octets } from "../support/asn1.ts";
import { check, codeOf } from "../support/expect.ts";
import { iso, keys, leaf, leafExtensions, logJson, MINUTE, NOW, rootJson } from "../support/world.ts";
import type { LogJson } from "../support/world.ts";

type Scts = (spec: CertificateSpec) => readonly Buffer[];
const verify = (scts: Scts, ctlogs: LogJson[] = [logJson(keys.ct)]): unknown =>
  check(messageBundle({ certificate: leaf({ scts }) }), { root: rootJson({ ctlogs }) });

const good: Scts = (spec) => [signedTimestamp(keys.ct, spec, NOW)];
const stranger: Scts = (spec) => [signedTimestamp(keys.other, spec, NOW)];

function bent(change: (sct: Buffer) => Buffer): Scts {
  return (spec) => good(spec).map((sct) => change(Buffer.from(sct)));
}

function withByte(offset: number, value: number): Scts {
  return bent((sct) => {
    sct[offset] = value;
    return sct;
  });
}

/** The good leaf's own specification. */
function specOf(extensions: readonly Buffer[]): CertificateSpec {
  const seen: CertificateSpec[] = [];
  leaf({
    extensions,
    scts: (spec) => {
      seen.push(spec);
      return [];
    },
  });
  const [spec] = seen;
  if (spec === undefined) throw new Error("the leaf was not made");
  return spec;
}

describe("verifyScts", () => {
  it("when one SCT of several is a trusted log's accepts the certificate", () => {
    expect(() => verify((spec) => [...stranger(spec), ...good(spec)])).not.toThrow();
  });

  it("when neither the root nor the certificate knows CT logs accepts it", () => {
    expect(() => verify(() => [], [])).not.toThrow();
  });

  it.each<[string, Scts]>([
    ["is missing", () => []],
    ["is another log's", stranger],
    ["is over another certificate", (spec) => good({ ...spec, serial: 6 })],
    ["is over another issuer", (spec) => good({ ...spec, issuerKey: keys.root })],
    [
      "names a trusted log, but another signed",
      (spec) => {
        const [sct, forged] = [...good(spec), ...stranger(spec)].map((bytes) => Buffer.from(bytes));
        sct?.copy(forged ?? sct, 1, 1, 33);
        return forged === undefined ? [] : [forged];
      },
    ],
    ["has another time than the one signed", withByte(40, 0xff)],
    ["is of another version", withByte(0, 1)],
    ["uses an unknown hash", withByte(43, 6)],
    ["uses an unknown algorithm", withByte(44, 2)],
    ["has a length beyond its end", withByte(45, 0xff)],
    ["has bytes after it", bent((sct) => Buffer.concat([sct, Buffer.alloc(1)]))],
    ["is truncated", bent((sct) => sct.subarray(0, 30))],
    ["is one of 17", (spec) => Array<Buffer>(17).fill(good(spec)[0] ?? Buffer.alloc(0))],
  ])("when the SCT %s throws SCT_INVALID", (_, scts) => {
    expect(codeOf(() => verify(scts))).toBe("SCT_INVALID");
  });

  it("when the root lists no CT log but the certificate carries an SCT throws SCT_INVALID", () => {
    expect(codeOf(() => verify(good, []))).toBe("SCT_INVALID");
  });

  it.each([
    ["before", { start: iso(NOW + 1) }],
    ["after", { start: iso(NOW - MINUTE), end: iso(NOW - 1) }],
  ])("when it was given %s the log's window throws SCT_INVALID", (_, validFor) => {
    const log = logJson(keys.ct);
    Object.assign(log.publicKey, { validFor });
    expect(codeOf(() => verify(good, [log]))).toBe("SCT_INVALID");
  });

  it("when bytes follow a list that is good throws SCT_INVALID", () => {
    const listed = (tail: Buffer): unknown => {
      const spec = specOf(leafExtensions);
      const list = Buffer.concat([vector(Buffer.concat(good(spec).map(vector))), tail]);
      const extensions = [...leafExtensions, extension(SCT_OID, octets(list))];
      return check(messageBundle({ certificate: leaf({ extensions, scts: () => [] }) }));
    };
    expect(() => listed(Buffer.alloc(0))).not.toThrow();
    expect(codeOf(() => listed(Buffer.alloc(1)))).toBe("SCT_INVALID");
  });

  it.each([
    ["is longer than it says", Buffer.from("0000ff", "hex")],
    ["is shorter than it says", Buffer.from("0005ff", "hex")],
    ["has no length", Buffer.from("00", "hex")],
  ])("when the list %s throws SCT_INVALID", (_, list) => {
    const extensions = [...leafExtensions, extension(SCT_OID, octets(list))];
    const bundle = messageBundle({ certificate: leaf({ extensions, scts: () => [] }) });
    expect(codeOf(() => check(bundle))).toBe("SCT_INVALID");
  });
});
