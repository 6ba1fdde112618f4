import { generateKeyPairSync } from "node:crypto";

import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { derOf } from "../../../src/builtins/x509/der-write.ts";
import { TAG } from "../../../src/builtins/x509/der.ts";
import { RegoDecimal, RegoObject, RegoSet } from "../../../src/values/values.ts";
import type { RegoEntry, RegoValue } from "../../../src/values/values.ts";
import { call, callWith, testContext } from "../../support/builtins.ts";
import * as make from "./certificate-maker.ts";
import type { CertificatePlan } from "./certificate-maker.ts";

const NOW = 1_780_315_200_000_000_000n;
const ROOT: CertificatePlan = { subject: "root", extensions: [make.CA] };
const MIDDLE: CertificatePlan = { subject: "middle", issuer: "root", extensions: [make.CA] };
const LEAF: CertificatePlan = {
  subject: "leaf",
  issuer: "middle",
  extensions: [make.alternativeNames(make.dnsName("a.b"))],
};

/** Whether root, middle and leaf hold, and how long their chain is. */
async function verify(
  { root = {}, middle = {}, leaf = {} }: { root?: CertificatePlan; middle?: CertificatePlan; leaf?: CertificatePlan },
  ...options: readonly RegoEntry[]
): Promise<number> {
  const plans = [
    { ...ROOT, ...root },
    { ...MIDDLE, ...middle },
    { ...LEAF, ...leaf },
  ];
  return verifyText(make.pemChain(...plans.map(make.makeCertificate)), ...options);
}

async function verifyText(text: string, ...options: readonly RegoEntry[]): Promise<number> {
  const entries: RegoEntry[] = [["CurrentTime", NOW], ...options];
  const name = "crypto.x509.parse_and_verify_certificates_with_options";
  const [verified, chain] = (await call(name, text, new RegoObject(entries))) as [boolean, RegoValue[]];
  expect(verified).toBe(chain.length > 0);
  return chain.length;
}

const critical = { critical: true };
const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
const withNames = (...names: readonly Buffer[]): CertificatePlan => ({ extensions: [make.alternativeNames(...names)] });
const usage = (bits: string): Buffer => make.extension("2.5.29.15", bytes(bits));
const permitted = (base: Buffer): CertificatePlan => ({
  extensions: [make.CA, make.extension("2.5.29.30", make.sequence(derOf(0xa0, make.sequence(base))), critical)],
});
const excluded = (base: Buffer): CertificatePlan => ({
  extensions: [make.CA, make.extension("2.5.29.30", make.sequence(derOf(0xa1, make.sequence(base))), critical)],
});
const policies = (...ids: readonly string[]): Buffer =>
  make.extension("2.5.29.32", make.sequence(...ids.map((id) => make.sequence(make.oid(id)))));
const explicitPolicy = make.extension("2.5.29.36", bytes("3003800100"), critical);

