import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { openKmsSignerFrom } from "../../src/kms/open.ts";
import { loadPackage, PACKAGE_NAMES, PACKAGES } from "../../src/kms/packages.ts";
import type { KmsPackages } from "../../src/kms/packages.ts";
import { configErrorOf } from "./support/errors.ts";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
};

const absent = (code: string) => (): Promise<never> => Promise.reject(Object.assign(new Error("absent"), { code }));
const without = (code: string): KmsPackages => ({
  aws: absent(code),
  google: absent(code),
  azure: absent(code),
  ffi: absent(code),
});

describe("openKmsSigner without the optional packages", () => {
  it.each([
    ["awskms:///alias/a", "@aws-sdk/client-kms"],
    ["gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k", "google-auth-library"],
    ["azurekms://acme.vault.azure.net/key", "@azure/identity"],
    ["pkcs11:token=a;object=b?module-path=/m.so", "koffi"],
  ])("says for %s how to install %s", async (uri, name) => {
    const error = await configErrorOf(openKmsSignerFrom(without("ERR_MODULE_NOT_FOUND"), uri, { env: {} }));
    expect(error.code).toBe("TOOL_MISSING");
    expect(error.message).toContain(`npm install '${name}@`);
  });

  it("says so too when a package is there and does not load", async () => {
    const error = await configErrorOf(
      openKmsSignerFrom(without("ERR_DLOPEN_FAILED"), "awskms:///alias/a", { env: {} }),
    );
    expect(error.code).toBe("TOOL_MISSING");
  });

  it("needs none for hashivault", async () => {
    const error = await configErrorOf(
      openKmsSignerFrom(without("ERR_MODULE_NOT_FOUND"), "hashivault://key", { env: {} }),
    );
    expect(error.code).toBe("CONFIG_INVALID");
  });
});

describe("loadPackage", () => {
  it.each(Object.keys(PACKAGE_NAMES) as (keyof KmsPackages)[])("loads %s, which is an optional peer", async (name) => {
    const wanted = PACKAGE_NAMES[name].replace(/@\^.*/, "");
    const range = PACKAGE_NAMES[name].slice(wanted.length + 1);
    await expect(loadPackage(PACKAGES, name, "x")).resolves.toBeDefined();
    expect(manifest.peerDependencies[wanted]?.split(" || ")).toContain(range);
    expect(manifest.peerDependenciesMeta[wanted]).toEqual({ optional: true });
    expect(manifest.dependencies).not.toHaveProperty([wanted]);
  });
});
