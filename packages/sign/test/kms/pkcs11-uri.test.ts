import { describe, expect, it } from "@jest/globals";
import { ConfigError } from "@policy-pack/pack";
import { parsePkcs11Uri } from "../../src/kms/pkcs11-uri.ts";
import { shown } from "./support/errors.ts";

describe("parsePkcs11Uri", () => {
  it("reads every attribute, percent-encoded or not", () => {
    const uri =
      "pkcs11:token=My%20token;manufacturer=A%3BB;model=M;serial=0123;slot-id=7;object=key%3d1;id=%00%ff%41B;type=private" +
      "?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:///run/secrets/pin";
    expect(parsePkcs11Uri(uri)).toEqual({
      scheme: "pkcs11",
      token: "My token",
      manufacturer: "A;B",
      model: "M",
      serial: "0123",
      slotId: 7,
      object: "key=1",
      id: Uint8Array.from([0x00, 0xff, 0x41, 0x42]),
      modulePath: "/usr/lib/softhsm/libsofthsm2.so",
      pinFile: "/run/secrets/pin",
    });
  });

  it.each(["/run/pin", "file:/run/pin", "file:///run/pin"])("reads pin-source=%s", (source) => {
    expect(parsePkcs11Uri(`pkcs11:token=a;object=b?pin-source=${source}`).pinFile).toBe("/run/pin");
  });

  it.each([
    ["no attributes", "pkcs11:"],
    ["no token", "pkcs11:object=b"],
    ["no key", "pkcs11:token=a"],
    ["an unknown attribute", "pkcs11:token=a;object=b;library-version=1"],
    ["an unknown query attribute", "pkcs11:token=a;object=b?module-name=softhsm"],
    ["an attribute twice", "pkcs11:token=a;token=b;object=c"],
    ["an empty attribute", "pkcs11:token=;object=c"],
    ["an attribute without a value", "pkcs11:token;object=c"],
    ["a bare percent sign", "pkcs11:token=a%;object=c"],
    ["a half percent code", "pkcs11:token=a%2;object=c"],
    ["a space", "pkcs11:token=a b;object=c"],
    ["text that is not UTF-8", "pkcs11:token=%ff;object=c"],
    ["a zero byte in a label", "pkcs11:token=a%00;object=c"],
    ["a slot that is no number", "pkcs11:slot-id=-1;object=c"],
    ["a public key", "pkcs11:token=a;object=c;type=public"],
    ["a relative module", "pkcs11:token=a;object=c?module-path=softhsm.so"],
    ["a relative PIN file", "pkcs11:token=a;object=c?pin-source=pin.txt"],
    ["a PIN from a program", "pkcs11:token=a;object=c?pin-source=|cat%20/run/pin"],
    ["a PIN file that is not local", "pkcs11:token=a;object=c?pin-source=https://example.com/pin"],
    ["a fragment", "pkcs11:token=a;object=c#x"],
    ["a trailing separator", "pkcs11:token=a;object=c;"],
  ])("refuses %s", (_, uri) => {
    expect(() => parsePkcs11Uri(uri)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  it.each(["pkcs11:token=a;object=b?pin-value=4711x0815", "pkcs11:token=a;object=b;pin-value=4711x0815"])(
    "refuses a PIN in %s, and does not repeat it",
    (uri) => {
      let thrown: unknown;
      try {
        parsePkcs11Uri(uri);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(ConfigError);
      expect(shown(thrown)).not.toContain("4711x0815");
    },
  );
});
