import { describe, expect, it } from "@jest/globals";
import { MalformedError } from "../src/encoding/malformed.ts";
import { parseTrustedRoot } from "../src/index.ts";
import { causeOf } from "./support/expect.ts";
import { rootJson } from "./support/world.ts";

describe("parseTrustedRoot", () => {
  it("when it is malformed keeps what was", () => {
    expect(causeOf(() => parseTrustedRoot("{}"))).toBeInstanceOf(MalformedError);
  });

  it("when logs and authorities have no address names them by nothing", () => {
    const { tlogs, timestampAuthorities, ...rest } = rootJson();
    const logs = tlogs.map((log) => ({ ...log, baseUrl: undefined }));
    const authorities = timestampAuthorities.map((authority) => ({ ...authority, uri: undefined }));
    const root = parseTrustedRoot(JSON.stringify({ ...rest, tlogs: logs, timestampAuthorities: authorities }));
    expect([root.logs[0]?.name, root.timestampAuthorities[0]?.name]).toEqual(["", ""]);
  });
});
