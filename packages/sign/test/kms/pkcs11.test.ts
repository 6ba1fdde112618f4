import { verify } from "node:crypto";
import type { KeyPairKeyObjectResult } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openKmsSigner, openKmsSignerFrom } from "../../src/kms/open.ts";
import { PACKAGES } from "../../src/kms/packages.ts";
import { toMessage } from "../../src/message.ts";
import { configErrorOf, shown } from "./support/errors.ts";
import { ecKey, pemOf, rsaKey } from "./support/keys.ts";
import { findSoftHsm, findTool, openSoftHsm, PIN } from "./support/soft-hsm.ts";
import type { SoftHsm } from "./support/soft-hsm.ts";
import type { TamperedFfi } from "./support/tampered-ffi.ts";
import { answering, tamperedFfi, unsetting } from "./support/tampered-ffi.ts";
import { certificateOf } from "./support/tls.ts";

const DATA = Buffer.from("the artifact\n");
const MESSAGE = toMessage(DATA);
const MODULE = findSoftHsm();
const KEYS: Readonly<Record<string, () => KeyPairKeyObjectResult>> = {
  p256: () => ecKey("P-256"),
  p384: () => ecKey("P-384"),
  p521: () => ecKey("P-521"),
  rsa2048: () => rsaKey(2048),
  rsa3072: () => rsaKey(3072),
};

let hsm: SoftHsm;
let keys: Record<string, KeyPairKeyObjectResult>;
let links = 0;

const env = { COSIGN_PKCS11_PIN: PIN };
const uri = (attributes: string, module = hsm.module): string => `pkcs11:${attributes}?module-path=${module}`;
const open = (attributes: string, variables: Readonly<Record<string, string>> = env) =>
  openKmsSigner(uri(attributes), { env: variables });

/** Opens with some functions of the module replaced. */
function openTampered(tampered: TamperedFfi, timeoutMs = 20_000, attributes = "token=packs;object=p256") {
  links += 1;
  const packages = { ...PACKAGES, ffi: () => Promise.resolve(tampered.ffi) };
  const module = hsm.link(`module-${links}.so`);
  return openKmsSignerFrom(packages, uri(attributes, module), { env, timeoutMs });
}

const TOOL = findTool("pkcs11-tool");
(MODULE === undefined || TOOL === undefined ? describe.skip : describe)(
  "openKmsSigner with pkcs11 and objects that softhsm2 alone cannot make [needs opensc]",
  () => {
    beforeAll(() => {
      hsm = openSoftHsm(MODULE ?? "");
      hsm.addToken("packs");
    });
    afterAll(() => {
      hsm.close();
    });

    it("gives the PIN for each signature to a key that asks for it", async () => {
      hsm.tool(
        "packs",
        "--keypairgen",
        "--key-type",
        "EC:prime256v1",
        "--label",
        "careful",
        "--id",
        "01",
        "--always-auth",
      );
      const signer = await open("token=packs;object=careful");
      const { signature } = await signer.sign(MESSAGE);
      expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
    });

    it("refuses to sign when another key has taken the place of the one that was opened", async () => {
      hsm.addKey("packs", "changing", "04", ecKey().privateKey);
      const signer = await open("token=packs;object=changing");
      await signer.sign(MESSAGE);
      hsm.tool("packs", "--delete-object", "--type", "privkey", "--label", "changing");
      hsm.tool("packs", "--delete-object", "--type", "pubkey", "--label", "changing");
      hsm.addKey("packs", "changing", "04", ecKey().privateKey);
      expect((await configErrorOf(signer.sign(MESSAGE))).code).toBe("SIGNING_FAILED");
    });

    it("takes the public key from the certificate beside the key", async () => {
      const pair = ecKey();
      const file = path.join(hsm.folder, "certificate.der");
      writeFileSync(file, certificateOf(pair));
      hsm.addKey("packs", "certified", "02", pair.privateKey, ["--no-public-key"]);
      hsm.tool("packs", "--write-object", file, "--type", "cert", "--label", "certified", "--id", "02");
      const signer = await open("token=packs;object=certified");
      const { signature } = await signer.sign(MESSAGE);
      expect(signer.publicKey).toBe(pemOf(pair.publicKey));
      expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
    });
  },
);

