import { describe, expect, it } from "@jest/globals";

import { UUID_BUILTINS } from "../../../src/builtins/uuid/index.ts";
import { callBuiltin, testContext, toRego } from "../../support/values.ts";

const parse = (operand: unknown) => callBuiltin(UUID_BUILTINS["uuid.parse"], [operand]);

describe("uuid.parse", () => {
  it("tells time and place of version 1", () => {
    expect(parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8")).toEqual(
      toRego({
        ...{ version: 1, variant: "RFC4122", clocksequence: 180, macvariables: "global:unicast" },
        ...{ nodeid: "00-c0-4f-d4-30-c8", time: 886_630_433_151_182_400n },
      }),
    );
  });

  it("tells the domain of version 2", () => {
    expect(parse("000003e8-25bd-21f1-a501-030000000000")).toEqual(
      toRego({
        ...{ version: 2, variant: "RFC4122", clocksequence: 9473, macvariables: "local:multicast", id: 1000 },
        ...{ nodeid: "03-00-00-00-00-00", time: 1_774_162_910_424_368_800n, domain: "Group" },
      }),
    );
  });

  it.each([
    ["00000000-0000-4000-8000-000000000000", 4, "RFC4122"],
    ["00000000-0000-0000-c000-000000000000", 0, "Microsoft"],
    ["00000000-0000-f000-e000-000000000000", 15, "Future"],
    ["00000000-0000-5000-0000-000000000000", 5, "Reserved"],
  ])("tells version and variant of %s in every form", (text, version, variant) => {
    const forms = [text, text.replaceAll("-", ""), `{${text}}`, `x${text}y`, `uRn:UUid:${text}`];
    for (const form of forms) expect(parse(form)).toEqual(toRego({ version, variant }));
  });

  it.each([
    ...[
      "",
      "6ba7b810-9dad-11d1-80b4-00c04fd430c",
      "6ba7b810-9dad-11d1-80b4-00c04fd430cg",
      "6ba7b8109dad-11d1-80b4-00c04fd430c8-",
    ],
    ...[
      "urn-uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
      "6ba7b8109dad11d180b400c04fd430cg",
      "é6ba7b810-9dad-11d1-80b4-00c04fd430c",
    ],
  ])("has no answer for %j", (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it("has no answer for what is no text", () => {
    expect(parse(1)).toBeUndefined();
  });
});

describe("uuid.rfc4122", () => {
  const make = (key: unknown, context = testContext()) => callBuiltin(UUID_BUILTINS["uuid.rfc4122"], [key], context);

  it("returns version 4 from the decision's source of randomness", () => {
    expect(make("a")).toBe("00010203-0405-4607-8809-0a0b0c0d0e0f");
    expect(make("a", testContext({ randomBytes: (length) => new Uint8Array(length).fill(255) }))).toBe(
      "ffffffff-ffff-4fff-bfff-ffffffffffff",
    );
  });

  it("returns one a key and decision", () => {
    const context = testContext();
    const first = make("a", context);
    expect(make("b", context)).not.toBe(first);
    expect(make("a", context)).toBe(first);
  });
});
