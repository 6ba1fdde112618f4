import { describe, expect, it } from "@jest/globals";
import { checkCaUsage, checkLeafUsage, PURPOSE } from "../../src/certificates/certificate-usage.ts";
import { parseCertificate } from "../../src/certificates/certificate.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { boolean, integer, sequence } from "../support/asn1.ts";
import {
  basicConstraints,
  CODE_SIGNING,
  extendedKeyUsage,
  extension,
  keyUsage,
  TIME_STAMPING,
} from "../support/certificates.ts";
import { caCertificate, leaf } from "../support/world.ts";

const CLIENT = "1.3.6.1.5.5.7.3.2";
const signing = [keyUsage(0), extendedKeyUsage(CODE_SIGNING)];
const constraints = (...parts: readonly Buffer[]): Buffer => extension("2.5.29.19", sequence(...parts));

function checkLeaf(extensions: readonly Buffer[], purpose: string = PURPOSE.codeSigning): void {
  checkLeafUsage(parseCertificate(leaf({ scts: () => [], extensions })), purpose);
}

function checkCa(extensions: readonly Buffer[], below = 0): void {
  checkCaUsage(parseCertificate(caCertificate({ extensions })), PURPOSE.codeSigning, below);
}

describe("checkLeafUsage", () => {
  it.each<[string, readonly Buffer[]]>([
    ["is for another purpose too", [keyUsage(0), extendedKeyUsage(CLIENT, CODE_SIGNING)]],
    ["says that it is no authority", [...signing, basicConstraints(false)]],
    ["may do more than sign", [keyUsage(0, 1), extendedKeyUsage(CODE_SIGNING)]],
  ])("when the certificate %s accepts it", (_, extensions) => {
    expect(() => {
      checkLeaf(extensions);
    }).not.toThrow();
  });

  it.each<[string, readonly Buffer[]]>([
    ["has no key usage", [extendedKeyUsage(CODE_SIGNING)]],
    ["has no extended key usage", [keyUsage(0)]],
    ["is for any purpose", [keyUsage(0), extendedKeyUsage(PURPOSE.any)]],
    ["has a path length though it is no authority", [...signing, constraints(boolean(false), integer(1))]],
    ["has a path length alone", [...signing, constraints(integer(1))]],
    ["is an authority", [...signing, constraints(boolean(true))]],
  ])("when the certificate %s throws", (_, extensions) => {
    expect(() => {
      checkLeaf(extensions);
    }).toThrow(MalformedError);
  });

  it("when a timestamp authority's does more throws", () => {
    const both = [keyUsage(0), extendedKeyUsage(TIME_STAMPING, CODE_SIGNING)];
    expect(() => {
      checkLeaf(both, PURPOSE.timeStamping);
    }).toThrow(MalformedError);
    expect(() => {
      checkLeaf(both);
    }).not.toThrow();
  });
});

describe("checkCaUsage", () => {
  it.each<[string, readonly Buffer[], number]>([
    ["has no path length", [basicConstraints(true), keyUsage(5)], 7],
    ["has a path length that is just enough", [basicConstraints(true, 1), keyUsage(5)], 1],
    ["is for any purpose", [basicConstraints(true), keyUsage(5), extendedKeyUsage(PURPOSE.any)], 0],
  ])("when the certificate %s accepts it", (_, extensions, below) => {
    expect(() => {
      checkCa(extensions, below);
    }).not.toThrow();
  });

  it.each<[string, readonly Buffer[], number]>([
    ["has a path length that is too short", [basicConstraints(true, 1), keyUsage(5)], 2],
    ["has no key usage", [basicConstraints(true)], 0],
    ["is for no purpose", [basicConstraints(true), keyUsage(5), extendedKeyUsage()], 0],
  ])("when the certificate %s throws", (_, extensions, below) => {
    expect(() => {
      checkCa(extensions, below);
    }).toThrow(MalformedError);
  });
});
