import type * as AwsKms from "@aws-sdk/client-kms";
import type * as AzureIdentity from "@azure/identity";
import type * as GoogleAuth from "google-auth-library";
import type * as Koffi from "koffi";
import { ConfigError, messageOf, systemCodeOf } from "@policy-pack/pack";

export type AwsSdk = typeof AwsKms;
export type Ffi = typeof Koffi;

/** The libraries that not everyone needs, each loaded when its scheme is used. */
export interface KmsPackages {
  aws(): Promise<AwsSdk>;
  google(): Promise<typeof GoogleAuth>;
  azure(): Promise<typeof AzureIdentity>;
  ffi(): Promise<Ffi>;
}

export const PACKAGES: KmsPackages = Object.freeze({
  aws: () => import("@aws-sdk/client-kms"),
  google: () => import("google-auth-library"),
  azure: () => import("@azure/identity"),
  ffi: () => import("koffi"),
});

/** As in peerDependencies of package.json; a test holds the two together. */
export const PACKAGE_NAMES: Readonly<Record<keyof KmsPackages, string>> = Object.freeze({
  aws: "@aws-sdk/client-kms@^3.900.0",
  google: "google-auth-library@^11.0.0",
  azure: "@azure/identity@^4.10.0",
  ffi: "koffi@^3.0.0",
});

/** @throws ConfigError TOOL_MISSING with the command that installs the package */
export async function loadPackage<Name extends keyof KmsPackages>(
  packages: KmsPackages,
  name: Name,
  scheme: string,
): Promise<Awaited<ReturnType<KmsPackages[Name]>>> {
  try {
    // The mapped call type is that of the one member, which the compiler does not see through the index.
    return (await packages[name]()) as Awaited<ReturnType<KmsPackages[Name]>>;
  } catch (cause) {
    const wanted = PACKAGE_NAMES[name];
    const code = systemCodeOf(cause) ?? "";
    const reason = code.endsWith("MODULE_NOT_FOUND") ? "is not installed" : `could not be loaded (${messageOf(cause)})`;
    throw new ConfigError(
      "TOOL_MISSING",
      `A key of ${scheme} needs the package ${wanted.replace(/@\^.*/, "")}, which ${reason}; run: npm install '${wanted}'`,
      { cause },
    );
  }
}
