import { describe, expect, it } from "@jest/globals";
import { checkSignerFlags } from "../src/signer-flags.ts";
import type { SignerFlags } from "../src/signer-flags.ts";

const url = "https://x.example";

describe("checkSignerFlags", () => {
  it.each<SignerFlags>([
    {},
    { key: "k", signingConfig: "c", trustedRoot: "r" },
    { key: "k", rekorUrl: url, timestampServerUrl: url, trustedRoot: "r" },
    { identityToken: "t", fulcioUrl: url, rekorUrl: url, timestampServerUrl: url, trustedRoot: "r" },
    { devAuthority: true },
  ])("takes %j", (flags) => {
    expect(() => {
      checkSignerFlags(flags);
    }).not.toThrow();
  });

  it.each<SignerFlags>([
    { devAuthority: true, key: "k" },
    { devAuthority: "dir", identityToken: "t" },
    { devAuthority: true, signingConfig: "c" },
    { devAuthority: true, trustedRoot: "r" },
    { devAuthority: true, rekorUrl: url },
    { key: "k", identityToken: "t" },
    { key: "k", fulcioUrl: url },
    { signingConfig: "c", fulcioUrl: url },
    { signingConfig: "c", rekorUrl: url },
    { signingConfig: "c", timestampServerUrl: url },
  ])("throws CONFIG_INVALID for %j", (flags) => {
    expect(() => {
      checkSignerFlags(flags);
    }).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
