import { describe, expect, it } from "@jest/globals";
import { isKmsUri, parseKmsUri } from "../../src/kms/uri.ts";

const ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
const MULTI_REGION = "mrk-1234abcd12ab34cd56ef1234567890ab";
const ARN = `arn:aws:kms:us-east-2:111122223333:key/${ID}`;
const GOOGLE = "projects/acme/locations/global/keyRings/r/cryptoKeys/k";
const AZURE_VERSION = "0123456789abcdef0123456789abcdef";

const invalid = expect.objectContaining({ code: "CONFIG_INVALID" });

describe("isKmsUri", () => {
  it.each([
    "awskms:///x",
    "gcpkms://x",
    "azurekms://x",
    "hashivault://x",
    "pkcs11:x",
    "foo://bar",
    "file:///key.pem",
    "AWSKMS://x",
  ])("takes %s for a key in a service", (text) => {
    expect(isKmsUri(text)).toBe(true);
  });

  it.each(["cosign.key", "./awskms", "awskms:/x", "pkcs11", "./foo://bar", "C:\\key.pem"])(
    "takes %s for a file",
    (text) => {
      expect(isKmsUri(text)).toBe(false);
    },
  );
});

describe("parseKmsUri", () => {
  it.each<[string, object]>([
    [`awskms:///${ID}`, { scheme: "awskms", keyId: ID }],
    [`awskms:///${MULTI_REGION}`, { scheme: "awskms", keyId: MULTI_REGION }],
    [`awskms://localhost:4566/${ID}`, { scheme: "awskms", keyId: ID, endpoint: "localhost:4566" }],
    [`awskms:///${ARN}`, { scheme: "awskms", keyId: ARN, region: "us-east-2" }],
    ["awskms:///alias/Example/one", { scheme: "awskms", keyId: "alias/Example/one" }],
    [
      "awskms://kms.example.com/arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/a",
      {
        scheme: "awskms",
        keyId: "arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/a",
        region: "us-gov-west-1",
        endpoint: "kms.example.com",
      },
    ],
    [`gcpkms://${GOOGLE}`, { scheme: "gcpkms", key: GOOGLE }],
    [`gcpkms://${GOOGLE}/versions/12`, { scheme: "gcpkms", key: GOOGLE, version: "12" }],
    [`gcpkms://${GOOGLE}/cryptoKeyVersions/12`, { scheme: "gcpkms", key: GOOGLE, version: "12" }],
    ["azurekms://acme.vault.azure.net/key", { scheme: "azurekms", host: "acme.vault.azure.net", key: "key" }],
    [
      `azurekms://ACME.vault.azure.net/key/${AZURE_VERSION.toUpperCase()}`,
      { scheme: "azurekms", host: "acme.vault.azure.net", key: "key", version: AZURE_VERSION },
    ],
    ["azurekms://acme.managedhsm.azure.net/key", { scheme: "azurekms", host: "acme.managedhsm.azure.net", key: "key" }],
    ["hashivault://release.key-1", { scheme: "hashivault", key: "release.key-1" }],
    ["hashivault://k/versions/3", { scheme: "hashivault", key: "k", version: 3 }],
  ])("reads %s", (uri, reference) => {
    expect(parseKmsUri(uri)).toEqual(reference);
  });

  it.each(["foo://bar", "AWSKMS://x"])("names the schemes that there are for %s", (uri) => {
    for (const scheme of ["awskms://", "gcpkms://", "azurekms://", "hashivault://", "pkcs11:"]) {
      expect(() => parseKmsUri(uri)).toThrow(scheme);
    }
  });

  it.each([
    ["", "projects/... is missing"],
    ["projects", "after projects/"],
    ["projects/P/locations/L/keyRings/R/cryptoKeys/K", "after projects/"],
    ["projects/p", "locations/... is missing"],
    ["projects/p/keyRings/r", "locations/... is missing"],
    ["projects/p/locations/L/keyRings/R/cryptoKeys/K", "after locations/"],
    ["projects/p/locations/l/keyRings/r", "cryptoKeys/... is missing"],
    ["projects/p/locations/l/keyRings/r/cryptoKeys/", "after cryptoKeys/"],
    ["projects/p/locations/l/keyRings/r/cryptoKeys/k/versions/N", "/versions/ and a number"],
  ])("says of gcpkms://%s which part is wrong", (rest, part) => {
    expect(() => parseKmsUri(`gcpkms://${rest}`)).toThrow(part);
  });

  it.each([
    "",
    "cosign.key",
    "awskms://",
    "awskms:///",
    `awskms://${ID}`,
    `awskms:///${ID}/more`,
    `awskms:///${ID}\n`,
    `awskms://user:secret@host/${ID}`,
    `awskms://host/path/${ID}`,
    "awskms:///alias/",
    "awskms:///alias/a?b",
    "awskms:///arn:aws:s3:us-east-2:111122223333:key/x",
    "gcpkms://projects/p/locations/l/keyRings/r",
    `gcpkms://${GOOGLE}/versions/0`,
    `gcpkms://${GOOGLE}/versions/latest`,
    `gcpkms://${GOOGLE}/cryptoKeyVersions/1:asymmetricSign`,
    "gcpkms://projects/../locations/l/keyRings/r/cryptoKeys/k/../x",
    "azurekms://acme.vault.azure.net",
    "azurekms://acme.vault.azure.net.evil.example/key",
    "azurekms://evil.example/key",
    "azurekms://a.b.vault.azure.net/key",
    "azurekms://acme.vault.azure.net:8443/key",
    "azurekms://acme.vault.azure.net/key/1",
    "azurekms://acme.vault.azure.net/key?x",
    "hashivault://",
    "hashivault://a/b",
    "hashivault://../sys",
    "hashivault://key/versions/0",
    "hashivault://key?x=1",
    `pkcs11:token=${"a".repeat(3000)};object=b`,
  ])("refuses %j", (uri) => {
    expect(() => parseKmsUri(uri)).toThrow(invalid);
  });
});
