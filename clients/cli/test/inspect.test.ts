import { describe, expect, it } from "@jest/globals";
import { inspectUnsafe } from "../src/inspect.ts";
import { readPublicGoodRoot } from "../src/public-good.ts";

describe("inspectUnsafe", () => {
  it("shows a trusted root and says that nothing is verified", async () => {
    const { json, text } = await inspectUnsafe(Buffer.from(readPublicGoodRoot()));
    expect(json).toMatchObject({ kind: "trusted root", verified: false });
    expect(text).toContain("not verified");
  });

  it.each([
    ["nothing", "", "ARCHIVE_INVALID"],
    ["noise", "noise", "ARCHIVE_INVALID"],
    ["half a JSON", '{"mediaType": ', "INPUT_INVALID"],
    ["JSON of no known kind", '{"mediaType": "text/plain"}', "INPUT_INVALID"],
    ["a key twice", '{"manifest": {}, "manifest": {}}', "INPUT_INVALID"],
    ["a manifest that holds nothing", '{"manifest": {}}', "MANIFEST_INVALID"],
    ["a bundle that holds nothing", '{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}', "BUNDLE_INVALID"],
    [
      "a root with a field that none has",
      '{"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1", "more": 1}',
      "TRUSTED_ROOT_INVALID",
    ],
  ])("throws a coded error for %s", async (_name, content, code) => {
    await expect(inspectUnsafe(Buffer.from(content))).rejects.toMatchObject({ code, exitCode: 3 });
  });
});
