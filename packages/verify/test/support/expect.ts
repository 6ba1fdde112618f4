import { expect } from "@jest/globals";
import { PolicyPackError } from "@policy-pack/pack";
import type { ErrorCode } from "@policy-pack/pack";
import { parseBundle, parseTrustedRoot, verifyBundle } from "../../src/index.ts";
import type { VerifiedBundle, VerifyBundleOptions } from "../../src/index.ts";
import { ARTIFACT, rootJson } from "./world.ts";
import type { RootJson } from "./world.ts";
import type { BundleJson } from "./bundles.ts";

/** The code of the PolicyPackError that the call throws; anything else thrown, or nothing, fails the test. */
export function codeOf(call: () => unknown): ErrorCode {
  try {
    call();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(PolicyPackError);
    return (thrown as PolicyPackError).code;
  }
  throw new Error("nothing was thrown");
}

/** What lies under the PolicyPackError that the call throws: the check that failed, and not something that broke on the way. */
export function causeOf(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(PolicyPackError);
    return (thrown as PolicyPackError).cause;
  }
  throw new Error("nothing was thrown");
}

export interface CheckOptions extends VerifyBundleOptions {
  readonly root?: RootJson;
  readonly artifact?: Uint8Array;
}

export function check(bundle: BundleJson, options: CheckOptions = {}): VerifiedBundle {
  const { root = rootJson(), artifact = ARTIFACT, ...rest } = options;
  const trustedRoot = parseTrustedRoot(JSON.stringify(root));
  return verifyBundle(parseBundle(JSON.stringify(bundle)), { bytes: artifact }, trustedRoot, rest);
}