(MODULE === undefined ? describe.skip : describe)("openKmsSigner with pkcs11 [needs softhsm2]", () => {
  beforeAll(() => {
    hsm = openSoftHsm(MODULE ?? "");
    hsm.addToken("packs");
    keys = Object.fromEntries(Object.entries(KEYS).map(([name, make]) => [name, make()]));
    Object.entries(keys).forEach(([name, { privateKey }], index) => {
      hsm.addKey("packs", name, `a${index}`, privateKey);
    });
    hsm.addKey("packs", "twice", "b1", ecKey().privateKey);
    hsm.addKey("packs", "twice", "b2", ecKey().privateKey);
    hsm.addKey("packs", "small", "c1", rsaKey(1024).privateKey);
    hsm.addKey("packs", "koblitz", "c2", ecKey("secp256k1").privateKey);
    hsm.addKey("packs", "lonely", "c3", ecKey().privateKey, ["--no-public-key"]);
  });
  afterAll(() => {
    hsm.close();
  });

  it.each(Object.keys(KEYS))("signs with the key %s", async (name) => {
    const signer = await open(`token=packs;object=${name}`);
    const { signature } = await signer.sign(MESSAGE);
    expect(signer.publicKey).toBe(pemOf((keys[name] ?? ecKey()).publicKey));
    expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
  });

  it.each([
    "id=%a0",
    "object=p256;id=%A0",
    "object=p256;type=private",
    "object=p256;model=SoftHSM%20v2;manufacturer=SoftHSM%20project",
  ])("finds the key by %s", async (attributes) => {
    const signer = await open(`token=packs;${attributes}`);
    expect(signer.publicKey).toBe(pemOf((keys["p256"] ?? ecKey()).publicKey));
  });

  it("signs several messages at once and in a row", async () => {
    const signer = await open("token=packs;object=p256");
    const datas = ["a", "b", "c", "d"].map((text) => Buffer.from(text));
    const signed = await Promise.all(datas.map((data) => signer.sign(toMessage(data))));
    expect(
      signed.every(({ signature }, index) => verify("sha256", datas[index] ?? DATA, signer.publicKey, signature)),
    ).toBe(true);
  });

  it("takes the module from COSIGN_PKCS11_MODULE_PATH and the PIN from a file", async () => {
    const file = path.join(hsm.folder, "pin");
    writeFileSync(file, `${PIN}\n`);
    const signer = await openKmsSigner(`pkcs11:token=packs;object=p256?pin-source=file:${file}`, {
      env: { COSIGN_PKCS11_MODULE_PATH: hsm.module },
    });
    const { signature } = await signer.sign(MESSAGE);
    expect(verify("sha256", DATA, signer.publicKey, signature)).toBe(true);
  });

  it.each([
    ["another token", "token=others;object=p256", "SIGNER_UNAVAILABLE"],
    ["another slot", "slot-id=999999;token=packs;object=p256", "SIGNER_UNAVAILABLE"],
    ["another serial number", "token=packs;serial=0000;object=p256", "SIGNER_UNAVAILABLE"],
    ["another key", "token=packs;object=p25", "SIGNER_UNAVAILABLE"],
    ["a label of two keys", "token=packs;object=twice", "SIGNER_UNAVAILABLE"],
    ["a label and another's id", "token=packs;object=p256;id=%a1", "SIGNER_UNAVAILABLE"],
    ["a key without its public half", "token=packs;object=lonely", "SIGNER_UNAVAILABLE"],
    ["a key that is too small", "token=packs;object=small", "KEY_INVALID"],
    ["a key on another curve", "token=packs;object=koblitz", "KEY_INVALID"],
  ])("refuses %s", async (_, attributes, code) => {
    expect((await configErrorOf(open(attributes))).code).toBe(code);
  });

  it("refuses a wrong PIN, without telling it", async () => {
    const error = await configErrorOf(open("token=packs;object=p256", { COSIGN_PKCS11_PIN: "wrong-horse-0815" }));
    expect([error.code, error.retryable]).toEqual(["SIGNER_UNAVAILABLE", false]);
    expect(shown(error)).not.toContain("wrong-horse-0815");
  });

  it("says that a PIN is needed", async () => {
    expect((await configErrorOf(open("token=packs;object=p256", {}))).code).toBe("SIGNER_UNAVAILABLE");
  });

  it("refuses a label that two tokens have", async () => {
    hsm.addToken("double");
    hsm.addToken("double");
    const tampered = tamperedFfi();
    const error = await configErrorOf(openTampered(tampered, 20_000, "token=double;object=p256"));
    expect([error.code, tampered.calls.includes("C_OpenSession")]).toEqual(["SIGNER_UNAVAILABLE", false]);
  });

  it("refuses a signature that was changed on the way", async () => {
    const tampered = tamperedFfi();
    const signer = await openTampered(tampered);
    tampered.replaced.set("C_Sign", (args, real, callback) => {
      real((error, value) => {
        (args[3] as Buffer).fill(1, 0, 8);
        callback(error, value);
      });
    });
    expect((await configErrorOf(signer.sign(MESSAGE))).code).toBe("SIGNING_FAILED");
  });

  it.each([
    ["that is not there", "/nonexistent/module.so"],
    ["that is another library", "/lib/x86_64-linux-gnu/libc.so.6"],
  ])("refuses a module %s", async (_, module) => {
    const error = await configErrorOf(openKmsSigner(uri("token=packs;object=p256", module), { env }));
    expect(error.code).toBe("CONFIG_INVALID");
  });

  describe("when the module answers", () => {
    it.each<[string, "C_Login" | "C_SignInit" | "C_Sign" | "C_OpenSession" | "C_GetSlotList", number, string]>([
      ["that the PIN is locked", "C_Login", 0xa4, "SIGNER_UNAVAILABLE"],
      ["that the token was pulled", "C_Sign", 0x32, "SIGNER_UNAVAILABLE"],
      ["that the mechanism is unknown", "C_SignInit", 0x70, "SIGNER_UNAVAILABLE"],
      ["that the device failed", "C_Sign", 0x30, "SIGNING_FAILED"],
      ["what is not in the standard", "C_OpenSession", 0x80001234, "SIGNING_FAILED"],
      ["that it has failed altogether", "C_GetSlotList", 0x5, "SIGNING_FAILED"],
    ])("%s, says so and closes what it opened", async (_, name, value, code) => {
      const tampered = tamperedFfi();
      const signer = await openTampered(tampered);
      tampered.calls.length = 0;
      tampered.replaced.set(name, answering(value));
      expect((await configErrorOf(signer.sign(MESSAGE))).code).toBe(code);
      expect(tampered.calls.filter((call) => call === "C_Login").length).toBeLessThan(2);
      expect(tampered.calls.at(-1)).toBe("C_Finalize");
      expect(tampered.calls.includes("C_CloseSession")).toBe(!["C_OpenSession", "C_GetSlotList"].includes(name));
    });

    it("nothing, gives up in time", async () => {
      const tampered = tamperedFfi();
      const signer = await openTampered(tampered, 500);
      tampered.replaced.set("C_Sign", () => undefined);
      const error = await configErrorOf(signer.sign(MESSAGE));
      expect([error.code, error.retryable]).toEqual(["SIGNING_FAILED", true]);
    });

    it("with a signature of another length, refuses it", async () => {
      const tampered = tamperedFfi();
      const signer = await openTampered(tampered);
      tampered.replaced.set("C_Sign", (args, _real, callback) => {
        (args[4] as Buffer).writeBigUInt64LE(63n);
        callback(null, 0);
      });
      expect((await configErrorOf(signer.sign(MESSAGE))).code).toBe("SIGNING_FAILED");
    });

    it("that the key may not sign, refuses it", async () => {
      const tampered = tamperedFfi();
      tampered.replaced.set("C_GetAttributeValue", unsetting(0x108));
      expect((await configErrorOf(openTampered(tampered))).code).toBe("SIGNER_UNAVAILABLE");
    });

    it("that it is initialised already, leaves it so", async () => {
      const tampered = tamperedFfi();
      tampered.replaced.set("C_Initialize", (_args, real, callback) => {
        real((error) => {
          callback(error, 0x191);
        });
      });
      await openTampered(tampered);
      expect(tampered.calls).not.toContain("C_Finalize");
    });
  });
});
