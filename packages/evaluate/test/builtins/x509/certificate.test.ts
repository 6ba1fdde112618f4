import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { RegoObject } from "../../../src/values/values.ts";
import type { RegoValue } from "../../../src/values/values.ts";
import { derOf } from "../../../src/builtins/x509/der-write.ts";
import { TAG } from "../../../src/builtins/x509/der.ts";
import { call } from "../../support/builtins.ts";
import * as make from "./certificate-maker.ts";
import type { CertificatePlan } from "./certificate-maker.ts";

async function parse(...certificates: readonly Buffer[]): Promise<RegoValue> {
  return call("crypto.x509.parse_certificates", Buffer.concat(certificates).toString("base64"));
}

async function field(name: string, plan: CertificatePlan): Promise<RegoValue | undefined> {
  const [certificate] = (await parse(make.makeCertificate(plan))) as RegoValue[];
  return certificate instanceof RegoObject ? certificate.entries.find(([key]) => key === name)?.[1] : undefined;
}

const named = (id: string, value: string, critical = false): Buffer =>
  make.extension(id, Buffer.from(value, "hex"), { critical });

describe("crypto.x509.parse_certificates", () => {
  it("reads base64 of DER, base64 of PEM and PEM alike", async () => {
    const der = make.makeCertificate({});
    const expected = await parse(der);
    const pem = make.pemChain(der);
    expect(await call("crypto.x509.parse_certificates", pem)).toEqual(expected);
    expect(await call("crypto.x509.parse_certificates", `${pem}text behind`)).toEqual(expected);
    expect(await call("crypto.x509.parse_certificates", Buffer.from(pem).toString("base64"))).toEqual(expected);
  });

  it("reads none, and two in a row", async () => {
    expect(await call("crypto.x509.parse_certificates", "")).toEqual([]);
    expect(await parse(make.makeCertificate({}), make.makeCertificate({ subject: "b" }))).toHaveLength(2);
  });

  it.each<[string, CertificatePlan, string, RegoValue]>([
    ["a version 1", { version: 1 }, "Version", 1n],
    ["a serial number", { serial: derOf(2, Buffer.from("00ff", "hex")) }, "SerialNumber", 255n],
    ["no extensions", {}, "Extensions", null],
    ["key usage", { extensions: [named("2.5.29.15", "030205a0")] }, "KeyUsage", 5n],
    ["a path limit", { extensions: [make.pathLimit(0)] }, "MaxPathLenZero", true],
    ["no path limit", { extensions: [make.CA] }, "MaxPathLen", -1n],
    ["an empty list of policies", { extensions: [named("2.5.29.32", "3000")] }, "PolicyIdentifiers", []],
    ["purposes", { extensions: [make.purposes("1.3.6.1.5.5.7.3.2", "1.2.3")] }, "ExtKeyUsage", [2n]],
    [
      "unknown purposes",
      { extensions: [make.purposes("1.3.6.1.5.5.7.3.2", "1.2.3")] },
      "UnknownExtKeyUsage",
      [[1n, 2n, 3n]],
    ],
    [
      "unknown critical extensions",
      { extensions: [named("1.2.3", "00", true)] },
      "UnhandledCriticalExtensions",
      [[1n, 2n, 3n]],
    ],
    [
      "a CRL's place that is no UTF-8",
      { extensions: [named("2.5.29.31", "30093007a005a0038601ff")] },
      "CRLDistributionPoints",
      ["\ufffd"],
    ],
    [
      "an unknown kind of key",
      { spki: make.sequence(make.sequence(make.oid("1.2.3")), Buffer.from("030100", "hex")) },
      "PublicKey",
      null,
    ],
    [
      "an address",
      { extensions: [make.alternativeNames(derOf(0x87, Buffer.from("7f000001", "hex")))] },
      "IPAddresses",
      ["127.0.0.1"],
    ],
    [
      "a URI's text",
      { extensions: [make.alternativeNames(make.text(0x86, "a://b/%7ec#d"))] },
      "URIStrings",
      ["a://b/%7ec#d"],
    ],
  ])("prints %s", async (_what, plan, name, value) => {
    expect(await field(name, plan)).toEqual(value);
  });

  it.each<[string, CertificatePlan]>([
    ["a version 4", { version: 4 }],
    ["a negative serial number", { serial: derOf(2, Buffer.from([0x80])) }],
    ["an algorithm outside that is not the signed one", { outerAlgorithm: Buffer.from("300506032b656e", "hex") }],
    ["a time that there is not", { notAfter: make.text(TAG.utcTime, "200230000000Z") }],
    ["a time of another type", { notBefore: make.text(TAG.printableString, "200101000000Z") }],
    ["two extensions of one kind", { extensions: [make.CA, make.CA] }],
    ["a boolean that is neither", { extensions: [named("2.5.29.19", "3003010101")] }],
    ["a negative path limit", { extensions: [named("2.5.29.19", "30060101ff0201ff")] }],
    ["key usage with bits behind its end", { extensions: [named("2.5.29.15", "030205a1")] }],
    ["a critical subject key identifier", { extensions: [named("2.5.29.14", "0400", true)] }],
    ["a critical authority key identifier", { extensions: [named("2.5.29.35", "3000", true)] }],
    ["critical authority information", { extensions: [named("1.3.6.1.5.5.7.1.1", "3000", true)] }],
    ["a policy twice", { extensions: [named("2.5.29.32", "300c300406022901300406022901")] }],
    ["name constraints about nothing", { extensions: [named("2.5.29.30", "3000")] }],
    ["bytes behind name constraints", { extensions: [named("2.5.29.30", "3007a005300382016100")] }],
    ["a mask with holes", { extensions: [named("2.5.29.30", "300ea00c300a87080a000000ff00ff00")] }],
    ["a constraint on a URI's address", { extensions: [named("2.5.29.30", "300da00b30098607312e322e332e34")] }],
    ["a name that is not ASCII", { extensions: [make.alternativeNames(derOf(0x82, Buffer.from([0xff])))] }],
    ["an address of five octets", { extensions: [make.alternativeNames(derOf(0x87, Buffer.alloc(5)))] }],
    ["a URI that does not parse", { extensions: [make.alternativeNames(make.text(0x86, "http://[::1"))] }],
    ["a URI with an empty label", { extensions: [make.alternativeNames(make.text(0x86, "http://a..b/"))] }],
    [
      "a subject of another string type",
      { subjectName: make.sequence(derOf(TAG.set, make.sequence(make.oid("2.5.4.3"), make.text(27, "a")))) },
    ],
    [
      "a PrintableString with an at sign",
      {
        subjectName: make.sequence(
          derOf(TAG.set, make.sequence(make.oid("2.5.4.3"), make.text(TAG.printableString, "a@b"))),
        ),
      },
    ],
    [
      "an Ed25519 key with parameters",
      { spki: make.sequence(make.sequence(make.oid("1.3.101.112"), Buffer.from([5, 0])), derOf(3, Buffer.alloc(33))) },
    ],
    [
      "an Ed25519 key that is too short",
      { spki: make.sequence(make.sequence(make.oid("1.3.101.112")), derOf(3, Buffer.alloc(32))) },
    ],
    [
      "an RSA key without its NULL",
      {
        spki: make.sequence(
          make.sequence(make.oid("1.2.840.113549.1.1.1")),
          Buffer.from("0309003006020103020103", "hex"),
        ),
      },
    ],
  ])("refuses %s", async (_what, plan) => {
    await expect(parse(make.makeCertificate(plan))).rejects.toThrow(BuiltinError);
  });

  it.each([
    ["other PEM blocks", make.pem("PUBLIC KEY", make.makeCertificate({}))],
    ["PEM that does not decode to one", make.pem("CERTIFICATE", Buffer.from("00", "hex"))],
    ["what is no base64", "*"],
    ["a certificate that is cut off", make.makeCertificate({}).subarray(0, -1).toString("base64")],
    ["no string", 1n],
  ])("refuses %s", async (_what, text) => {
    await expect(call("crypto.x509.parse_certificates", text)).rejects.toThrow(BuiltinError);
  });
});
