import { sign } from "node:crypto";

import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { derInteger, derOf } from "../../../src/builtins/x509/der-write.ts";
import { TAG } from "../../../src/builtins/x509/der.ts";
import { RegoObject } from "../../../src/values/values.ts";
import type { RegoValue } from "../../../src/values/values.ts";
import { call, opaAnswers, ourAnswers } from "../../support/builtins.ts";
import * as make from "./certificate-maker.ts";

const key = make.namedKey("request");
const requestOf = (...extensions: readonly Buffer[]): Buffer =>
  attribute("1.2.840.113549.1.9.14", make.sequence(...extensions));

function attribute(id: string, ...values: readonly Buffer[]): Buffer {
  return make.sequence(make.oid(id), derOf(TAG.set, ...values));
}

function makeRequest(attributes: readonly Buffer[], { subject = make.name("r"), attributesTag = 0xa0 } = {}): Buffer {
  const info = make.sequence(derInteger(0n), subject, make.spkiOf(key), derOf(attributesTag, ...attributes));
  return make.sequence(info, make.ED25519, derOf(TAG.bitString, Buffer.alloc(1), sign(null, info, key)));
}

async function parse(der: Buffer): Promise<RegoValue> {
  return call("crypto.x509.parse_certificate_request", der.toString("base64"));
}

const values = [
  "0101ff",
  "020105",
  "030204a0",
  "040161",
  "0500",
  "06022a03",
  "0c0161",
  "130161",
  "1402e461",
  "160161",
  "1e020041",
  "3000",
  "a00161",
];
const times = [
  "170d3230303130323033303430355a",
  "180f32303230303130323033303430355a",
  "181132303230303130323033303430352e355a",
];
const typed = [...values, ...times].map((value) => make.sequence(make.oid("1.2.3"), Buffer.from(value, "hex")));

describe("crypto.x509.parse_certificate_request", () => {
  it("prints a request as stock OPA does, whatever its attributes hold", async () => {
    const requests = [
      makeRequest([]),
      makeRequest([requestOf(make.alternativeNames(make.dnsName("a.b")), make.CA)]),
      makeRequest([attribute("1.2.840.113549.1.9.7", make.text(TAG.utf8String, "challenge"))]),
      makeRequest([attribute("1.2.3", make.sequence(...typed), make.sequence())]),
      makeRequest([], { subject: make.sequence(derOf(TAG.set, ...typed), derOf(TAG.set)) }),
    ].map((der) => ["crypto.x509.parse_certificate_request", der.toString("base64")] as const);
    const ours = await ourAnswers(requests);
    expect(ours).not.toContain("undefined");
    expect(ours).toEqual(await opaAnswers(requests));
  });

  it("reads PEM too", async () => {
    const der = makeRequest([]);
    expect(await call("crypto.x509.parse_certificate_request", make.pem("CERTIFICATE REQUEST", der))).toEqual(
      await parse(der),
    );
    expect(await parse(der)).toBeInstanceOf(RegoObject);
  });

  it.each([
    ["bytes behind the request", Buffer.concat([makeRequest([]), Buffer.alloc(1)])],
    [
      "a subject with a string of wrong characters",
      makeRequest([], {
        subject: make.sequence(derOf(TAG.set, make.sequence(make.oid("1.2"), make.text(TAG.numericString, "a")))),
      }),
    ],
    ["an extension twice", makeRequest([requestOf(make.CA, make.CA)])],
    ["an extension twice in two attributes", makeRequest([requestOf(make.CA), requestOf(make.CA)])],
    ["extensions that do not parse", makeRequest([attribute("1.2.840.113549.1.9.14", make.octets())])],
    ["names that do not parse", makeRequest([requestOf(make.extension("2.5.29.17", Buffer.alloc(1)))])],
    ["attributes of another tag", makeRequest([], { attributesTag: 0xa1 })],
    ["a certificate", make.makeCertificate({})],
    ["nothing", Buffer.alloc(0)],
  ])("refuses %s", async (_what, der) => {
    await expect(parse(der)).rejects.toThrow(BuiltinError);
  });

  it.each([
    ["another PEM block", Buffer.from(make.pem("CERTIFICATE", makeRequest([]))).toString("base64")],
    ["PEM of an older name", make.pem("NEW CERTIFICATE REQUEST", makeRequest([]))],
    ["no string", 1n],
  ])("refuses %s", async (_what, text) => {
    await expect(call("crypto.x509.parse_certificate_request", text)).rejects.toThrow(BuiltinError);
  });
});
