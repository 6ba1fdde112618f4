import { describe, expect, it } from "@jest/globals";

import { newChain, sealRecord } from "../src/chain.ts";
import { parseChained } from "../src/record.ts";

describe("parseChained", () => {
  it("takes no line that is not UTF-8, however it reads", () => {
    const { line } = sealRecord(new Map([["path", '"\ufffd"']]), newChain());
    expect(parseChained(line)).toMatchObject({ sequence: 0, record: { path: "\ufffd" } });
    const at = line.indexOf("\ufffd");
    const changed = Buffer.concat([line.subarray(0, at), Buffer.from([0xff]), line.subarray(at + 3)]);
    expect(parseChained(changed)).toBeUndefined();
  });
});