describe("crypto.x509.parse_and_verify_certificates_with_options", () => {
  it("holds a chain from the root, which comes first, to the leaf, which comes last", async () => {
    expect(await verify({})).toBe(3);
  });

  it.each<[string, Parameters<typeof verify>[0]]>([
    ["a signature that was changed", { leaf: { tamper: (signature) => signature.fill(1, 40) } }],
    ["a signature by another key", { leaf: { signer: make.namedKey("other") } }],
    ["an issuer that is not there", { leaf: { issuer: "nobody" } }],
    ["a leaf that has expired", { leaf: { notAfter: make.text(TAG.utcTime, "250101000000Z") } }],
    ["a leaf that is not valid yet", { leaf: { notBefore: make.text(TAG.utcTime, "270101000000Z") } }],
    ["an intermediate that has expired", { middle: { notAfter: make.text(TAG.utcTime, "250101000000Z") } }],
    ["a root that has expired", { root: { notAfter: make.text(TAG.utcTime, "250101000000Z") } }],
    ["an intermediate without basic constraints", { middle: { extensions: [] } }],
    ["an intermediate of version 1", { middle: { version: 1 } }],
    [
      "an intermediate that is no authority",
      { middle: { extensions: [make.extension("2.5.29.19", make.sequence())] } },
    ],
    ["an authority that may not sign certificates", { middle: { extensions: [make.CA, usage("03020780")] } }],
    ["a root that allows no intermediates", { root: { extensions: [make.pathLimit(0)] } }],
    [
      "a leaf with an unknown critical extension",
      { leaf: { extensions: [make.extension("1.2.3", bytes("00"), critical)] } },
    ],
    [
      "critical names of unknown kinds",
      { leaf: { extensions: [make.extension("2.5.29.17", make.sequence(), critical)] } },
    ],
    [
      "an intermediate with an unknown critical extension",
      { middle: { extensions: [make.CA, make.extension("1.2.3", bytes("00"), critical)] } },
    ],
    ["a leaf for another purpose", { leaf: { extensions: [make.purposes("1.3.6.1.5.5.7.3.2")] } }],
    ["an intermediate for another purpose", { middle: { extensions: [make.CA, make.purposes("1.3.6.1.5.5.7.3.2")] } }],
    ["a name outside of what is permitted", { middle: permitted(make.dnsName("c.d")) }],
    ["a name that is excluded", { middle: excluded(make.dnsName("b")) }],
    [
      "a pattern that an excluded name lies in",
      { middle: excluded(make.dnsName("x.b")), leaf: withNames(make.dnsName("*.b")) },
    ],
    [
      "an address outside of what is permitted",
      { middle: permitted(derOf(0x87, bytes("0a000000ff000000"))), leaf: withNames(derOf(0x87, bytes("0b000001"))) },
    ],
    [
      "an excluded address",
      { middle: excluded(derOf(0x87, bytes("0a000000ff000000"))), leaf: withNames(derOf(0x87, bytes("0a000001"))) },
    ],
    ["an excluded mailbox", { middle: excluded(make.text(0x81, "x@b")), leaf: withNames(make.text(0x81, "x@B")) }],
    [
      "a mailbox outside of what is permitted",
      { middle: permitted(make.text(0x81, "x@b")), leaf: withNames(make.text(0x81, "y@b")) },
    ],
    [
      "a mailbox that does not parse",
      { middle: permitted(make.text(0x81, "b")), leaf: withNames(make.text(0x81, "@b")) },
    ],
    [
      "a URI outside of what is permitted",
      { middle: permitted(make.text(0x86, "b")), leaf: withNames(make.text(0x86, "x://c/")) },
    ],
    [
      "a URI with an address, under constraints",
      { middle: excluded(make.text(0x86, "b")), leaf: withNames(make.text(0x86, "x://1.2.3.4/")) },
    ],
    [
      "a URI without a host, under constraints",
      { middle: excluded(make.text(0x86, "b")), leaf: withNames(make.text(0x86, "x:y")) },
    ],
    ["constraints of unknown kinds that are critical", { middle: excluded(derOf(0x88, bytes("00"))) }],
    [
      "a policy that is demanded and not there",
      { middle: { extensions: [make.CA, policies("1.2.3"), explicitPolicy] } },
    ],
    [
      "another policy than the one that is demanded",
      {
        middle: { extensions: [make.CA, policies("1.2.3"), explicitPolicy] },
        leaf: { extensions: [policies("1.2.4")] },
      },
    ],
  ])("refuses %s", async (_what, plans) => {
    expect(await verify(plans)).toBe(0);
  });

  it.each<[string, Parameters<typeof verify>[0]]>([
    ["a root that allows one intermediate", { root: { extensions: [make.pathLimit(1)] } }],
    ["a root of version 1", { root: { version: 1 } }],
    ["an authority that may sign certificates", { middle: { extensions: [make.CA, usage("03020204")] } }],
    ["a leaf for any purpose", { leaf: { extensions: [make.purposes("2.5.29.37.0")] } }],
    ["a name within what is permitted", { middle: permitted(make.dnsName("B")) }],
    [
      "an address within what is permitted",
      { middle: permitted(derOf(0x87, bytes("0a000000ff000000"))), leaf: withNames(derOf(0x87, bytes("0a000001"))) },
    ],
    [
      "a mailbox within what is permitted",
      { middle: permitted(make.text(0x81, "b")), leaf: withNames(make.text(0x81, "y@b")) },
    ],
    [
      "a URI within what is permitted, with a port",
      { middle: permitted(make.text(0x86, "b")), leaf: withNames(make.text(0x86, "x://c.b:1/")) },
    ],
    [
      "a name in the subject alone, under constraints",
      { middle: permitted(make.dnsName("c.d")), leaf: { extensions: [] } },
    ],
    [
      "the policy that is demanded",
      {
        middle: { extensions: [make.CA, policies("1.2.3"), explicitPolicy] },
        leaf: { extensions: [policies("1.2.3")] },
      },
    ],
    [
      "any policy",
      {
        middle: { extensions: [make.CA, policies("2.5.29.32.0"), explicitPolicy] },
        leaf: { extensions: [policies("1.2.3")] },
      },
    ],
  ])("holds %s", async (_what, plans) => {
    expect(await verify(plans)).toBe(3);
  });

  it.each([
    ["sha256", "1.2.840.113549.1.1.11", 2],
    ["sha1", "1.2.840.113549.1.1.5", 0],
    ["md5", "1.2.840.113549.1.1.4", 0],
  ])("holds, or refuses, RSA signatures over %s", async (hash, id, length) => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const algorithm = { identifier: make.sequence(make.oid(id), bytes("0500")), hash };
    const root = make.makeCertificate({ ...ROOT, key: privateKey, signer: privateKey, algorithm });
    const leaf = make.makeCertificate({ ...LEAF, issuer: "root", signer: privateKey, algorithm });
    expect(await verifyText(make.pemChain(root, leaf))).toBe(length);
  });

  it("needs two certificates", async () => {
    expect(await verifyText(make.pemChain(make.makeCertificate(ROOT)))).toBe(0);
    expect(await verifyText("")).toBe(0);
    expect(await verifyText("not base64")).toBe(0);
  });

  it("takes the root for its own leaf", async () => {
    const root = make.makeCertificate(ROOT);
    expect(await verifyText(make.pemChain(root, root))).toBe(1);
  });

  it("gives up after a hundred signatures", async () => {
    const twins = Array.from({ length: 120 }, (_, index) =>
      make.makeCertificate({ ...MIDDLE, issuer: "middle", serial: derOf(2, Buffer.from([1, index & 0x7f])) }),
    );
    const all = [make.makeCertificate(ROOT), ...twins, make.makeCertificate(MIDDLE), make.makeCertificate(LEAF)];
    expect(await verifyText(make.pemChain(...all))).toBe(0);
  });

  it.each<[string, number]>([
    ["a.b", 3],
    ["A.B.", 3],
    ["a.b..", 0],
    ["b", 0],
    ["x.a.b", 0],
    ["*.b", 0],
    ["", 3],
    ['"a.b"', 3],
  ])("holds the name %j against the leaf", async (host, length) => {
    expect(await verify({}, ["DNSName", host])).toBe(length);
  });

  it.each<[string, string, number]>([
    ["*.b", "a.b", 3],
    ["*.b", "x.a.b", 0],
    ["a.*", "a.b", 0],
    ["*", "a", 0],
    ["x b", "X b", 3],
    ["-a.b", "-a.b", 3],
    ["*.b_", "a.b_", 3],
  ])("lets the pattern %j answer %j", async (pattern, host, length) => {
    expect(await verify({ leaf: withNames(make.dnsName(pattern)) }, ["DNSName", host])).toBe(length);
  });

  it.each<[string, string, number]>([
    ["0a000001", "10.0.0.1", 3],
    ["0a000001", "[::ffff:10.0.0.1]", 3],
    ["0a000001", "10.0.0.2", 0],
    ["00000000000000000000ffff0a000001", "10.0.0.1", 3],
  ])("holds the address %s against %s", async (address, host, length) => {
    expect(await verify({ leaf: withNames(derOf(0x87, bytes(address))) }, ["DNSName", host])).toBe(length);
  });

  it.each<[RegoValue, number]>([
    [["KeyUsageClientAuth"], 0],
    [["KeyUsageClientAuth", "KeyUsageCodeSigning"], 3],
    [new RegoSet(['"KeyUsageAny"']), 3],
    [[], 0],
    [[1n, "KeyUsageCodeSigning"], 3],
  ])("asks for the purposes %j", async (wanted, length) => {
    expect(await verify({ leaf: { extensions: [make.purposes("1.3.6.1.5.5.7.3.3")] } }, ["KeyUsages", wanted])).toBe(
      length,
    );
  });

  it.each<RegoEntry>([
    ["DNSName", 1n],
    ["CurrentTime", "now"],
    ["CurrentTime", new RegoDecimal("1.5")],
    ["CurrentTime", 2n ** 63n],
    ["KeyUsages", "KeyUsageAny"],
    ["KeyUsages", ["keyUsageAny"]],
    ["MaxConstraintComparisons", "1"],
    ["Roots", []],
  ])("refuses the option %s: %j", async (name, value) => {
    await expect(verify({}, [name, value])).rejects.toThrow(BuiltinError);
  });
});

describe("crypto.x509.parse_and_verify_certificates", () => {
  it("takes the decision's time", async () => {
    const chain = make.pemChain(...[ROOT, MIDDLE, LEAF].map(make.makeCertificate));
    const at = (now: bigint) => callWith(testContext({ now }), "crypto.x509.parse_and_verify_certificates", chain);
    expect(((await at(NOW)) as RegoValue[])[0]).toBe(true);
    expect(await at(0n)).toEqual([false, []]);
  });

  it("refuses what is no string", async () => {
    await expect(call("crypto.x509.parse_and_verify_certificates", 1n)).rejects.toThrow(BuiltinError);
  });
});
